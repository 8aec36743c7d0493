//! A verifier, and what has to hold for each of its decisions whatever it was given.

use crate::fixtures::{AUDIENCE, ISSUER, MAX_TOKEN_BYTES, NOW};
use auth_runtime::api_keys::ApiKeys;
use auth_runtime::credentials::{Carrier, TrustedIssuer, VerifierBuilder};
use auth_runtime::events::{Collected, Reason};
use auth_runtime::{AuthEvent, Authenticated, Events, KeySet, Rejection, TokenType, Verifier};
use http::request::Parts;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::time::{Duration, UNIX_EPOCH};
use tokio::runtime::{Builder, Runtime};

/// Longer than any word of ours that could be taken for base64url, and shorter than any signature.
const TELLING: usize = 32;

type Complete<C> = VerifierBuilder<C, String, String, KeySet, Events>;

/// A verifier at [`NOW`], and what its events say.
pub struct Bench<C> {
    verifier: Verifier<C>,
    collected: Collected,
}

impl<C: DeserializeOwned + Send + Sync + 'static> Bench<C> {
    /// Of [`ISSUER`] alone.
    pub fn new(keys: impl Into<KeySet>, token_type: TokenType) -> Self {
        Self::trusting(keys, token_type, [])
    }

    /// Of [`ISSUER`] alone, and without a memory for tokens.
    pub fn forgetful(keys: impl Into<KeySet>, token_type: TokenType) -> Self {
        Self::configured(keys, token_type, VerifierBuilder::without_cache)
    }

    /// Of [`ISSUER`] and others.
    pub fn trusting(
        keys: impl Into<KeySet>,
        token_type: TokenType,
        others: impl IntoIterator<Item = TrustedIssuer>,
    ) -> Self {
        Self::configured(keys, token_type, |builder| others.into_iter().fold(builder, VerifierBuilder::also_trust))
    }

    /// Of [`ISSUER`] with its tokens in these carriers, beside API keys.
    pub fn accepting(
        keys: impl Into<KeySet>,
        token_type: TokenType,
        carriers: impl IntoIterator<Item = Carrier>,
        kind: ApiKeys,
    ) -> Self {
        Self::configured(keys, token_type, |builder| builder.carriers(carriers).also_accept(kind))
    }

    fn configured(
        keys: impl Into<KeySet>,
        token_type: TokenType,
        configure: impl FnOnce(Complete<C>) -> Complete<C>,
    ) -> Self {
        let (events, collected) = Events::collect();
        let builder = Verifier::builder()
            .issuer(ISSUER)
            .audience(AUDIENCE)
            .keys(keys)
            .events(events)
            .token_type(token_type)
            .max_token_bytes(MAX_TOKEN_BYTES)
            .clock(|| UNIX_EPOCH + Duration::from_secs(NOW));
        Self { verifier: configure(builder).build().expect("a verifier"), collected }
    }

    /// Presents a token.
    ///
    /// # Errors
    ///
    /// The one event of the refusal.
    pub fn verify(&self, token: &str) -> Result<Authenticated<C>, Box<AuthEvent>> {
        self.decided(self.verifier.verify(token), &[token.as_bytes()])
    }

    /// Presents a request, as a router does.
    ///
    /// # Errors
    ///
    /// The one event of the refusal.
    pub fn authenticate(&self, parts: &Parts) -> Result<Authenticated<C>, Box<AuthEvent>> {
        let mut presented: Vec<_> = parts.headers.values().map(http::HeaderValue::as_bytes).collect();
        presented.extend(parts.uri.query().map(str::as_bytes));
        self.decided(self.verifier.authenticate(parts), &presented)
    }

    fn decided(
        &self,
        decision: impl Future<Output = Result<Authenticated<C>, Rejection>>,
        presented: &[&[u8]],
    ) -> Result<Authenticated<C>, Box<AuthEvent>> {
        thread_local! {
            static RUNTIME: Runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
        }
        let decision = RUNTIME.with(|runtime| runtime.block_on(decision));
        let mut events = self.collected.take();
        match decision {
            Ok(proof) => {
                assert!(events.is_empty(), "it got in, and made an event: {events:?}");
                Ok(proof)
            }
            Err(rejection) => {
                assert_eq!(events.len(), 1, "one refusal is one event: {events:?}");
                let event = Box::new(events.remove(0));
                assert_eq!(event.reason, rejection.reason());
                assert_eq!(event.status, rejection.status().as_u16());
                // A panic would be contained and show as 503. Here no peer is unreachable, so there
                // is always a decision.
                assert!(event.status < 500, "no decision: {event:?}");
                assert_keeps_quiet(&event, presented);
                Err(event)
            }
        }
    }
}

/// P7: an event contains nothing that could be presented again, and no name that was not verified.
fn assert_keeps_quiet(event: &AuthEvent, presented: &[&[u8]]) {
    assert!(
        event.subject.is_none() || event.reason == Reason::ClaimsMismatch,
        "the subject of a token that was not verified: {event:?}"
    );
    let said = serde_json::to_string(event).expect("an event is JSON");
    let is_base64url = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    for run in presented.iter().flat_map(|bytes| bytes.split(|byte| !is_base64url(byte))) {
        // Each piece of a token, above all its signature. Only its owner could make one of the
        // subject.
        if run.len() >= TELLING && run.is_ascii() {
            let run = String::from_utf8_lossy(run);
            assert!(!said.contains(&*run), "what was presented is in the event: {said}");
        }
    }
}
