//! The optional settings of a verifier, and their bounds.

use super::cache;
use crate::base::ConfigError;
use crate::credential::carrier::Carrier;
use crate::credential::lookup::CredentialKind;
use crate::credential::token::{LegacyTokens, MAX_LIFETIME, Provider, TokenType, TrustedIssuer};
use crate::rejection::REALM;
use crate::revocation::Revocations;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The longest lifetime of a token by default.
pub(super) const DEFAULT_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The optional settings of a verifier.
pub(super) struct Options {
    /// The profile of the first issuer.
    pub(super) provider: Option<Provider>,
    pub(super) other_audiences: Vec<String>,
    pub(super) leeway: Duration,
    pub(super) max_lifetime: Option<Duration>,
    pub(super) max_token_bytes: usize,
    pub(super) time_limit: Duration,
    pub(super) token_type: Option<TokenType>,
    pub(super) clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
    pub(super) revocations: Option<Arc<dyn Revocations>>,
    pub(super) without_revocations_for: Duration,
    pub(super) recheck_every: Duration,
    pub(super) also_trusted: Vec<TrustedIssuer>,
    /// `None`: the carrier of the profile.
    pub(super) carriers: Option<Vec<Carrier>>,
    pub(super) kinds: Vec<CredentialKind>,
    pub(super) realm: Option<String>,
    /// The identifier of the protected resource, not checked yet.
    pub(super) resource: Option<String>,
    pub(super) cache_bytes: Option<u64>,
    pub(super) principals_for: Duration,
    pub(super) legacy: Option<LegacyTokens>,
    /// Whether conditions on the claims were set before the principal was loaded.
    pub(super) lost_conditions: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            provider: None,
            other_audiences: Vec::new(),
            leeway: Duration::from_secs(30),
            max_lifetime: None,
            max_token_bytes: 16 * 1024,
            time_limit: Duration::from_secs(5),
            token_type: None,
            clock: Box::new(SystemTime::now),
            revocations: None,
            without_revocations_for: Duration::ZERO,
            recheck_every: Duration::from_secs(10),
            also_trusted: Vec::new(),
            carriers: None,
            kinds: Vec::new(),
            realm: Some(REALM.to_owned()),
            resource: None,
            cache_bytes: Some(cache::DEFAULT_BYTES),
            principals_for: Duration::ZERO,
            legacy: None,
            lost_conditions: false,
        }
    }
}

impl Options {
    /// P9: checks the bounds at start.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let bounds = |name, why| Err(ConfigError::OutOfBounds { name, why });
        if self.leeway > Duration::from_secs(5 * 60) {
            return bounds("leeway", "use at most 5 minutes, and synchronize the clocks instead");
        }
        if self.max_lifetime.is_some_and(|longest| longest.is_zero() || longest > MAX_LIFETIME) {
            return bounds("max_lifetime", "use more than zero and at most a year");
        }
        if !(64..=1024 * 1024).contains(&self.max_token_bytes) {
            return bounds("max_token_bytes", "use 64 bytes to 1 MiB");
        }
        if self.time_limit.is_zero() || self.time_limit > Duration::from_secs(60) {
            return bounds("time_limit", "use more than zero and at most a minute");
        }
        if self.without_revocations_for > Duration::from_secs(15 * 60) {
            return bounds(
                "without_revocations_for",
                "use at most 15 minutes, because revoked tokens are accepted meanwhile",
            );
        }
        if !self.without_revocations_for.is_zero() && self.revocations.is_none() {
            return bounds("without_revocations_for", "leave it out, because there are no `.revocations(..)`");
        }
        if self.cache_bytes.is_some_and(|bytes| !(64 * 1024..=64 * 1024 * 1024 * 1024).contains(&bytes)) {
            return bounds("cache_bytes", "use 64 KiB to 64 GiB, or `.without_cache()`");
        }
        if self.principals_for > Duration::from_secs(5 * 60) {
            return bounds(
                "cache_principals_for",
                "use at most 5 minutes, because removed roles still count meanwhile",
            );
        }
        if self.lost_conditions {
            return bounds(
                "always_requires",
                "call it after `.load(..)`, because conditions decide from the principal",
            );
        }
        if !self.principals_for.is_zero() && self.cache_bytes.is_none() {
            return bounds("cache_principals_for", "leave it out, because of `.without_cache()`");
        }
        if !(Duration::from_millis(10)..=Duration::from_secs(5 * 60)).contains(&self.recheck_every) {
            return bounds("recheck_every", "use 10 milliseconds to 5 minutes");
        }
        // P6: a revocation that is removed too early makes its token valid again. A token that
        // exists when it is revoked, at `r`, states an `iat` of at most `r + leeway`, because the
        // issuer's clock may be ahead by the leeway; its `exp` is at most `iat + max_lifetime`; and
        // it is accepted until `exp + leeway`. So the revocation must be kept until
        // `r + max_lifetime + 2 * leeway`. A token without `iat` ends earlier, because its `exp` is
        // at most `max_lifetime` after now. For a subject that is revoked up to a time the sum
        // counts from that time, which `Revocation::retention` adds.
        if let Some(retention) = self.revocations.as_ref().and_then(|store| store.retention())
            && retention < self.longest_lifetime() + self.leeway * 2
        {
            return bounds(
                "max_lifetime",
                "use at most the retention of the revocation store less twice the leeway, or raise the retention",
            );
        }
        Ok(())
    }
    /// The longest lifetime of the tokens of any issuer.
    fn longest_lifetime(&self) -> Duration {
        let of_first = self.provider.as_ref().and_then(|provider| provider.rules().max_lifetime);
        let of_others = self.also_trusted.iter().filter_map(TrustedIssuer::own_max_lifetime);
        let own = self.max_lifetime.or(of_first).unwrap_or(DEFAULT_LIFETIME);
        of_others.chain([self.max_lifetime.unwrap_or(DEFAULT_LIFETIME)]).fold(own, Duration::max)
    }
}
