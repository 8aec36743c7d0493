//! The trusted issuers.

use super::json::{Json, Object};
use super::keys::KeySet;
use super::{LegacyTokens, TokenType};
use crate::base::{ConfigError, check_visible};
use crate::rejection::{IssuerNames, Refusal};
use auth_events::{Events, Reason};
use std::sync::Arc;
use std::time::SystemTime;

/// Configures a further trusted issuer, which has its own keys.
///
/// For [`VerifierBuilder::also_trust`](crate::credentials::VerifierBuilder::also_trust). A key of
/// one issuer never verifies a token of another. The same `sub` from two issuers is two different
/// callers ([`Identity`](crate::Identity)).
///
/// ```
/// use auth_runtime::{Claims, ConfigError, Events, KeySet, TokenType, Verifier};
/// use auth_runtime::credentials::TrustedIssuer;
///
/// fn verifier(staff: KeySet, partners: KeySet) -> Result<Verifier<Claims>, ConfigError> {
///     Verifier::builder()
///         .issuer("https://id.example.com/")
///         .audience("orders")
///         .keys(staff)
///         .also_trust(
///             TrustedIssuer::new("https://partners.example.com/", partners)
///                 .token_type(TokenType::AnyJwt),
///         )
///         .events(Events::stderr())
///         .build()
/// }
/// ```
#[derive(Debug, Clone)]
#[must_use = "it is not trusted yet: pass it to `also_trust`"]
pub struct TrustedIssuer {
    issuer: String,
    keys: KeySet,
    audience: Option<String>,
    token_type: Option<TokenType>,
}

impl TrustedIssuer {
    /// Creates an issuer (`iss`, compared byte by byte) with its keys.
    pub fn new(issuer: impl Into<String>, keys: impl Into<KeySet>) -> Self {
        Self { issuer: issuer.into(), keys: keys.into(), audience: None, token_type: None }
    }

    /// Sets the audience of its tokens, if it differs from the verifier's `audience`.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Sets its kind of token, if it differs from the verifier's `token_type`.
    pub fn token_type(mut self, token_type: TokenType) -> Self {
        self.token_type = Some(token_type);
        self
    }
}

/// A trusted issuer with its keys.
#[derive(Debug)]
pub(crate) struct Issuer {
    pub(crate) name: Arc<str>,
    pub(crate) audience: Arc<str>,
    pub(crate) token_type: TokenType,
    pub(crate) keys: KeySet,
    pub(crate) legacy: Option<LegacyTokens>,
    names: Arc<IssuerNames>,
}

impl Issuer {
    pub(crate) fn new(name: Arc<str>, audience: Arc<str>, token_type: TokenType, keys: KeySet) -> Self {
        let names = Arc::new(IssuerNames { issuer: Arc::clone(&name), audience: Arc::clone(&audience) });
        Self { name, audience, token_type, keys, legacy: None, names }
    }

    /// Accepts its legacy tokens.
    pub(crate) fn with_legacy(self, legacy: Option<LegacyTokens>) -> Self {
        Self { legacy, ..self }
    }

    /// Its legacy tokens, if they are accepted now.
    pub(crate) fn legacy_at(&self, now: SystemTime) -> Option<&LegacyTokens> {
        self.legacy.as_ref().filter(|legacy| now < legacy.until.end())
    }

    /// The names for events about its tokens.
    pub(crate) fn names(&self) -> Arc<IssuerNames> {
        Arc::clone(&self.names)
    }
}

/// All trusted issuers, in the order of their configuration. There is at least one.
#[derive(Debug)]
pub(crate) struct Issuers {
    first: Arc<Issuer>,
    others: Vec<Arc<Issuer>>,
    /// All names and audiences, for events about tokens whose issuer is unknown.
    pub(crate) names: Arc<IssuerNames>,
}

impl Issuers {
    pub(crate) fn new(first: Issuer, others: Vec<TrustedIssuer>) -> Result<Self, ConfigError> {
        let first = Arc::new(first);
        let mut all = vec![Arc::clone(&first)];
        for other in others {
            let issuer = Issuer::new(
                other.issuer.into(),
                other.audience.map_or_else(|| Arc::clone(&first.audience), Into::into),
                other.token_type.unwrap_or(first.token_type),
                other.keys,
            );
            if all.iter().any(|other| other.name == issuer.name) {
                return Err(ConfigError::DuplicateIssuer(issuer.name.as_ref().to_owned()));
            }
            all.push(Arc::new(issuer));
        }
        for issuer in &all {
            if issuer.name.trim().is_empty() {
                return Err(ConfigError::Empty("issuer"));
            }
            for (name, text) in [("issuer", &issuer.name), ("audience", &issuer.audience)] {
                if !text.trim().is_empty() {
                    check_visible(text).map_err(|why| ConfigError::Unreadable { name, why })?;
                }
            }
            // RFC 7519 section 2: a URI. The keys of revocation stores end the issuer with a space.
            if issuer.name.contains(char::is_whitespace) {
                return Err(ConfigError::OutOfBounds { name: "issuer", why: "use a URL without white space" });
            }
            if let Some(discovered) = issuer.keys.issuer().filter(|discovered| *discovered != &*issuer.name) {
                return Err(ConfigError::OtherIssuer {
                    issuer: issuer.name.as_ref().to_owned(),
                    discovered: discovered.to_owned(),
                });
            }
            if issuer.audience.trim().is_empty() {
                return Err(ConfigError::Empty("audience"));
            }
        }
        let mut audiences: Vec<_> = all.iter().map(|issuer| &*issuer.audience).collect();
        audiences.dedup();
        let names: Vec<_> = all.iter().map(|issuer| &*issuer.name).collect();
        let names = Arc::new(IssuerNames { issuer: names.join(" ").into(), audience: audiences.join(" ").into() });
        Ok(Self { first, others: all.split_off(1), names })
    }

    /// Reports changes and failures of their keys to these events.
    pub(crate) fn report_to(&self, events: &Events) {
        for issuer in self.all() {
            issuer.keys.report_to(events, &issuer.name);
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Issuer>> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// The issuer, if only one is trusted.
    pub(crate) fn only(&self) -> Result<&Arc<Issuer>, Several> {
        if self.others.is_empty() { Ok(&self.first) } else { Err(Several) }
    }

    /// The issuer that a token claims. It is not verified until its keys have verified the
    /// signature.
    ///
    /// RFC 8725 section 3.8: only the keys of this issuer may verify the token.
    pub(crate) fn claimed(&self, claims: Object<'_>, now: SystemTime) -> Result<&Arc<Issuer>, Refusal> {
        if !claims.contains("iss")
            && let Some(issuer) = self.all().find(|issuer| issuer.legacy_at(now).is_some())
        {
            return Ok(issuer);
        }
        let Some(Json::Text(name)) = claims.get("iss") else {
            // The signature is not verified yet, so this is not `malformed_claims`.
            return Err(Refusal::token(Reason::WrongIssuer, "iss is missing or not a string"));
        };
        self.all()
            .find(|issuer| *issuer.name == *name)
            .ok_or_else(|| Refusal::token(Reason::WrongIssuer, "iss is not a trusted issuer"))
    }
}

/// More than one issuer is trusted.
pub(crate) struct Several;
