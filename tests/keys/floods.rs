//! Tests that unauthenticated clients cannot make the verifier send many requests to the issuer.

use super::{eager, mint, patient, server, until};
use crate::support::{Connection, KID, Mint, Publisher, Reply, Server, claims, get_with, header, with};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::{Events, KeySet};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use test_support::cases;

fn unknown(number: usize) -> String {
    Mint::untrusted(Algorithm::Ed25519).token_of(&format!("made-up-{number}"), &claims())
}

#[tokio::test]
async fn t15_a_flood_of_unknown_kids_makes_one_request_per_cooldown() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let server = server(patient(&publisher).await.unwrap()).await;
    let mut connection = Connection::open(server.address).await;
    let flood = cases(10_000) as usize;
    for number in 0..flood {
        let response = connection.exchange(get_with("/me", &unknown(number))).await;
        // The issuer may have published the first few since the last fetch.
        assert_eq!(response.status, if number < 8 { 503 } else { 401 }, "{number}");
    }
    assert_eq!(server.events().iter().filter(|event| event.reason == Reason::UnknownKey).count(), flood);
    assert_eq!(publisher.requests("/jwks"), 1, "the cooldown of the first fetch has not ended");
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn t15_with_the_issuer_down_the_last_good_keys_stay() {
    let mut publisher = Publisher::of(&[mint().published(KID)]);
    let server = server(eager(&publisher).await.unwrap()).await;
    publisher.kill();
    server.notices();
    tokio::time::sleep(super::SHORT * 2).await;
    for number in 0..100 {
        // After the failed fetch the response is 503, because such a token may be good.
        server.answers_503(&unknown(number)).await;
        server.accepts_the_good_token().await;
    }
    let unavailable = server.notices().len();
    assert_eq!(unavailable, 1, "an outage makes one notice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_requests_that_wait_for_a_key_share_one_fetch() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let keys = KeySet::remote(publisher.url("/jwks")).cooldown(Duration::from_millis(100)).await.unwrap();
    let server = Arc::new(server(keys).await);
    tokio::time::sleep(Duration::from_millis(200)).await;
    publisher.publish(&[mint().published(KID), mint().published("next")]);
    let gate = publisher.hold();
    let waiting: Vec<_> = (0..50)
        .map(|_| {
            let server = Arc::clone(&server);
            tokio::spawn(
                async move { server.exchange(get_with("/me", &mint().token_of("next", &claims()))).await.status },
            )
        })
        .collect();
    until("a request", || publisher.requests("/jwks") == 2).await;
    // Requests with known keys do not wait.
    server.accepts_the_good_token().await;
    gate.add_permits(1);
    for answer in waiting {
        assert_eq!(answer.await.unwrap(), 200);
    }
    assert_eq!(publisher.requests("/jwks"), 2);
}

/// The client whose request started the fetch disconnects; the others still get their responses.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_disconnects_does_not_cancel_the_fetch_for_others() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let keys = KeySet::remote(publisher.url("/jwks")).cooldown(Duration::from_millis(100)).await.unwrap();
    let server = Arc::new(server(keys).await);
    tokio::time::sleep(Duration::from_millis(200)).await;
    publisher.publish(&[mint().published(KID), mint().published("next")]);
    let gate = publisher.hold();
    let token = mint().token_of("next", &claims());
    let disconnecting = {
        let (server, token) = (Arc::clone(&server), token.clone());
        tokio::spawn(async move { server.exchange(get_with("/me", &token)).await })
    };
    until("a request", || publisher.requests("/jwks") == 2).await;
    disconnecting.abort();
    let patient = tokio::spawn({
        let server = Arc::clone(&server);
        async move { server.exchange(get_with("/me", &token)).await.status }
    });
    gate.add_permits(1);
    assert_eq!(patient.await.unwrap(), 200);
    assert_eq!(publisher.requests("/jwks"), 2);
}

#[tokio::test]
async fn a_client_that_does_not_wait_for_a_key_is_counted_and_makes_no_event() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let keys = KeySet::remote(publisher.url("/jwks")).cooldown(super::SHORT).await.unwrap();
    let (events, collected) = Events::collect();
    let given = events.clone();
    let server = Server::with(Algorithm::Ed25519).keys(keys).verifier(move |builder| builder.events(given));
    let server = server.start().await;
    tokio::time::sleep(super::SHORT * 2).await;
    let _gate = publisher.hold();
    let mut client = Connection::open(server.address).await;
    client.send(get_with("/me", &mint().token_of("next", &claims()))).await;
    until("a request for keys", || publisher.requests("/jwks") == 2).await;
    assert_eq!(events.counts().abandoned, 0, "counted while the client still waits");
    drop(client);
    until("the count", || events.counts().abandoned == 1).await;
    assert!(collected.take().is_empty(), "no decision was made");
}

#[tokio::test]
async fn t13_a_token_never_chooses_the_url_of_keys() {
    let attacker = Publisher::of(&[Mint::untrusted(Algorithm::Ed25519).published("evil")]);
    let publisher = Publisher::of(&[mint().published(KID)]);
    let server = server(eager(&publisher).await.unwrap()).await;
    for member in ["jku", "x5u"] {
        for url in [attacker.url("/jwks"), attacker.url("/jwks").replace("http://", "http://id.example.com@")] {
            let header = with(with(header(Algorithm::Ed25519), member, url), "kid", "evil");
            let token = Mint::untrusted(Algorithm::Ed25519).token_with(&header, &claims());
            server.refuses(&token, Reason::HeaderNotAllowed).await;
        }
    }
    assert!(attacker.all_requests().is_empty());
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let attacker = Publisher::of(&[Mint::untrusted(Algorithm::Ed25519).published(KID)]);
    let publisher = Publisher::start();
    let locations =
        [attacker.url("/jwks"), attacker.url("/jwks").replace("127.0.0.1", "localhost"), "//localhost/jwks".to_owned()];
    for location in locations {
        publisher.answer("/jwks", Reply::status(302).header("location", &location));
        let error = eager(&publisher).await.expect_err("another host").to_string();
        assert!(error.contains("redirect to another host"), "{error}");
    }
    assert!(attacker.all_requests().is_empty());
    // A redirect on the same host is followed.
    publisher.answer("/jwks", Reply::status(307).header("location", "/keys"));
    publisher.answer("/keys", Reply::json(&json!({"keys": [mint().published(KID)]})));
    server(eager(&publisher).await.unwrap()).await.accepts_the_good_token().await;
    // A redirect loop is not.
    publisher.answer("/jwks", Reply::status(307).header("location", "/jwks"));
    let error = eager(&publisher).await.expect_err("a redirect loop").to_string();
    assert!(error.contains("too many redirects"), "{error}");
}
