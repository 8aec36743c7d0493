//! A verifier in the making: what is required is required by the types.

use super::cache::{self, TokenCache};
use super::{Decode, Shared, Verifier};
use crate::base::{ConfigError, Within};
use crate::credential::token::keys::KeySet;
use crate::credential::token::{ClaimsPolicy, Issuer, Issuers, TokenType, TrustedIssuer};
use crate::revocation::{RevocationChecker, Revocations};
use auth_events::Events;
use auth_events::internal::Meters;
use serde::de::DeserializeOwned;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The four required parts, as they are before they are given. Private: a builder can't be told that it has what it has
/// not.
mod missing {
    #[derive(Debug)]
    pub struct Issuer;
    #[derive(Debug)]
    pub struct Audience;
    #[derive(Debug)]
    pub struct Keys;
    #[derive(Debug)]
    pub struct Events;
}

/// One trait for each part, so that each absence has a message of its own. A part that is given hands on the next one
/// (`Then`), so that of several that are missing the first is asked for.
mod given {
    macro_rules! given {
        ($($Part:ident $Type:ty, $message:literal, $note:literal;)*) => { $(
            #[diagnostic::on_unimplemented(message = $message, label = "not yet", note = $note)]
            pub trait $Part {
                type Then<Next>;
                fn take<Next>(self, next: Next) -> ($Type, Self::Then<Next>);
            }
            impl $Part for $Type {
                type Then<Next> = Next;
                fn take<Next>(self, next: Next) -> (Self, Next) {
                    (self, next)
                }
            }
        )* };
    }

    given! {
        Issuer String, "this verifier has no issuer: it would not know whose tokens to take", "add `.issuer(\"https://id.example.com/\")`";
        Audience String, "this verifier has no audience: it would take tokens that are meant for others", "add `.audience(\"orders\")`";
        Keys super::KeySet, "this verifier has no keys", "add `.keys(..)`, with a `KeySet` or one `VerifyingKey`";
        Events super::Events, "this verifier has no events: nobody would hear of a refusal", "add `.events(..)`, for instance `Events::stderr()`";
    }
}

/// Makes a [`Verifier`]; [`Verifier::builder`] starts it.
///
/// `issuer`, `audience`, `keys` and `events` are required: without them there is no [`build`](Self::build).
#[must_use = "a builder verifies nothing; call `.build()`"]
pub struct VerifierBuilder<C, I = missing::Issuer, A = missing::Audience, K = missing::Keys, E = missing::Events> {
    issuer: I,
    audience: A,
    keys: K,
    events: E,
    options: Options,
    decode: Decode<C>,
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
    cache_bytes: Option<u64>,
}

impl<C: DeserializeOwned + Send + Sync + 'static> Verifier<C> {
    /// Starts a builder.
    pub fn builder() -> VerifierBuilder<C> {
        VerifierBuilder {
            issuer: missing::Issuer,
            audience: missing::Audience,
            keys: missing::Keys,
            events: missing::Events,
            options: Options {
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
                cache_bytes: Some(cache::DEFAULT_BYTES),
            },
            decode: |claims| claims.decode(),
        }
    }
}

impl<C, I, A, K, E> VerifierBuilder<C, I, A, K, E> {
    /// Whose tokens are taken: `iss`, compared byte by byte (a slash at the end counts). Required.
    pub fn issuer(self, issuer: impl Into<String>) -> VerifierBuilder<C, String, A, K, E> {
        let Self { audience, keys, events, options, decode, .. } = self;
        VerifierBuilder { issuer: issuer.into(), audience, keys, events, options, decode }
    }

    /// For whom they have to be: `aud` must contain it, byte by byte. Required.
    pub fn audience(self, audience: impl Into<String>) -> VerifierBuilder<C, I, String, K, E> {
        let Self { issuer, keys, events, options, decode, .. } = self;
        VerifierBuilder { issuer, audience: audience.into(), keys, events, options, decode }
    }

    /// With which keys they are verified: a [`KeySet`], or one [`VerifyingKey`](super::VerifyingKey). Required.
    pub fn keys(self, keys: impl Into<KeySet>) -> VerifierBuilder<C, I, A, KeySet, E> {
        let Self { issuer, audience, events, options, decode, .. } = self;
        VerifierBuilder { issuer, audience, keys: keys.into(), events, options, decode }
    }

