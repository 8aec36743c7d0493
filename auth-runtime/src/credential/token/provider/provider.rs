//! An identity provider: the issuer, and the shape of its tokens.

use super::posture::Places;
use super::rules::{IssuerRules, Required};
use crate::base::Algorithm;
use crate::credential::carrier::Carrier;
use crate::credential::token::TokenType;
#[cfg(feature = "remote-keys")]
use crate::credential::token::keys::{KeySet, RemoteKeySet};
use std::sync::Arc;
use std::time::Duration;

/// Describes an identity provider: the issuer, and the shape of its tokens.
///
/// A profile knows the issuer, the address of the keys, the algorithm of keys that do not state
/// one, the kind of token, where the token, its audience and its subject are, and the longest
/// lifetime. Each method replaces one of these. The signature, the issuer, the times and duplicate
/// members are checked for every provider alike, and the posture shows what the profile means.
///
/// ```no_run
/// use auth_runtime::credentials::Provider;
/// use auth_runtime::{Claims, ConfigError, Events, Verifier};
///
/// # #[cfg(feature = "remote-keys")]
/// async fn verifier() -> Result<Verifier<Claims>, ConfigError> {
///     let keycloak = Provider::keycloak("https://id.example.com", "shop");
///     Verifier::builder()
///         .keys(keycloak.keys().await?)
///         .provider(keycloak)
///         .audience("orders")
///         .events(Events::stderr())
///         .build()
/// }
/// ```
///
/// The audience is still required, because a profile cannot know it:
///
/// ```compile_fail,E0277
/// # use auth_runtime::credentials::Provider;
/// # use auth_runtime::{Claims, ConfigError, Events, KeySet, Verifier};
/// # fn verifier(keys: KeySet) -> Result<Verifier<Claims>, ConfigError> {
/// Verifier::builder()
///     .provider(Provider::keycloak("https://id.example.com", "shop"))
///     .keys(keys)
///     .events(Events::stderr())
///     .build()
/// # }
/// ```
///
/// [`TrustedIssuer::of`](crate::credentials::TrustedIssuer::of) trusts a second provider beside the
/// first.
#[derive(Debug, Clone)]
#[must_use = "it is not trusted yet: pass it to `.provider(..)` or `TrustedIssuer::of(..)`"]
pub struct Provider {
    pub(super) issuer: String,
    /// The address of the keys. `None`: the discovery document names it.
    pub(super) keys_at: Option<String>,
    pub(super) algorithm: Option<Algorithm>,
    pub(super) rules: IssuerRules,
    pub(super) places: Places,
}

