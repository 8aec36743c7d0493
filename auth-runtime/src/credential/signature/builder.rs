//! Builds [`Signatures`].

use super::claim::SecondArrival;
use super::keys::{MacKey, whpk};
use super::parts::{KnowsSecret, ReportsTo, WithSecret, WithoutEvents, WithoutSecret};
use super::replay::{MemoryReplays, ReplayStore};
use super::scheme::{Scheme, SignatureLayout, TimestampPlace};
use super::scheme_checks::assert_scheme;
use super::signatures::SharedSignatures;
use super::template::pieces;
use super::{Sender, Signatures, SigningSecret, reload};
use crate::base::{ConfigError, Erased, Invariant, Within};
use crate::rejection::{ClientView, IssuerNames};
use auth_events::Events;
use auth_events::internal::Meters;
use http::HeaderName;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Builds [`Signatures`]; [`Signatures::builder`] creates it.
///
/// `secret` and `events` are required: [`build`](Self::build) needs both.
///
/// ```
/// use auth_runtime::signatures::{Scheme, Signatures, SigningSecret};
/// use auth_runtime::{ConfigError, Events, signature};
///
/// signature!(pub GitHub = Scheme::github());
///
/// fn github() -> Result<Signatures<GitHub>, ConfigError> {
///     Signatures::builder()
///         .secret(SigningSecret::from_env("GITHUB_SECRET")?)
///         .events(Events::stderr())
///         .max_body(256 * 1024)
///         .build()
/// }
/// # fn main() {}
/// ```
#[must_use = "a builder does not verify signatures: call `.build()`"]
pub struct SignaturesBuilder<S, K = WithoutSecret, E = WithoutEvents> {
    secrets: Vec<SigningSecret>,
    public_keys: Vec<String>,
    events: E,
    options: SignatureOptions,
    marker: Invariant<(S, K)>,
}

struct SignatureOptions {
    max_body: usize,
    body_time_limit: Duration,
    replays: Arc<dyn ReplayStore>,
    keep_deliveries_for: Option<Duration>,
    clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
}

impl Default for SignatureOptions {
    fn default() -> Self {
        Self {
            max_body: 1024 * 1024,
            body_time_limit: Duration::from_secs(10),
            replays: Arc::new(MemoryReplays::default()),
            keep_deliveries_for: None,
            clock: Box::new(SystemTime::now),
        }
    }
}

impl<S: Sender> SignaturesBuilder<S> {
    pub(super) fn new() -> Self {
        // P9: also for a sender that was not declared with `signature!`.
        const { assert_scheme(&S::SCHEME) };
        let (secrets, public_keys, options) = (Vec::new(), Vec::new(), SignatureOptions::default());
        Self { secrets, public_keys, events: WithoutEvents, options, marker: PhantomData }
    }
}

impl<S: Sender, K, E> SignaturesBuilder<S, K, E> {
    /// Adds a secret. Required.
    ///
    /// Call it again for the next secret while the sender changes it: a request is accepted with
    /// any of them.
    pub fn secret(mut self, secret: SigningSecret) -> SignaturesBuilder<S, WithSecret, E> {
        self.secrets.push(secret);
        let Self { secrets, public_keys, events, options, .. } = self;
        SignaturesBuilder { secrets, public_keys, events, options, marker: PhantomData }
    }

    /// Adds an Ed25519 public key of Standard Webhooks (`whpk_..`), in place of a secret.
    ///
    /// Verifying an Ed25519 signature copies the body once.
    pub fn public_key(mut self, whpk: impl Into<String>) -> SignaturesBuilder<S, WithSecret, E> {
        self.public_keys.push(whpk.into());
        let Self { secrets, public_keys, events, options, .. } = self;
        SignaturesBuilder { secrets, public_keys, events, options, marker: PhantomData }
    }

    /// Sets the stream that receives an event for each rejection. Required.
    pub fn events(self, events: Events) -> SignaturesBuilder<S, K, Events> {
        let Self { secrets, public_keys, options, .. } = self;
        SignaturesBuilder { secrets, public_keys, events, options, marker: PhantomData }
    }

    /// Sets the store that recognises replays. [`MemoryReplays`] by default.
    ///
    /// A service of many instances needs a store that all of them share.
    pub fn replay(mut self, store: impl ReplayStore) -> Self {
        self.options.replays = Arc::new(store);
        self
    }

    /// Sets how long a handled delivery is recognised. 24 hours by default, 30 days at most.
    ///
    /// For schemes that sign the delivery's id, and schemes without a timestamp, whose requests an
    /// attacker can send again after this time. With a timestamp and without an id, the tolerance
    /// determines it.
    pub fn keep_deliveries_for(mut self, time: Duration) -> Self {
        self.options.keep_deliveries_for = Some(time);
        self
    }