    /// Who hears of refusals. Required.
    pub fn events(self, events: Events) -> VerifierBuilder<C, I, A, K, Events> {
        let Self { issuer, audience, keys, options, decode, .. } = self;
        VerifierBuilder { issuer, audience, keys, events, options, decode }
    }

    /// Another issuer whose tokens are taken, with keys of its own. To be called for each of them.
    ///
    /// With more than one issuer, the claims of a token are read before its signature is checked, to choose the keys
    /// that it is checked with.
    pub fn also_trust(mut self, issuer: TrustedIssuer) -> Self {
        self.options.also_trusted.push(issuer);
        self
    }

    /// How far the issuer's clock and ours may be apart, for `exp`, `nbf` and `iat`. 30 seconds by default, 5 minutes
    /// at most.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.options.leeway = leeway;
        self
    }

    /// How long a token may live: the most that `exp` may lie after `iat`, and after now. 24 hours by default.
    pub fn max_lifetime(mut self, max_lifetime: Duration) -> Self {
        self.options.max_lifetime = max_lifetime;
        self
    }

    /// How long a token may be, in bytes. 16 KiB by default; longer ones are refused unread.
    pub fn max_token_bytes(mut self, max_token_bytes: usize) -> Self {
        self.options.max_token_bytes = max_token_bytes;
        self
    }

    /// How long verification may take before it is answered with 503. 5 seconds by default.
    pub fn time_limit(mut self, time_limit: Duration) -> Self {
        self.options.time_limit = time_limit;
        self
    }

    /// Which kind of token is taken. [`TokenType::AccessToken`] by default.
    pub fn token_type(mut self, token_type: TokenType) -> Self {
        self.options.token_type = token_type;
        self
    }

    /// What time it is. The system's clock by default; tests set their own.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.options.clock = Box::new(clock);
        self
    }

    /// Who knows which tokens were taken back. Nobody by default: a token holds until it expires.
    pub fn revocations(mut self, revocations: impl Revocations) -> Self {
        self.options.revocations = Some(Arc::new(revocations));
        self
    }

    /// While the revocations can't be reached, tokens pass without being asked about, for this long from the start of
    /// the outage; a quarter of an hour at most. Not at all by default: they get 503.
    ///
    /// A store that answers with an error, or with data that can't be read, is not an outage: tokens get 503 all the
    /// same ([`RevocationError::Unreadable`](crate::RevocationError::Unreadable)).
    ///
    /// A store that panics, or takes longer than the [time limit](Self::time_limit), is answered with 503 all the same: it
    /// has to say by itself that it can't be reached. A token that was taken back is let in meanwhile. The events are told when it begins
    /// ([`NoticeKind::RevocationsUnavailable`](crate::NoticeKind::RevocationsUnavailable)), and the posture names it.
    pub fn without_revocations_for(mut self, outage: Duration) -> Self {
        self.options.without_revocations_for = outage;
        self
    }

    /// How much memory the cache of verified tokens may take: 64 MiB by default, which is some ten thousand tokens of the
    /// usual size; 64 KiB at least.
    ///
    /// Each token is weighed with its claims, those of your own type as if it kept all of them as a
    /// `HashMap<String, serde_json::Value>` does. A type that makes more of them than that takes more than it says here.
    ///
    /// A token that is remembered is found by all of its bytes. Its signature, its form and its claims are not looked at
    /// again; its times, its key, its revocation and the permission are, for each request. What was refused is never
    /// remembered.
    pub fn cache_bytes(mut self, bytes: u64) -> Self {
        self.options.cache_bytes = Some(bytes);
        self
    }

    /// Verifies each token anew, however often it comes. For claims types that read differently each time, or whose values
    /// requests must not share.
    pub fn without_cache(mut self) -> Self {
        self.options.cache_bytes = None;
        self
    }

    /// How often it is asked whether the token behind a [guarded](crate::Authenticated::guard) stream still holds: for
    /// so long a stream may go on after its token was taken back. 10 seconds by default. That a token expires is noticed
    /// at once.
    pub fn recheck_every(mut self, interval: Duration) -> Self {
        self.options.recheck_every = interval;
        self
    }
}

