//! Builds a verifier.

use super::accepted::Accepted;
use super::cache::{self, TokenCache};
use super::load_principal::refuse_optional;
use super::parts::{AcceptsTokens, HasAudience, HasEvents, HasIssuer, HasKeys};
use super::parts::{NoAudience, NoEvents, NoIssuer, NoKeys, NoTokens};
use super::source::Source;
use super::{LoadPrincipal, Shared, TokenClaims, Verifier};
use crate::base::{ConfigError, Within};
use crate::credential::carrier::Carrier;
use crate::credential::lookup::CredentialKind;
use crate::credential::token::keys::KeySet;
use crate::credential::token::{ClaimsPolicy, Issuer, Issuers, LegacyTokens, TokenType, TrustedIssuer};
use crate::rejection::REALM;
use crate::revocation::{RevocationChecker, Revocations};
use auth_events::Events;
use auth_events::internal::Meters;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Builds a [`Verifier`]; [`Verifier::builder`] creates it.
///
/// `issuer`, `audience`, `keys` and `events` are required: [`build`](Self::build) needs all four.
#[must_use = "a builder does not verify tokens: call `.build()`"]
pub struct VerifierBuilder<C, I = NoIssuer, A = NoAudience, K = NoKeys, E = NoEvents> {
    issuer: I,
    audience: A,
    keys: K,
    events: E,
    options: Options,
    source: Source<C>,
}

struct Options {
    leeway: Duration,
    max_lifetime: Duration,
    max_token_bytes: usize,
    time_limit: Duration,
    token_type: TokenType,
    clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
    revocations: Option<Arc<dyn Revocations>>,
    without_revocations_for: Duration,
    recheck_every: Duration,
    also_trusted: Vec<TrustedIssuer>,
    carriers: Vec<Carrier>,
    kinds: Vec<CredentialKind>,
    realm: Option<String>,
    cache_bytes: Option<u64>,
    principals_for: Duration,
    legacy: Option<LegacyTokens>,
}

impl<C: TokenClaims> Verifier<C> {
    /// Creates a builder. `C` is the type of the token's claims.
    ///
    /// [`load`](VerifierBuilder::load) replaces it by a principal of the service's database.
    pub fn builder() -> VerifierBuilder<C> {
        VerifierBuilder {
            issuer: NoIssuer,
            audience: NoAudience,
            keys: NoKeys,
            events: NoEvents,
            options: Options::default(),
            source: Source::decode(),
        }
    }

    /// Creates a builder that accepts this kind of credential, and no JWT.
    ///
    /// [`also_accept`](VerifierBuilder::also_accept) adds more kinds. `events` is required.
    pub fn accepting(kind: impl Into<CredentialKind>) -> VerifierBuilder<C, NoTokens, NoTokens, NoTokens> {
        let options = Options { kinds: vec![kind.into()], ..Options::default() };
        let (issuer, audience, keys, events) = (NoTokens, NoTokens, NoTokens, NoEvents);
        VerifierBuilder { issuer, audience, keys, events, options, source: Source::decode() }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            leeway: Duration::from_secs(30),
            max_lifetime: Duration::from_hours(24),
            max_token_bytes: 16 * 1024,
            time_limit: Duration::from_secs(5),
            token_type: TokenType::default(),
            clock: Box::new(SystemTime::now),
            revocations: None,
            without_revocations_for: Duration::ZERO,
            recheck_every: Duration::from_secs(10),
            also_trusted: Vec::new(),
            carriers: vec![Carrier::bearer()],
            kinds: Vec::new(),
            realm: Some(REALM.to_owned()),
            cache_bytes: Some(cache::DEFAULT_BYTES),
            principals_for: Duration::ZERO,
            legacy: None,
        }
    }
}

impl<C, I, A, K, E> VerifierBuilder<C, I, A, K, E> {
    /// Sets the issuer (`iss`) whose tokens are accepted. Required.
    ///
    /// Compared byte by byte; a trailing slash matters.
    pub fn issuer(self, issuer: impl Into<String>) -> VerifierBuilder<C, String, A, K, E>
    where
        I: AcceptsTokens,
    {
        let Self { audience, keys, events, options, source, .. } = self;
        VerifierBuilder { issuer: issuer.into(), audience, keys, events, options, source }
    }

