//! The trusted issuers.

use super::json::{Json, Object};
use super::keys::{KeySet, VerifyingKey};
use super::provider::{IssuerRules, Profile, Provider, tenant_of};
use super::{LegacyTokens, TokenType};
use crate::base::{ConfigError, check_visible};
use crate::rejection::{IssuerNames, Refusal};
use auth_events::{Events, Reason};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

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
    provider: Provider,
    keys: KeySet,
    audience: Option<String>,
    other_audiences: Vec<String>,
}

impl TrustedIssuer {
    /// Creates an issuer (`iss`, compared byte by byte) with its keys.
    pub fn new(issuer: impl Into<String>, keys: impl Into<KeySet>) -> Self {
        Self::of(Provider::custom(issuer), keys)
    }

    /// Creates an issuer by its profile, with its keys.
    pub fn of(provider: Provider, keys: impl Into<KeySet>) -> Self {
        Self { provider, keys: keys.into(), audience: None, other_audiences: Vec::new() }
    }

    /// Sets the audience of its tokens, if it differs from the verifier's audiences.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Adds another audience. Call it once for each.
    pub fn also_audience(mut self, audience: impl Into<String>) -> Self {
        self.other_audiences.push(audience.into());
        self
    }

    /// Sets its kind of token, if it differs from the verifier's `token_type`.
    pub fn token_type(mut self, token_type: TokenType) -> Self {
        self.provider = self.provider.token_type(token_type);
        self
    }

    /// Sets the longest lifetime of its tokens, if it differs from the verifier's `max_lifetime`.
    pub fn max_lifetime(mut self, max_lifetime: Duration) -> Self {
        self.provider = self.provider.max_lifetime(max_lifetime);
        self
    }

    /// The longest lifetime of its tokens, if it differs from the verifier's.
    pub(crate) fn own_max_lifetime(&self) -> Option<Duration> {
        self.provider.rules().max_lifetime
    }
}

/// A trusted issuer with its keys.
#[derive(Debug)]
pub(crate) struct Issuer {
    /// With a list of tenants it is a template.
    pub(crate) name: Arc<str>,
    /// At least one.
    pub(crate) audiences: Vec<Arc<str>>,
    pub(crate) token_type: TokenType,
    pub(crate) keys: KeySet,
    pub(crate) legacy: Option<LegacyTokens>,
    pub(crate) rules: IssuerRules,
    pub(crate) profile: Profile,
    /// Each `iss` that its tokens may state.
    spellings: Vec<Spelling>,
    names: Arc<IssuerNames>,
}

/// An `iss` that the tokens of an issuer may state.
#[derive(Debug)]
pub(crate) struct Spelling {
    pub(crate) text: Arc<str>,
    /// The names of the issuer of its callers.
    pub(crate) names: Arc<IssuerNames>,
    /// The tenant that `tid` must state.
    tenant: Option<Arc<str>>,
}

impl Issuer {
    /// `token_type`: unless the provider has its own. `audiences`: at least one.
    pub(crate) fn new(provider: Provider, audiences: Vec<Arc<str>>, token_type: TokenType, keys: KeySet) -> Self {
        let (name, rules, places) = provider.into_parts();
        let profile = Profile::new(places, &rules);
        let name: Arc<str> = name.into();
        let audience: Arc<str> = audiences.join(" ").into();
        let names_of =
            |issuer: &Arc<str>| Arc::new(IssuerNames { issuer: Arc::clone(issuer), audience: Arc::clone(&audience) });
        let names = names_of(&name);
        let mut spellings: Vec<_> = rules
            .tenants(&name)
            .into_iter()
            .map(|tenant| Spelling { names: names_of(&tenant.issuer), text: tenant.issuer, tenant: Some(tenant.id) })
            .collect();
        if spellings.is_empty() && !rules.has_tenant_list() {
            let spelling =
                |text: &Arc<str>| Spelling { text: Arc::clone(text), names: Arc::clone(&names), tenant: None };
            spellings.extend([&name].into_iter().chain(&rules.other_names).map(spelling));
        }
        let token_type = rules.token_type.unwrap_or(token_type);
        Self { name, audiences, token_type, keys, legacy: None, rules, profile, spellings, names }
    }

    /// Accepts its legacy tokens.
    pub(crate) fn with_legacy(self, legacy: Option<LegacyTokens>) -> Self {
        Self { legacy, ..self }
    }

    /// Its first audience.
    pub(crate) fn audience(&self) -> &str {
        self.audiences.first().map_or("", |audience| audience)
    }

    /// Its legacy tokens, if they are accepted now.
    pub(crate) fn legacy_at(&self, now: SystemTime) -> Option<&LegacyTokens> {
        self.legacy.as_ref().filter(|legacy| now < legacy.until.end())
    }

