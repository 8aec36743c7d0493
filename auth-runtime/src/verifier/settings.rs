//! The settings of a verifier that are not required.

use super::VerifierBuilder;
use crate::credential::token::TokenType;
use crate::revocation::Revocations;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

impl<C, I, A, K, E> VerifierBuilder<C, I, A, K, E> {
    /// Sets the realm of the challenges (RFC 9110 section 11.5). `api` by default.
    pub fn realm(mut self, realm: impl Into<String>) -> Self {
        self.options.realm = Some(realm.into());
        self
    }

    /// Sends challenges without a realm, for clients that compare `WWW-Authenticate` byte by byte.
    pub fn omit_realm(mut self) -> Self {
        self.options.realm = None;
        self
    }

    /// Sets the identifier of the protected resource, which is its URL (RFC 9728).
    ///
    /// The challenges then name the metadata of the resource (`resource_metadata`), from which a
    /// client learns the authorization server.
    /// [`AuthRouter::protected_resource_metadata`](crate::AuthRouter::protected_resource_metadata)
    /// serves them.
    ///
    /// `build` refuses a URL without `https`, except of this machine, and one with a user name, a
    /// query or a fragment. It refuses a verifier whose issuers are not URLs.
    pub fn resource(mut self, url: impl Into<String>) -> Self {
        self.options.resource = Some(url.into());
        self
    }

    /// Sets how far the clocks may differ, for `exp`, `nbf` and `iat`.
    ///
    /// 30 seconds by default, 5 minutes at most.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.options.leeway = leeway;
        self
    }

    /// Sets the longest lifetime of a token. 24 hours by default.
    ///
    /// `exp` must not be later than this after `iat`, or after the current time.
    pub fn max_lifetime(mut self, max_lifetime: Duration) -> Self {
        self.options.max_lifetime = Some(max_lifetime);
        self
    }

    /// Sets the longest token, in bytes. 16 KiB by default.
    ///
    /// Longer tokens are rejected before they are parsed.
    pub fn max_token_bytes(mut self, max_token_bytes: usize) -> Self {
        self.options.max_token_bytes = max_token_bytes;
        self
    }

    /// Sets the time limit of verification, after which the client gets 503. 5 seconds by default.
    pub fn time_limit(mut self, time_limit: Duration) -> Self {
        self.options.time_limit = time_limit;
        self
    }

    /// Sets the accepted kind of token. [`TokenType::AccessToken`] by default.
    pub fn token_type(mut self, token_type: TokenType) -> Self {
        self.options.token_type = Some(token_type);
        self
    }

    /// Sets the clock. The system's clock by default; for tests.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.options.clock = Box::new(clock);
        self
    }

    /// Sets the revocation store. None by default: a token is valid until it expires.
    pub fn revocations(mut self, revocations: impl Revocations) -> Self {
        self.options.revocations = Some(Arc::new(revocations));
        self
    }

    /// Accepts tokens without the revocation check while the store is unreachable, for this long.
    ///
    /// The time is counted from the start of the outage; 15 minutes at most. By default it is zero,
    /// so that tokens get 503. Revoked tokens are accepted meanwhile. An event reports the start of
    /// the outage
    /// ([`NoticeKind::RevocationsUnavailable`](crate::events::NoticeKind::RevocationsUnavailable)),
    /// and the posture shows this setting.
    ///
    /// It applies only when the store itself reports that it is unreachable. Tokens get 503 when
    /// the store answers with an error or with data that cannot be read
    /// ([`RevocationError::Unreadable`](crate::revocation::RevocationError::Unreadable)), when it
    /// panics, and when it takes longer than the [time limit](Self::time_limit).
    pub fn without_revocations_for(mut self, outage: Duration) -> Self {
        self.options.without_revocations_for = outage;
        self
    }

    /// Sets the capacity of the cache of verified tokens, in bytes. 64 MiB by default.
    ///
    /// 64 MiB hold some ten thousand tokens of the usual size; 64 KiB is the minimum. The size of
    /// an entry includes its claims, where your own type counts as a
    /// `HashMap<String, serde_json::Value>` of all claims. A type that needs more memory than that
    /// exceeds the capacity.
    ///
    /// A token is cached when it is verified for the second time, so tokens that are used once take
    /// no memory. Records and principals that are looked up are cached at once.
    ///
    /// The key of an entry is the full token. Only results that cannot change are cached: form,
    /// signature and claims. Times, key, revocation and permission are checked on every request.
    /// Rejected tokens are never cached.
    pub fn cache_bytes(mut self, bytes: u64) -> Self {
        self.options.cache_bytes = Some(bytes);
        self
    }

    /// Verifies every token on every request, without a cache.
    ///
    /// For claims types that do not always deserialize to the same value, or whose values requests
    /// must not share.
    pub fn without_cache(mut self) -> Self {
        self.options.cache_bytes = None;
        self
    }

    /// Sets how often the token of a [guarded](crate::Authenticated::guard) stream is rechecked.
    ///
    /// 10 seconds by default. A stream may go on for this long after its token was revoked. It ends
    /// at once when the token expires.
    pub fn recheck_every(mut self, interval: Duration) -> Self {
        self.options.recheck_every = interval;
        self
    }

    /// Uses a loaded principal again for this long. Zero by default; 5 minutes at most.
    ///
    /// A role that was removed in the database still counts meanwhile. Revocation is checked on
    /// every request. The posture shows this setting. Principals are cached with their token, and
    /// each counts as its claims do for [`cache_bytes`](Self::cache_bytes).
    pub fn cache_principals_for(mut self, age: Duration) -> Self {
        self.options.principals_for = age;
        self
    }
}