impl<C, I, A, K, E> VerifierBuilder<C, I, A, K, E> {
    /// The verifier.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], when a part is blank or out of bounds, and [`ConfigError::WithinRequest`] while a request is
    /// handled.
    pub fn build(self) -> Result<Verifier<C>, ConfigError>
    where
        I: given::Issuer<Then<A>: given::Audience<Then<K>: given::Keys<Then<E>: given::Events>>>,
    {
        // P2: a handler with a verifier and a key of its own could prove whatever it likes.
        if Within::now() != Within::NoRequest {
            return Err(ConfigError::WithinRequest);
        }
        let Self { options, .. } = &self;
        let bounds = |name, why| Err(ConfigError::OutOfBounds { name, why });
        if options.leeway > Duration::from_mins(5) {
            return bounds("leeway", "5 minutes at most; mend the clocks rather than let old tokens in");
        }
        if options.max_lifetime.is_zero() || options.max_lifetime > Duration::from_hours(24 * 366) {
            return bounds("max_lifetime", "more than nothing, and a year at most");
        }
        if !(64..=1024 * 1024).contains(&options.max_token_bytes) {
            return bounds("max_token_bytes", "64 bytes to 1 MiB");
        }
        if options.time_limit.is_zero() || options.time_limit > Duration::from_mins(1) {
            return bounds("time_limit", "more than nothing, and a minute at most");
        }
        if options.without_revocations_for > Duration::from_mins(15) {
            return bounds(
                "without_revocations_for",
                "a quarter of an hour at most: revoked tokens are let in meanwhile",
            );
        }
        if !options.without_revocations_for.is_zero() && options.revocations.is_none() {
            return bounds("without_revocations_for", "nothing, where there are no `.revocations(..)`");
        }
        if options.cache_bytes.is_some_and(|bytes| !(64 * 1024..=64 * 1024 * 1024 * 1024).contains(&bytes)) {
            return bounds("cache_bytes", "64 KiB to 64 GiB; `.without_cache()` is none");
        }
        if !(Duration::from_millis(10)..=Duration::from_mins(5)).contains(&options.recheck_every) {
            return bounds("recheck_every", "10 milliseconds to 5 minutes");
        }
        let (issuer, audience) = given::Issuer::take(self.issuer, self.audience);
        let (audience, keys) = given::Audience::take(audience, self.keys);
        let (keys, events) = given::Keys::take(keys, self.events);
        let (events, _) = given::Events::take(events, ());
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
            cache_bytes,
        } = self.options;
        let first = Issuer::new(issuer.into(), audience.into(), token_type, keys);
        // P6: a revocation that is forgotten while its token is good gives the token back. A token that exists when it
        // is revoked, at `r`, states an `iat` of at most `r + leeway`, because the issuer's clock may be ahead by the
        // leeway; its `exp` is at most `iat + max_lifetime`; and it is accepted until `exp + leeway`. So it has to be
        // remembered until `r + max_lifetime + 2 * leeway`. A token without `iat` ends earlier, because its `exp` is at
        // most `max_lifetime` after now. A subject revoked up to a time has the same sum from that time, which
        // `Revocation::kept_for` adds.
        if let Some(remembered) = revocations.as_ref().and_then(|store| store.remembered_for())
            && remembered < max_lifetime + leeway * 2
        {
            return bounds(
                "max_lifetime",
                "at most as long as revocations are remembered, less twice the leeway; remember them for longer",
            );
        }
        let issuers = Issuers::new(first, also_trusted)?;
        let meters = Meters::new(&issuers.names.issuer, &issuers.names.audience);
        issuers.report_to(&events);
        // Last: a store counts as asked only by a verifier that exists.
        let revocations = revocations.map(|store| RevocationChecker::new(store, without_revocations_for, leeway));
        Ok(Verifier {
            shared: Arc::new(Shared {
                issuers,
                claims: ClaimsPolicy { leeway, max_lifetime },
                max_token_bytes,
                time_limit,
                clock,
                revocations,
                recheck_every,
                events,
                meters,
                decode: self.decode,
                remembered: cache_bytes.map(TokenCache::new),
                invariant: PhantomData,
            }),
        })
    }
}

impl<C, I, A, K, E> fmt::Debug for VerifierBuilder<C, I, A, K, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifierBuilder").finish_non_exhaustive()
    }
}
