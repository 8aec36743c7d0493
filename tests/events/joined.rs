//! An event can be joined with its request, and tells refused tokens apart.

use super::collector::{Collector, forged};
use super::shutdown::{Stderr, run};
use crate::support::{Mint, NOW, Server, claims, get_with, with, without};
use auth_runtime::events::{Class, Otlp, Reason};
use auth_runtime::keys::Algorithm;
use auth_runtime::{AuthEvent, Events};
use serde_json::Value;
use std::collections::BTreeSet;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

async fn event(server: &Server, token: &str, more: &str) -> AuthEvent {
    let request = format!("GET /me HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n{more}\r\n");
    assert_eq!(server.exchange(request).await.status, 401, "{token}");
    server.only_event()
}

#[tokio::test]
async fn an_event_has_the_trace_id_of_a_valid_traceparent() {
    let server = Server::start().await;
    let of = async |more: &str| event(&server, &forged(), more).await.trace_id;
    assert_eq!(of(&format!("traceparent: {PARENT}\r\n")).await.as_deref(), Some(TRACE));
    assert_eq!(of("").await, None);
    assert_eq!(of("traceparent: a-word-of-the-senders\r\n").await, None);
    assert_eq!(of(&format!("traceparent: {PARENT}\r\ntraceparent: {PARENT}\r\n")).await, None);
    assert_eq!(of("traceparent: 00-00000000000000000000000000000000-00f067aa0ba902b7-01\r\n").await, None);
    // A denied caller and a request without a credential have it too.
    for request in [
        format!("POST /orders HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n", server.good()),
        "GET /me HTTP/1.1\r\nhost: x\r\n".to_owned(),
    ] {
        server.exchange(format!("{request}traceparent: {PARENT}\r\n\r\n")).await;
        assert_eq!(server.only_event().trace_id.as_deref(), Some(TRACE), "{request}");
    }
}

#[tokio::test]
async fn a_collector_gets_the_trace_id_as_that_of_the_log_record() {
    let collector = Collector::otlp().up();
    let events = Events::builder().otlp(Otlp::at(collector.listener.url("/"))).unwrap().build().unwrap();
    let server = super::collector::server(&events).await;
    let head = get_with("/me", &forged());
    server.exchange(format!("{}\r\ntraceparent: {PARENT}\r\n\r\n", head.trim_end())).await;
    let taken = collector.has(|taken| taken.len() >= 2).await;
    assert_eq!(taken[1]["trace_id"], TRACE, "{:#}", taken[1]);
}

#[tokio::test]
async fn a_salted_hash_distinguishes_refused_tokens() {
    let server = Server::start().await;
    let (one, other) = (forged(), Mint::untrusted(Algorithm::Ed25519).token(&with(claims(), "sub", "bob")));
    let hash = async |token: &str| event(&server, token, "").await.token_hash.expect("a hash");
    let first = hash(&one).await;
    assert_eq!(hash(&one).await, first);
    assert_ne!(hash(&other).await, first);
    assert!(first.len() == 16 && first.bytes().all(|byte| byte.is_ascii_hexdigit()), "{first}");
    // Expired, from the cache and anew.
    let token = server.good();
    server.accepts(&token).await;
    server.clock.set(NOW + 24 * 3600);
    let expired = hash(&token).await;
    assert_eq!(hash(&token).await, expired);
}

#[test]
fn the_hash_of_a_token_differs_from_that_of_another_run() {
    let hashes = || -> BTreeSet<String> {
        let written = run(&["stderr".to_owned()], Stderr::Read).stderr;
        let events = written.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let malformed = events.filter(|event| event["reason"] == "malformed_token" && event["token_hash"].is_string());
        malformed.map(|event| event["token_hash"].to_string()).collect()
    };
    // Both runs reject the same token many times.
    let (one, other) = (hashes(), hashes());
    assert_eq!((one.len(), other.len()), (1, 1), "{one:?} {other:?}");
    assert_ne!(one, other);
}

#[tokio::test]
async fn placeholder_tokens_are_bugs_of_front_ends_and_not_attacks() {
    let server = Server::start().await;
    for word in ["undefined", "null", "[object Object]", ""] {
        let event = event(&server, word, "").await;
        assert_eq!((event.reason, event.class), (Reason::PlaceholderToken, Class::ClientBug), "{word}");
        assert!(event.detail.as_deref().unwrap().starts_with(if word.is_empty() { "no token" } else { "a program's" }));
    }
}

#[tokio::test]
async fn refused_claims_of_a_good_signature_are_named_and_are_not_an_attack() {
    const SUBJECT_MISSING: &str = "missing: name the claim that identifies the caller in the profile";
    let server = Server::start().await;
    let detail = |claim: &str, why: &str| format!("good signature, claims refused: `{claim}`: {why}");
    for (claims, claim, why, reason) in [
        (without(claims(), "sub"), "sub", SUBJECT_MISSING, Reason::MalformedClaims),
        (without(claims(), "client_id"), "client_id", "missing, RFC 9068 requires it", Reason::MalformedClaims),
        (with(claims(), "iss", "https://new.example/"), "iss", "not a trusted issuer", Reason::WrongIssuer),
        (with(claims(), "typ", "Refresh"), "typ", "states a refresh token", Reason::WrongTokenType),
    ] {
        let event = event(&server, &server.mint.token(&claims), "").await;
        assert_eq!((event.reason, event.class, event.claim.as_deref()), (reason, Class::ClaimsRefused, Some(claim)));
        assert_eq!(event.detail, Some(detail(claim, why)));
    }
    // Without a good signature, the same claims are an attack.
    let forged = Mint::untrusted(Algorithm::Ed25519).token(&without(claims(), "sub"));
    let event = event(&server, &forged, "").await;
    assert_eq!((event.class, event.claim), (Class::Invalid, None));
}

#[tokio::test]
async fn clocks_that_differ_by_45_seconds_are_named_with_the_difference() {
    let server = Server::start().await;
    for (claim, reason) in [("iat", Reason::IssuedInFuture), ("nbf", Reason::NotYetValid)] {
        let event = event(&server, &server.mint.token(&with(claims(), claim, NOW + 45)), "").await;
        assert_eq!((event.reason, event.class, event.claim.as_deref()), (reason, Class::ClaimsRefused, Some(claim)));
        let detail = event.detail.unwrap();
        assert!(detail.ends_with("clocks differ: 45 seconds ahead of the clock of this service"), "{detail}");
    }
    let event = event(&server, &server.mint.token(&with(with(claims(), "exp", NOW - 45), "iat", NOW - 300)), "").await;
    assert_eq!((event.reason, event.class), (Reason::Expired, Class::Expired));
    assert!(event.detail.unwrap().contains("clocks differ"));
}
