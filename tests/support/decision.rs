//! What a verifier decides about a token, without a socket in between: for tokens by the thousand.

use super::{AUDIENCE, Clock, ISSUER};
use auth_runtime::{
    Authenticated, Claims, Collected, Events, KeySet, Reason, Rejection, TokenType, TrustedIssuer, Verifier,
    VerifierBuilder,
};
use http::Request;
use http::header::AUTHORIZATION;
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::future::Future;
use tokio::runtime::{Builder, Runtime};

type Complete<C> = VerifierBuilder<C, String, String, KeySet, Events>;

/// A verifier as the servers of these tests have it, and what its events say.
pub(crate) struct Bench<C = Claims> {
    verifier: Verifier<C>,
    collected: Collected,
}

/// What the one event of a refusal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) reason: Reason,
    pub(crate) detail: String,
}

impl Bench {
    pub(crate) fn new(keys: impl Into<KeySet>, token_type: TokenType) -> Self {
        Self::reading(keys, |builder| builder.token_type(token_type))
    }

    /// One that takes longer tokens than HTTP brings.
    pub(crate) fn up_to(max_token_bytes: usize, keys: impl Into<KeySet>) -> Self {
        Self::reading(keys, |builder| builder.max_token_bytes(max_token_bytes))
    }

    /// One that trusts another issuer too, and so reads claims before their signature.
    pub(crate) fn beside(keys: impl Into<KeySet>, other: TrustedIssuer) -> Self {
        Self::reading(keys, |builder| builder.also_trust(other))
    }
}

impl Bench<Value> {
    /// For claims of any shape, so that what is refused is refused by the policy, and not because `Claims` can't be made
    /// of it.
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

    /// As a router asks, with nothing of HTTP in front that could refuse first.
    pub(crate) fn authenticate(&self, parts: &Parts) -> Result<(), Refused> {
        self.decided(self.verifier.authenticate(parts))
    }

    /// [`authenticate`](Self::authenticate) with one `Authorization` header; `None` where HTTP has no such header.
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
            assert!(events.is_empty(), "it got in, and made an event: {events:?}");
            return Ok(());
        };
        assert_eq!(events.len(), 1, "one refusal is one event: {events:?}");
        let event = events.remove(0);
        assert_eq!(event.reason, rejection.reason());
        // Panics are contained: they show as 503, and nothing in these tests is out of reach.
        assert!(event.status < 500, "no decision: {event:?}");
        Err(Refused { reason: event.reason, detail: event.detail.unwrap_or_default() })
    }
}