    /// Sets the audience that `aud` must contain, byte by byte. Required.
    pub fn audience(self, audience: impl Into<String>) -> VerifierBuilder<C, I, String, K, E>
    where
        A: AcceptsTokens,
    {
        let Self { issuer, keys, events, options, source, .. } = self;
        VerifierBuilder { issuer, audience: audience.into(), keys, events, options, source }
    }

    /// Sets the keys: a [`KeySet`], or one [`VerifyingKey`](crate::VerifyingKey). Required.
    pub fn keys(self, keys: impl Into<KeySet>) -> VerifierBuilder<C, I, A, KeySet, E>
    where
        K: AcceptsTokens,
    {
        let Self { issuer, audience, events, mut options, source, .. } = self;
        // P6: legacy tokens are those of the issuer's own keys.
        options.legacy = None;
        VerifierBuilder { issuer, audience, keys: keys.into(), events, options, source }
    }

    /// Sets the stream that receives an event for each rejection. Required.
    pub fn events(self, events: Events) -> VerifierBuilder<C, I, A, K, Events> {
        let Self { issuer, audience, keys, options, source, .. } = self;
        VerifierBuilder { issuer, audience, keys, events, options, source }
    }

    /// Accepts the legacy tokens of the keys that are set.
    #[cfg(feature = "issue")]
    pub(super) fn legacy_tokens(mut self, legacy: Option<LegacyTokens>) -> Self {
        self.options.legacy = legacy;
        self
    }

    /// Trusts another issuer, which has its own keys. Call it once for each issuer.
    ///
    /// With more than one issuer, the verifier reads the claims of a token before it verifies the
    /// signature, to choose the keys.
    pub fn also_trust(mut self, issuer: TrustedIssuer) -> Self
    where
        I: AcceptsTokens,
    {
        self.options.also_trusted.push(issuer);
        self
    }

    /// Sets where in a request the tokens are. [`Carrier::bearer`] by default.
    ///
    /// A request with two credentials is rejected, whatever their carriers.
    pub fn carriers(mut self, carriers: impl IntoIterator<Item = Carrier>) -> Self
    where
        I: AcceptsTokens,
    {
        self.options.carriers = carriers.into_iter().collect();
        self
    }

    /// Accepts another kind of credential. Call it once for each kind.
    ///
    /// Two kinds share a carrier only if the form of a credential tells its kind, as the prefix of
    /// an API key does. A credential is verified as one kind, and never tried as another.
    pub fn also_accept(mut self, kind: impl Into<CredentialKind>) -> Self {
        self.options.kinds.push(kind.into());
        self
    }

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
        self.options.max_lifetime = max_lifetime;
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
        self.options.token_type = token_type;
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
}

impl<C: Send + Sync + 'static, I, A, K, E> VerifierBuilder<C, I, A, K, E> {
    /// Loads the principal of each token from the service's database: see [`LoadPrincipal`].
    ///
    /// The verifier is then a `Verifier` of the principal, and permissions decide from it. It is
    /// loaded on every request, and again at each recheck of a stream.
    pub fn load<L: LoadPrincipal<TokenClaims = C>>(self, loader: L) -> VerifierBuilder<L::Principal, I, A, K, E> {
        let Self { issuer, audience, keys, events, options, source } = self;
        VerifierBuilder { issuer, audience, keys, events, options, source: source.load(loader) }
    }
}

