//! Builds [`Signatures`].

use super::keys::{MacKey, mac_key};
use super::parts::{KnowsSecret, ReportsTo, WithSecret, WithoutEvents, WithoutSecret};
use super::scheme::TimestampPlace;
use super::scheme_checks::assert_scheme;
use super::signatures::SharedSignatures;
use super::template::pieces;
use super::{Sender, Signatures, SigningSecret};
use crate::base::{ConfigError, Within};
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
#[must_use = "a builder does not verify signatures: call `.build()`"]
pub struct SignaturesBuilder<S, K = WithoutSecret, E = WithoutEvents> {
    secrets: Vec<SigningSecret>,
    events: E,
    options: SignatureOptions,
    marker: PhantomData<fn(S, K) -> (S, K)>,
}

struct SignatureOptions {
    max_body: usize,
    body_time_limit: Duration,
    clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
}

impl Default for SignatureOptions {
    fn default() -> Self {
        Self { max_body: 1024 * 1024, body_time_limit: Duration::from_secs(10), clock: Box::new(SystemTime::now) }
    }
}

impl<S: Sender> SignaturesBuilder<S> {
    pub(super) fn new() -> Self {
        // P9: also for a sender that was not declared with `signature!`.
        const { assert_scheme(&S::SCHEME) };
        Self { secrets: Vec::new(), events: WithoutEvents, options: SignatureOptions::default(), marker: PhantomData }
    }
}

impl<S: Sender, K, E> SignaturesBuilder<S, K, E> {
    /// Adds a secret. Required.
    ///
    /// Call it again for the next secret while the sender changes it: a request is accepted with
    /// any of them.
    pub fn secret(mut self, secret: SigningSecret) -> SignaturesBuilder<S, WithSecret, E> {
        self.secrets.push(secret);
        let Self { secrets, events, options, .. } = self;
        SignaturesBuilder { secrets, events, options, marker: PhantomData }
    }

    /// Sets the stream that receives an event for each rejection. Required.
    pub fn events(self, events: Events) -> SignaturesBuilder<S, K, Events> {
        let Self { secrets, options, .. } = self;
        SignaturesBuilder { secrets, events, options, marker: PhantomData }
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
        let SignatureOptions { max_body, body_time_limit, clock } = self.options;
        check_bounds(max_body, body_time_limit)?;
        let scheme = S::SCHEME;
        let mut keys = Vec::with_capacity(self.secrets.len());
        for secret in self.secrets {
            keys.push(MacKey { key: mac_key(scheme.secret, &secret)?, source: secret.source });
        }
        let header = field_name(scheme.header)?;
        let timestamp_header = match scheme.timestamp {
            TimestampPlace::OwnHeader(name) => Some(field_name(name)?),
            TimestampPlace::NotSent | TimestampPlace::SignatureHeader => None,
        };
        let id_header = scheme.delivery_id.map(field_name).transpose()?;
        // RFC 9110 section 11.6.1: a 401 has a challenge. Not `Bearer`, because no token helps.
        let mut client = ClientView::challenging(&["Signature"], None)?;
        for header in [Some(&header), timestamp_header.as_ref(), id_header.as_ref()].into_iter().flatten() {
            client.has_credentials_in(header.clone());
        }
        let names = Arc::new(IssuerNames { issuer: S::NAME.into(), audience: "".into() });
        Ok(Signatures {
            shared: Arc::new(SharedSignatures {
                sender: S::NAME,
                scheme,
                pieces: pieces(scheme.template),
                header,
                timestamp_header,
                id_header,
                keys,
                max_body,
                body_time_limit,
                clock,
                meters: Meters::new(&names.issuer, &names.audience),
                names,
                client,
                events: self.events.into_events(),
            }),
            sender: PhantomData,
        })
    }
}

fn check_bounds(max_body: usize, body_time_limit: Duration) -> Result<(), ConfigError> {
    let bounds = |name, why| Err(ConfigError::OutOfBounds { name, why });
    if !(1..=64 * 1024 * 1024).contains(&max_body) {
        return bounds("max_body", "use 1 byte to 64 MiB, because the body is held in memory");
    }
    if body_time_limit.is_zero() || body_time_limit > Duration::from_mins(1) {
        return bounds("body_time_limit", "use more than zero and at most a minute");
    }
    Ok(())
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
