//! The decision of a verifier about a token, without a socket, for thousands of tokens.

use super::{AUDIENCE, Clock, ISSUER};
use auth_runtime::credentials::{TrustedIssuer, VerifierBuilder};
use auth_runtime::events::{Collected, Reason};
use auth_runtime::{Authenticated, Claims, Events, KeySet, Rejection, TokenType, Verifier};
use http::Request;
use http::header::AUTHORIZATION;
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::future::Future;
use tokio::runtime::{Builder, Runtime};

type Complete<C> = VerifierBuilder<C, String, String, KeySet, Events>;

/// A verifier with the configuration of the test servers, and its events.
pub(crate) struct Bench<C = Claims> {
    verifier: Verifier<C>,
    collected: Collected,
}

/// The event of a rejection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) reason: Reason,
    pub(crate) detail: String,
}

impl Bench {
    pub(crate) fn new(keys: impl Into<KeySet>, token_type: TokenType) -> Self {
        Self::reading(keys, |builder| builder.token_type(token_type))
    }

    /// A verifier that accepts longer tokens than HTTP can carry.
    pub(crate) fn up_to(max_token_bytes: usize, keys: impl Into<KeySet>) -> Self {
        Self::reading(keys, |builder| builder.max_token_bytes(max_token_bytes))
    }

    /// A verifier with a second issuer, which therefore reads the claims before the signature.
    pub(crate) fn beside(keys: impl Into<KeySet>, other: TrustedIssuer) -> Self {
        Self::reading(keys, |builder| builder.also_trust(other))
    }
}

impl Bench<Value> {
    /// A verifier for claims of any shape, so that the policy rejects a token, not the claims type.
    pub(crate) fn of_any_claims(keys: impl Into<KeySet>, token_type: TokenType) -> Self {
        Self::reading(keys, |builder| builder.token_type(token_type))
    }
}

impl<C: DeserializeOwned + Send + Sync + 'static> Bench<C> {
    fn reading(keys: impl Into<KeySet>, configured: impl FnOnce(Complete<C>) -> Complete<C>) -> Self {
        let (events, collected) = Events::collect();
        let clock = Clock::standing();
        let builder = Verifier::builder().issuer(ISSUER).audience(AUDIENCE).keys(keys).events(events);
        let verifier = configured(builder.clock(move || clock.now())).build().expect("a verifier");
        Self { verifier, collected }
    }

    pub(crate) fn verify(&self, token: &str) -> Result<(), Refused> {
        self.decided(self.verifier.verify(token))
    }

    /// Authenticates as a router does, without an HTTP parser that could reject first.
    pub(crate) fn authenticate(&self, parts: &Parts) -> Result<(), Refused> {
        self.decided(self.verifier.authenticate(parts))
    }

    /// [`authenticate`](Self::authenticate) with one `Authorization` header; `None` where HTTP has
    /// no such header.
    pub(crate) fn authenticate_with(&self, authorization: &[u8]) -> Option<Result<(), Refused>> {
        let request = Request::builder().uri("/me").header(AUTHORIZATION, authorization).body(()).ok()?;
        Some(self.authenticate(&request.into_parts().0))
    }

    fn decided(&self, decision: impl Future<Output = Result<Authenticated<C>, Rejection>>) -> Result<(), Refused> {
        thread_local! {
            static RUNTIME: Runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
        }
        let decision = RUNTIME.with(|runtime| runtime.block_on(decision));
        let mut events = self.collected.take();
        let Err(rejection) = decision else {
            assert!(events.is_empty(), "an accepted token made an event: {events:?}");
            return Ok(());
        };
        assert_eq!(events.len(), 1, "a rejection makes one event: {events:?}");
        let event = events.remove(0);
        assert_eq!(event.reason, rejection.reason());
        // A panic becomes a 503, and no dependency in these tests is unreachable.
        assert!(event.status < 500, "no decision: {event:?}");
        Err(Refused { reason: event.reason, detail: event.detail.unwrap_or_default() })
    }
}