impl<C, I, A, K, E> VerifierBuilder<C, I, A, K, E> {
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

impl<C, I, A, K, E> VerifierBuilder<C, I, A, K, E> {
    /// Builds the verifier.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], when a part is empty or out of bounds, and [`ConfigError::WithinRequest`]
    /// while a request is handled. [`ConfigError::OptionalCaller`] for a verifier of `Option<C>`.
    pub fn build(self) -> Result<Verifier<C>, ConfigError>
    where
        I: HasIssuer<Then<A>: HasAudience<Then<K>: HasKeys<Then<E>: HasEvents>>>,
    {
        // P2: a handler with its own verifier and key could create proofs for any caller.
        if Within::now() != Within::NoRequest {
            return Err(ConfigError::WithinRequest);
        }
        refuse_optional::<C>()?;
        self.options.check()?;
        if !self.options.principals_for.is_zero() && matches!(self.source, Source::Decode(_)) {
            let why = "leave it out, because there is no `.load(..)`";
            return Err(ConfigError::OutOfBounds { name: "cache_principals_for", why });
        }
        let (issuer, audience) = HasIssuer::take(self.issuer, self.audience);
        let (audience, keys) = HasAudience::take(audience, self.keys);
        let (keys, events) = HasKeys::take(keys, self.events);
        let events = HasEvents::take(events);
        let Options {
            leeway,
            max_lifetime,
            max_token_bytes,
            time_limit,
            token_type,
            clock,
            revocations,
            without_revocations_for,
            recheck_every,
            also_trusted,
            carriers,
            kinds,
            realm,
            cache_bytes,
            principals_for,
            legacy,
        } = self.options;
        let tokens = match (issuer, audience, keys) {
            (Some(issuer), Some(audience), Some(keys)) => {
                let first = Issuer::new(issuer.into(), audience.into(), token_type, keys).with_legacy(legacy);
                Some((Issuers::new(first, also_trusted)?, carriers))
            }
            // Started with `accepting`: the types permit all three or none.
            _ => None,
        };
        let accepted = Accepted::new(tokens, kinds)?;
        let client = accepted.carriers.client_view(realm.as_deref())?;
        let meters = Meters::new(&accepted.names.issuer, &accepted.names.audience);
        if let Some(issuers) = &accepted.issuers {
            issuers.report_to(&events);
        }
        accepted.report_to(&events);
        // Last, because a store must not be attached to a verifier that was not built.
        let revocations = revocations.map(|store| RevocationChecker::new(store, without_revocations_for, leeway));
        Ok(Verifier {
            shared: Arc::new(Shared {
                accepted,
                client,
                policy: ClaimsPolicy { leeway, max_lifetime },
                max_token_bytes,
                time_limit,
                clock,
                revocations,
                recheck_every,
                events,
                meters,
                source: self.source,
                principals_for,
                cache: cache_bytes.map(TokenCache::new),
                invariant: PhantomData,
            }),
        })
    }
}

impl Options {
    fn check(&self) -> Result<(), ConfigError> {
        let bounds = |name, why| Err(ConfigError::OutOfBounds { name, why });
        if self.leeway > Duration::from_mins(5) {
            return bounds("leeway", "use at most 5 minutes, and synchronize the clocks instead");
        }
        if self.max_lifetime.is_zero() || self.max_lifetime > Duration::from_hours(24 * 366) {
            return bounds("max_lifetime", "use more than zero and at most a year");
        }
        if !(64..=1024 * 1024).contains(&self.max_token_bytes) {
            return bounds("max_token_bytes", "use 64 bytes to 1 MiB");
        }
        if self.time_limit.is_zero() || self.time_limit > Duration::from_mins(1) {
            return bounds("time_limit", "use more than zero and at most a minute");
        }
        if self.without_revocations_for > Duration::from_mins(15) {
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
        if self.principals_for > Duration::from_mins(5) {
            return bounds(
                "cache_principals_for",
                "use at most 5 minutes, because removed roles still count meanwhile",
            );
        }
        if !self.principals_for.is_zero() && self.cache_bytes.is_none() {
            return bounds("cache_principals_for", "leave it out, because of `.without_cache()`");
        }
        if !(Duration::from_millis(10)..=Duration::from_mins(5)).contains(&self.recheck_every) {
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
            && retention < self.max_lifetime + self.leeway * 2
        {
            return bounds(
                "max_lifetime",
                "use at most the retention of the revocation store less twice the leeway, or raise the retention",
            );
        }
        Ok(())
    }
}

impl<C, I, A, K, E> fmt::Debug for VerifierBuilder<C, I, A, K, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifierBuilder").finish_non_exhaustive()
    }
}
