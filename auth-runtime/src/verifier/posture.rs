//! The configuration of a verifier, for the posture.

use super::Verifier;
use super::cache::TokenCache;
use super::source::Source;
use crate::base::{Date, format_duration};
use crate::credential::carrier::Carrier;
use crate::credential::token::{Issuers, claims_name};
use crate::rejection::ClientView;
use crate::revocation::RevocationChecker;
use auth_events::internal::Report;
use serde::{Serialize, Serializer};
use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

/// Describes the configuration of a verifier.
///
/// ```
/// use auth_runtime::Posture;
///
/// /// The claims types whose tokens cannot be revoked.
/// fn without_revocations(posture: &Posture) -> Vec<&'static str> {
///     let mut verifiers = posture.verifiers();
///     verifiers.retain(|verifier| verifier.revocations.is_none());
///     verifiers.into_iter().map(|verifier| verifier.claims).collect()
/// }
/// # assert!(without_revocations(&auth_runtime::AuthRouter::<()>::new().posture()).is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct VerifierPosture {
    /// The type of the claims.
    pub claims: &'static str,
    /// The trusted issuers of JWTs.
    pub issuers: Vec<IssuerPosture>,
    /// The accepted kinds of credentials.
    pub credentials: Vec<CredentialPosture>,
    /// How far the clocks may differ, in seconds.
    #[serde(serialize_with = "seconds")]
    pub leeway: Duration,
    /// The longest lifetime of a token, in seconds.
    #[serde(serialize_with = "seconds")]
    pub max_lifetime: Duration,
    /// The capacity of the cache of verified tokens, in bytes. `None`: there is no cache.
    pub cache_bytes: Option<u64>,
    /// The loader of principals, and how long they are cached. `None`: `C` is read from the token.
    pub principal: Option<String>,
    /// The revocation store. `None`: a token is valid until it expires.
    pub revocations: Option<String>,
    /// The conditions that each caller must meet on every route that does not waive them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub always_requires: Vec<&'static str>,
    /// The page to which browsers without a good cookie are redirected. `None`: they get 401.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_page: Option<String>,
    /// The identifier of the protected resource, whose metadata the challenges name (RFC 9728).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// What clients see, to compare verifiers.
    #[serde(skip)]
    pub(crate) client: ClientView,
    /// The destination of rejections: `reported to ..` or `discarded: ..`.
    pub events: String,
}

/// Describes a kind of credential that a verifier accepts.
///
/// ```
/// use auth_runtime::posture::VerifierPosture;
///
/// fn print(verifier: &VerifierPosture) {
///     for kind in &verifier.credentials {
///         println!("{} in {}", kind.kind, kind.carriers.join(", "));
///     }
/// }
/// # let _ = print;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CredentialPosture {
    /// `JWT`, `API key`, `session`, or the service's own name for it.
    pub kind: String,
    /// The issuers of its credentials.
    pub issuers: Vec<String>,
    /// Where in a request its credentials are, such as `Authorization: Bearer`.
    pub carriers: Vec<String>,
    #[serde(skip)]
    pub(crate) places: Vec<Carrier>,
    /// Whether an authorization server issues them.
    #[serde(skip)]
    pub(crate) is_of_server: bool,
    /// Whether it may name no audience.
    #[serde(skip)]
    pub(crate) accepts_any_audience: bool,
    /// Where its records are, and how long they are cached. `None` for JWTs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<String>,
}

/// Describes an issuer that a verifier trusts.
///
/// ```
/// use auth_runtime::posture::VerifierPosture;
///
/// fn print(verifier: &VerifierPosture) {
///     for issuer in &verifier.issuers {
///         println!("{} for {}, keys: {}", issuer.issuer, issuer.audience, issuer.keys);
///     }
/// }
/// # let _ = print;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct IssuerPosture {
    /// `iss`.
    pub issuer: String,
    /// The audiences, of which `aud` must contain one.
    pub audience: String,
    /// The accepted kind of token.
    pub token_type: String,
    /// The source of its keys.
    pub keys: String,
    /// The profile of its identity provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<&'static str>,
    /// The rules of this issuer that differ from those of the verifier.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// Tokens without `iss` and `aud` that are accepted until a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legacy_tokens: Option<LegacyPosture>,
    /// Tokens without `iss` and `aud` that the service itself issues until a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legacy_form: Option<LegacyPosture>,
}

/// Describes how long legacy tokens are accepted or issued, and why.
///
/// ```
/// use auth_runtime::posture::IssuerPosture;
///
/// fn print(issuer: &IssuerPosture) {
///     if let Some(legacy) = &issuer.legacy_tokens {
///         println!("legacy tokens until {}: {}", legacy.until, legacy.reason);
///     }
/// }
/// # let _ = print;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LegacyPosture {
    /// The last day.
    pub until: Date,
    /// The reason.
    pub reason: String,
}

impl VerifierPosture {
    /// Whether a client without a credential cannot tell the verifiers apart.
    pub(crate) fn looks_like(&self, other: &Self) -> bool {
        let places = |posture: &Self| -> BTreeSet<String> {
            posture.credentials.iter().flat_map(|kind| kind.carriers.iter().cloned()).collect()
        };
        self.client == other.client && places(self) == places(other)
    }
}