impl Provider {
    /// Describes a provider without a profile. The verifier's own rules apply.
    pub fn custom(issuer: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            keys_at: None,
            algorithm: None,
            rules: IssuerRules::default(),
            places: Places::default(),
        }
    }

    /// Returns the issuer (`iss`).
    ///
    /// With [several tenants](Self::entra_tenants) it is a template.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Returns the algorithm of its keys that do not state one.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm
    }

    /// Fetches its keys: by discovery, or from the address that the profile knows.
    #[cfg(feature = "remote-keys")]
    pub fn keys(&self) -> RemoteKeySet {
        let keys = match &self.keys_at {
            None => KeySet::discover(self.issuer.as_str()),
            Some(url) => KeySet::remote(url.as_str()),
        };
        match self.algorithm {
            None => keys,
            Some(algorithm) => keys.algorithm(algorithm),
        }
    }

    /// Replaces the issuer, for a custom domain of the provider.
    ///
    /// The keys are then discovered there.
    pub fn named(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = issuer.into();
        self.keys_at = None;
        self
    }

    /// Accepts another spelling of the issuer, byte by byte. The caller is the same for both.
    ///
    /// The claim `iss` that the service reads is the first spelling.
    pub fn also_named(mut self, issuer: impl Into<String>) -> Self {
        self.rules.other_names.push(issuer.into().into());
        self
    }

    /// Replaces the kind of token.
    pub fn token_type(mut self, token_type: TokenType) -> Self {
        self.rules.token_type = Some(token_type);
        self
    }

    /// Replaces the longest lifetime of its tokens. At most a year.
    pub fn max_lifetime(mut self, max_lifetime: Duration) -> Self {
        self.rules.max_lifetime = Some(max_lifetime);
        self
    }

    /// Requires a claim to be one of these texts. Without texts, the claim must only be there.
    ///
    /// It replaces an earlier requirement for the same claim.
    pub fn require_claim<V: Into<String>>(self, claim: impl Into<String>, values: impl IntoIterator<Item = V>) -> Self {
        let values = values.into_iter().map(|value| value.into().into()).collect();
        self.requiring(Required { claim: claim.into().into(), values, shows_kind: false })
    }

    /// Drops the requirement of a claim that the profile or
    /// [`require_claim`](Self::require_claim) set.
    pub fn without_required_claim(mut self, claim: &str) -> Self {
        self.rules.required.retain(|required| *required.claim != *claim);
        self
    }

    /// Names the claim that identifies the caller where `sub` is missing or empty.
    ///
    /// Such a token is rejected by default. The subject is then the name of the claim, a colon and
    /// its text (`azp:storefront`), so that it is never the `sub` of another caller. All tokens
    /// with the same text are one caller, so name a claim that differs for each.
    pub fn subject_in(mut self, claim: impl Into<String>) -> Self {
        self.rules.subject_claim = Some(claim.into().into());
        self
    }

    /// Names the claim that must be the verifier's audience where `aud` is missing.
    ///
    /// Such a token is rejected by default. A token with an `aud` is checked by its `aud`.
    pub fn audience_in(mut self, claim: impl Into<String>) -> Self {
        self.rules.audience_claim = Some(claim.into().into());
        self
    }

    /// Ignores the header member `jku`, which some providers add.
    ///
    /// A token with it is rejected by default. The verifier never fetches what it names.
    pub fn ignore_jku(mut self) -> Self {
        self.rules.ignores_jku = true;
        self
    }

    pub(super) fn requiring(self, required: Required) -> Self {
        let mut provider = self.without_required_claim(&required.claim);
        provider.rules.required.push(required);
        provider
    }

    /// Requires a claim that shows an access token.
    pub(super) fn shown_by(self, claim: &str, values: &[&str]) -> Self {
        let values = values.iter().map(|value| Arc::from(*value)).collect();
        self.requiring(Required { claim: claim.into(), values, shows_kind: true })
    }

    /// Requires a claim with any value.
    pub(super) fn with_claim(self, claim: &str) -> Self {
        self.requiring(Required { claim: claim.into(), values: Vec::new(), shows_kind: false })
    }

    pub(super) fn signed_with(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = Some(algorithm);
        self
    }

    pub(super) fn keys_at(mut self, url: impl Into<String>) -> Self {
        self.keys_at = Some(url.into());
        self
    }

    /// Names the profile, and where scopes and roles are.
    pub(super) fn known_as(mut self, profile: &'static str, scopes: &'static str, roles: &'static str) -> Self {
        self.places = Places { profile: Some(profile), scopes, roles, ..self.places };
        self
    }

    pub(super) fn carried_in(mut self, carrier: &'static str) -> Self {
        self.places.carrier = carrier;
        self
    }
}

impl Provider {
    /// Where its proxy puts the token, or `Authorization: Bearer`.
    pub(crate) fn carrier(&self) -> Carrier {
        if self.places.carrier.is_empty() { Carrier::bearer() } else { Carrier::header(self.places.carrier) }
    }

    pub(crate) fn rules(&self) -> &IssuerRules {
        &self.rules
    }

    /// Applies what the builder of the verifier states for its first issuer.
    pub(crate) fn overridden(mut self, token_type: Option<TokenType>, max_lifetime: Option<Duration>) -> Self {
        self.rules.token_type = token_type.or(self.rules.token_type);
        self.rules.max_lifetime = max_lifetime.or(self.rules.max_lifetime);
        self
    }

    pub(crate) fn into_parts(self) -> (String, IssuerRules, Places) {
        (self.issuer, self.rules, self.places)
    }
}

/// The host of an address, without a scheme and slashes at its end.
pub(super) fn host(domain: &str) -> &str {
    domain.strip_prefix("https://").unwrap_or(domain).trim_end_matches('/')
}