    /// The names for events about its tokens.
    pub(crate) fn names(&self) -> Arc<IssuerNames> {
        Arc::clone(&self.names)
    }

    /// Each `iss` that its tokens may state.
    pub(crate) fn spellings(&self) -> impl Iterator<Item = &Arc<str>> {
        self.spellings.iter().map(|spelling| &spelling.text)
    }

    /// The spelling that a token states, byte by byte, and its tenant too.
    ///
    /// P6: a token of one tenant that names the issuer of another is rejected.
    pub(crate) fn spelling(&self, claims: Object<'_>) -> Result<&Spelling, Refusal> {
        let Some(Json::Text(iss)) = claims.get("iss") else {
            return Err(Refusal::claim(Reason::MalformedClaims, "iss", "missing, or not a string"));
        };
        let spelling = self
            .spellings
            .iter()
            .find(|spelling| *spelling.text == *iss)
            .ok_or_else(|| Refusal::claim(Reason::WrongIssuer, "iss", "not a trusted issuer"))?;
        match (&spelling.tenant, claims.get("tid")) {
            (None, _) => Ok(spelling),
            (Some(tenant), Some(Json::Text(tid))) if **tenant == *tid => Ok(spelling),
            (Some(_), _) => Err(Refusal::claim(Reason::WrongIssuer, "tid", "not the tenant of `iss`")),
        }
    }

    /// Checks that a key may verify tokens of this spelling.
    ///
    /// P6: Entra ID publishes the keys of all tenants in one set, and names in `issuer` the one
    /// tenant that a key is for.
    pub(crate) fn check_key(&self, key: &VerifyingKey, claims: Object<'_>) -> Result<(), Refusal> {
        let Some(of_key) = key.issuer.as_deref().filter(|_| self.rules.has_tenants()) else { return Ok(()) };
        let spelling = self.spelling(claims)?;
        let tenant = spelling.tenant.as_deref().unwrap_or_default();
        if tenant_of(of_key, tenant) == *spelling.text {
            Ok(())
        } else {
            Err(Refusal::claim(Reason::WrongIssuer, "iss", "not the `issuer` that the key is for"))
        }
    }

    fn check(&self) -> Result<(), ConfigError> {
        if self.name.trim().is_empty() {
            return Err(ConfigError::Empty("issuer"));
        }
        if self.spellings.is_empty() {
            return Err(ConfigError::Empty("list of tenants"));
        }
        let issuers = self.spellings().map(|text| ("issuer", text));
        for (name, text) in issuers.chain(self.audiences.iter().map(|text| ("audience", text))) {
            if text.trim().is_empty() {
                return Err(ConfigError::Empty(name));
            }
            check_visible(text).map_err(|why| ConfigError::Unreadable { name, why })?;
        }
        // RFC 7519 section 2: a URI. The keys of revocation stores end the issuer with a space.
        if self.spellings().any(|text| text.contains(char::is_whitespace)) {
            return Err(ConfigError::OutOfBounds { name: "issuer", why: "use a URL without white space" });
        }
        self.rules.check()?;
        match self.keys.issuer() {
            Some(discovered) if discovered != &*self.name => Err(ConfigError::OtherIssuer {
                issuer: self.name.as_ref().to_owned(),
                discovered: discovered.to_owned(),
            }),
            _ => Ok(()),
        }
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
    /// `default_type`: for others that do not have their own.
    pub(crate) fn new(first: Issuer, others: Vec<TrustedIssuer>, default_type: TokenType) -> Result<Self, ConfigError> {
        let first = Arc::new(first);
        let mut all = vec![Arc::clone(&first)];
        for TrustedIssuer { provider, keys, audience, other_audiences } in others {
            let mut audiences = audience.map_or_else(|| first.audiences.clone(), |audience| vec![Arc::from(audience)]);
            audiences.extend(other_audiences.into_iter().map(Arc::from));
            all.push(Arc::new(Issuer::new(provider, audiences, default_type, keys)));
        }
        let mut spellings = BTreeSet::new();
        for issuer in &all {
            if let Some(twice) = issuer.spellings().find(|text| !spellings.insert(Arc::clone(text))) {
                return Err(ConfigError::DuplicateIssuer(twice.as_ref().to_owned()));
            }
        }
        for issuer in &all {
            issuer.check()?;
        }
        let mut audiences: Vec<_> =
            all.iter().flat_map(|issuer| &issuer.audiences).map(|audience| &**audience).collect();
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
            .find(|issuer| issuer.spellings().any(|spelling| **spelling == *name))
            .ok_or_else(|| Refusal::token(Reason::WrongIssuer, "iss is not a trusted issuer"))
    }
}

/// More than one issuer is trusted.
pub(crate) struct Several;