    /// Sets the longest body, in bytes. 1 MiB by default; the client gets 413 for a longer one.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.options.max_body = bytes;
        self
    }

    /// Sets how long the whole body may take, after which the client gets 408.
    ///
    /// 10 seconds by default, a minute at most.
    pub fn body_time_limit(mut self, time_limit: Duration) -> Self {
        self.options.body_time_limit = time_limit;
        self
    }

    /// Sets the clock. The system's clock by default; for tests.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.options.clock = Box::new(clock);
        self
    }

    /// Builds the signatures.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], when a secret is weak or a value is out of bounds, and
    /// [`ConfigError::WithinRequest`] while a request is handled.
    pub fn build(self) -> Result<Signatures<S>, ConfigError>
    where
        K: KnowsSecret,
        E: ReportsTo,
    {
        // P2: a handler with its own secret could create proofs for any request.
        if Within::now() != Within::NoRequest {
            return Err(ConfigError::WithinRequest);
        }
        let scheme = S::SCHEME;
        self.options.check()?;
        let keep_deliveries_for = self.options.kept_for(&scheme)?;
        let SignatureOptions { max_body, body_time_limit, replays, clock, .. } = self.options;
        let secrets = self.secrets.into_iter();
        let keys: Arc<[MacKey]> =
            secrets.map(|secret| MacKey::new(scheme.secret, secret)).collect::<Result<_, ConfigError>>()?;
        if !self.public_keys.is_empty() && scheme.layout != SignatureLayout::VersionedList {
            let why = "leave it out, because only Standard Webhooks has Ed25519 signatures";
            return Err(ConfigError::OutOfBounds { name: "public_key", why });
        }
        let public_keys = self.public_keys.iter().map(|key| whpk(key)).collect::<Result<_, _>>()?;
        let header = field_name(scheme.header)?;
        let timestamp_header = match scheme.timestamp {
            TimestampPlace::OwnHeader(name) => Some(field_name(name)?),
            TimestampPlace::NotSent | TimestampPlace::SignatureHeader => None,
        };
        let id_header = scheme.delivery_id.map(field_name).transpose()?;
        // RFC 9110 section 11.6.1: a 401 has a challenge. Not `Bearer`, because no token helps.
        let mut client = ClientView::challenging(&["Signature"], None, None)?;
        for header in [Some(&header), timestamp_header.as_ref(), id_header.as_ref()].into_iter().flatten() {
            client.has_credentials_in(header.clone());
        }
        let names = Arc::new(IssuerNames { issuer: S::NAME.into(), audience: "".into() });
        let events = self.events.into_events();
        let watched = reload::watch(&keys, S::NAME, &events)?;
        Ok(Signatures {
            shared: Erased::from(Arc::new(SharedSignatures {
                sender: S::NAME,
                scheme,
                pieces: pieces(scheme.template),
                header,
                timestamp_header,
                id_header,
                keys,
                public_keys,
                replays,
                keep_deliveries_for,
                max_body,
                body_time_limit,
                clock,
                meters: Meters::new(&names.issuer, &names.audience),
                names,
                client,
                events,
                _watched: watched,
            })),
            sender: PhantomData,
        })
    }
}

impl SignatureOptions {
    fn check(&self) -> Result<(), ConfigError> {
        let bounds = |name, why| Err(ConfigError::OutOfBounds { name, why });
        if !(1..=64 * 1024 * 1024).contains(&self.max_body) {
            return bounds("max_body", "use 1 byte to 64 MiB, because the body is held in memory");
        }
        if self.body_time_limit.is_zero() || self.body_time_limit > Duration::from_secs(60) {
            return bounds("body_time_limit", "use more than zero and at most a minute");
        }
        Ok(())
    }

    fn kept_for(&self, scheme: &Scheme) -> Result<Duration, ConfigError> {
        let bounds = |why| Err(ConfigError::OutOfBounds { name: "keep_deliveries_for", why });
        match (scheme.second_arrival(), self.keep_deliveries_for) {
            (SecondArrival::IsReplay, None) => Ok(scheme.accepted_for()),
            (SecondArrival::IsReplay, Some(_)) => {
                bounds("leave it out, because the tolerance of the scheme determines it")
            }
            (SecondArrival::MayBeSender, time) => {
                let time = time.unwrap_or(Duration::from_secs(24 * 60 * 60));
                // P6: a delivery that is removed while its timestamp is good could be replayed.
                if time < scheme.accepted_for().max(Duration::from_secs(60 * 60))
                    || time > Duration::from_secs(30 * 24 * 60 * 60)
                {
                    return bounds("use an hour to 30 days, and more than twice the tolerance of the scheme");
                }
                Ok(time)
            }
        }
    }
}

fn field_name(name: &'static str) -> Result<HeaderName, ConfigError> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| ConfigError::Unreadable {
        name: "header of a signature",
        why: "write ASCII letters, digits and `-`",
    })
}

impl<S, K, E> fmt::Debug for SignaturesBuilder<S, K, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignaturesBuilder").finish_non_exhaustive()
    }
}
