//! Tests that a client that does not wait for the decision makes a count and no event.

use crate::support::{AUDIENCE, Clock, Connection, ISSUER, Mint, claims, get_with, serve};
use auth_runtime::events::Collected;
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::{RevocationError, Revocations, TokenIdentity};
use auth_runtime::rules::AsyncRule;
use auth_runtime::{
    AuthRouter, Authenticated, Claims, Denied, Events, TokenType, Verifier, authenticated, routing::get,
};
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// A store that never answers, and signals that it was asked.
#[derive(Clone, Default)]
struct Silent {
    asked: Arc<Notify>,
}

impl Revocations for Silent {
    fn check<'a>(
        &'a self,
        _: &'a TokenIdentity<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<(), RevocationError>> + Send + 'a>> {
        Box::pin(async {
            self.asked.notify_one();
            pending().await
        })
    }

    fn name(&self) -> String {
        "the test's store".to_owned()
    }
}

impl AsyncRule<Claims, ()> for Silent {
    const NAME: &'static str = "a rule that never answers";

    async fn check(&self, _: &Claims, (): &()) -> Result<(), Denied> {
        self.asked.notify_one();
        pending().await
    }
}

fn verifier(store: Option<Silent>) -> (Verifier<Claims>, Events, Collected) {
    let (events, collected) = Events::collect();
    let (mint, clock) = (Mint::of(Algorithm::Ed25519), Clock::standing());
    let verifier = Verifier::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .keys(mint.key())
        .token_type(TokenType::AnyJwt)
        .clock(move || clock.now())
        .time_limit(Duration::from_secs(60))
        .events(events.clone());
    let verifier = match store {
        Some(store) => verifier.revocations(store).build(),
        None => verifier.build(),
    };
    (verifier.expect("a verifier"), events, collected)
}

async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work).await.unwrap_or_else(|_| panic!("not in time: {what}"))
}

#[authenticated]
async fn me(auth: Authenticated<Claims>) -> String {
    auth.subject().to_owned()
}

#[tokio::test]
async fn a_request_that_its_client_abandons_is_counted_and_makes_no_event() {
    let store = Silent::default();
    let (verifier, events, collected) = verifier(Some(store.clone()));
    let address = serve(AuthRouter::new().route("/me", get(me)).with_state(verifier)).await;
    let token = Mint::of(Algorithm::Ed25519).token(&claims());
    for abandoned in 1..=3 {
        let mut client = Connection::open(address).await;
        client.send(get_with("/me", &token)).await;
        within("the store is asked", store.asked.notified()).await;
        assert_eq!(events.counts().abandoned, abandoned - 1, "counted while the client still waits");
        drop(client);
        within("the count", async {
            while events.counts().abandoned < abandoned {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    }
    assert!(collected.take().is_empty(), "no decision was made");
    let counts = events.counts();
    assert_eq!((counts.accepted, counts.unavailable, counts.abandoned), (0, 0, 3));
}

#[tokio::test]
async fn a_rule_whose_client_does_not_wait_is_counted() {
    let rule = Silent::default();
    let (verifier, events, collected) = verifier(None);
    let token = Mint::of(Algorithm::Ed25519).token(&claims());
    let auth = verifier.verify(&token).await.expect("a good token");
    tokio::select! {
        _ = auth.permit_with(&rule, ()) => panic!("it never answers"),
        () = within("the rule is asked", rule.asked.notified()) => {}
    }
    assert_eq!(events.counts().abandoned, 1);
    assert!(collected.take().is_empty());
}

#[tokio::test]
async fn a_decided_request_is_not_counted_as_abandoned() {
    let (verifier, events, collected) = verifier(None);
    let token = Mint::of(Algorithm::Ed25519).token(&claims());
    drop(verifier.verify(&token).await.expect("a good token"));
    // This decision comes from the cache.
    drop(verifier.verify(&token).await.expect("a good token"));
    verifier.verify("x.y.z").await.expect_err("a bad token");
    let counts = events.counts();
    assert_eq!((counts.accepted, counts.invalid, counts.abandoned), (2, 1, 0));
    assert_eq!(collected.take().len(), 1);
}