/// Returns the issuers that a client can ask for a token: those that are URLs (RFC 8414 section 2).
pub(crate) fn authorization_servers(credentials: &[CredentialPosture]) -> Vec<&str> {
    let of_servers = credentials.iter().filter(|kind| kind.is_of_server);
    let issuers = of_servers.flat_map(|kind| &kind.issuers).map(String::as_str);
    issuers.filter(|issuer| issuer.starts_with("https://") || issuer.starts_with("http://")).collect()
}

impl<C> Verifier<C> {
    pub(crate) fn posture(&self) -> VerifierPosture {
        let shared = &*self.shared;
        let trusted = shared.accepted.issuers.iter().flat_map(Issuers::all);
        let issuers = trusted.map(|issuer| IssuerPosture {
            issuer: issuer.name.as_ref().to_owned(),
            audience: issuer.audiences.join(", "),
            token_type: issuer.token_type.to_string(),
            keys: issuer.keys.to_string(),
            provider: issuer.profile.name,
            rules: issuer.profile.rules.clone(),
            legacy_tokens: issuer
                .legacy
                .as_ref()
                .map(|legacy| LegacyPosture { until: legacy.until, reason: legacy.reason.as_ref().to_owned() }),
            legacy_form: issuer
                .legacy
                .as_ref()
                .and_then(|legacy| legacy.issued.as_ref())
                .map(|form| LegacyPosture { until: form.until, reason: form.reason.as_ref().to_owned() }),
        });
        VerifierPosture {
            claims: claims_name::<C>(),
            issuers: issuers.collect(),
            credentials: shared.accepted.posture(),
            leeway: shared.policy.leeway,
            max_lifetime: shared.policy.max_lifetime,
            cache_bytes: shared.cache.as_ref().map(TokenCache::bytes),
            principal: self.principal_posture(),
            revocations: shared.revocations.as_ref().map(RevocationChecker::name),
            always_requires: shared.conditions.iter().map(|condition| (condition.name)()).collect(),
            login_page: shared.client.login_page().map(str::to_owned),
            resource: shared.client.resource().map(|resource| resource.identifier().to_owned()),
            client: self.client_view(),
            events: shared.events.destination().to_owned(),
        }
    }
}

impl<C> Verifier<C> {
    fn principal_posture(&self) -> Option<String> {
        let Source::Load(loader) = &self.shared.source else { return None };
        let age = self.shared.principals_for;
        let cached =
            if age.is_zero() { "on every request".to_owned() } else { format!("cached for {}", format_duration(age)) };
        Some(format!("principal loaded by {}, {cached}", loader.name()))
    }
}

fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

/// One line for each issuer, then the common configuration.
impl fmt::Display for VerifierPosture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for of_issuer in &self.issuers {
            let IssuerPosture { issuer, audience, token_type, keys, provider, rules, legacy_tokens, legacy_form } =
                of_issuer;
            writeln!(f, "accepts tokens ({token_type}) of {issuer} for {audience}, verified with {keys}")?;
            if !rules.is_empty() {
                let profile = provider.map(|name| format!(", with the profile of {name}")).unwrap_or_default();
                writeln!(f, "tokens of {issuer}{profile}: {}", rules.join("; "))?;
            }
            if let Some(LegacyPosture { until, reason }) = legacy_tokens {
                writeln!(f, "LEGACY TOKENS of {issuer} without iss and aud until {until}: {reason}")?;
            }
            if let Some(LegacyPosture { until, reason }) = legacy_form {
                writeln!(f, "ISSUES LEGACY TOKENS as {issuer} without iss and aud until {until}: {reason}")?;
            }
        }
        for CredentialPosture { kind, issuers, carriers, records, .. } in &self.credentials {
            match records {
                Some(records) => {
                    writeln!(f, "accepts {kind} of {} in {}: {records}", issuers.join(", "), carriers.join(", "))?;
                }
                // The usual carrier of the tokens above needs no words.
                None if carriers.iter().any(|carrier| carrier != "Authorization: Bearer") => {
                    writeln!(f, "accepts {kind} in {}", carriers.join(", "))?;
                }
                None => {}
            }
        }
        if self.credentials.len() > 1 {
            let kinds: Vec<_> =
                self.credentials.iter().map(|kind| format!("{} of {}", kind.kind, kind.issuers.join(", "))).collect();
            writeln!(f, "authenticated by: {}", kinds.join(", or "))?;
        }
        for condition in &self.always_requires {
            writeln!(f, "always requires {condition}")?;
        }
        if let Some(page) = &self.login_page {
            writeln!(f, "redirects browsers without a good cookie to {page}")?;
        }
        if let Some(resource) = self.client.resource() {
            writeln!(f, "protects {}, described at {}", resource.identifier(), resource.metadata_url())?;
        }
        write!(f, "leeway {}, lifetime up to {}, ", format_duration(self.leeway), format_duration(self.max_lifetime))?;
        match self.cache_bytes {
            Some(bytes) => write!(f, "cache of verified tokens up to {} MiB, ", bytes.div_ceil(1024 * 1024))?,
            None => write!(f, "no cache, ")?,
        }
        if let Some(principal) = &self.principal {
            write!(f, "{principal}, ")?;
        }
        match &self.revocations {
            Some(store) => writeln!(f, "revocations in {store}")?,
            None => writeln!(f, "no revocations: a token is valid until it expires")?,
        }
        write!(f, "rejections are {}", self.events)
    }
}
