//! Tests that a failure inside verification rejects its request, makes an event, and affects no
//! other request.

use crate::support::{NOW, Response, Server, claims, deliberate_panics_are_silent, get, get_with, with};
use auth_runtime::AuthEvent;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::{RevocationError, Revocations, TokenIdentity};
use std::future::{pending, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, UNIX_EPOCH};

type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), RevocationError>> + Send + 'a>>;

/// A store that answers as the subject's name says.
struct StoreBySubject;

impl Revocations for StoreBySubject {
    fn check<'a>(&'a self, token: &'a TokenIdentity<'a>) -> Answer<'a> {
        assert_eq!((token.issuer, token.token_id), (crate::support::ISSUER, Some("5f3b")));
        match token.subject {
            "revoked" => Box::pin(ready(Err(RevocationError::Revoked))),
            "unreachable" => Box::pin(ready(Err(RevocationError::Unavailable("connection refused".into())))),
            "silent" => Box::pin(pending()),
            "panics" => panic!("deliberate: before the future"),
            "panics later" => Box::pin(async { panic!("deliberate: inside the future") }),
            _ => Box::pin(ready(Ok(()))),
        }
    }
}

fn assert_undecided(response: &Response, event: &AuthEvent, reason: Reason) {
    assert_eq!(response.status, 503);
    assert_eq!(response.text(), r#"{"type":"about:blank","title":"Service Unavailable","status":503}"#);
    assert_eq!(response.header("retry-after"), Some("5"));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert_eq!(response.header("www-authenticate"), None);
    assert_eq!((event.reason, event.status), (reason, 503));
}

async fn server_with_store() -> Server {
    deliberate_panics_are_silent();
    Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.revocations(StoreBySubject).time_limit(Duration::from_millis(200)))
        .start()
        .await
}

#[tokio::test]
async fn t50_a_revoked_token_is_rejected_like_any_bad_one() {
    let server = server_with_store().await;
    server.accepts_the_good_token().await;
    let token = server.mint.token(&with(claims(), "sub", "revoked"));
    let response = server.exchange(get_with("/me", &token)).await;
    assert_eq!((response.status, response.text()), (401, crate::support::PROBLEM_401));
    assert_eq!(response.header("www-authenticate"), Some(crate::support::INVALID_TOKEN));
    let event = server.only_event();
    assert_eq!((event.reason, event.subject.as_deref()), (Reason::Revoked, Some("revoked")));
    assert_eq!(server.runs.so_far(), 1);
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn t50_t51_a_failing_revocation_check_rejects_its_request_only() {
    let server = server_with_store().await;
    for (subject, reason) in [
        ("unreachable", Reason::VerifierUnavailable),
        ("silent", Reason::VerifierTimeout),
        ("panics", Reason::VerifierPanicked),
        ("panics later", Reason::VerifierPanicked),
    ] {
        server.accepts_the_good_token().await;
        let runs = server.runs.so_far();
        let response = server.exchange(get_with("/me", &server.mint.token(&with(claims(), "sub", subject)))).await;
        let event = server.only_event();
        assert_undecided(&response, &event, reason);
        assert_eq!(server.runs.so_far(), runs);
        crate::support::assert_no_part_of_token_in(&event, &server.good());
        server.accepts_the_good_token().await;
    }
}

#[tokio::test]
async fn t51_a_slow_revocation_check_does_not_delay_other_requests() {
    deliberate_panics_are_silent();
    let server = Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.revocations(StoreBySubject).time_limit(Duration::from_secs(5)))
        .start()
        .await;
    let stuck = server.mint.token(&with(claims(), "sub", "silent"));
    let mut waiting = crate::support::Connection::open(server.address).await;
    waiting.send(get_with("/me", &stuck)).await;
    let started = Instant::now();
    for _ in 0..20 {
        server.accepts_the_good_token().await;
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_undecided(&waiting.receive().await, &server.only_event(), Reason::VerifierTimeout);
}

#[tokio::test]
async fn t51_a_clock_that_panics_rejects_and_the_service_continues() {
    deliberate_panics_are_silent();
    let broken = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&broken);
    let server = Server::with(Algorithm::Ed25519)
        .verifier(move |builder| {
            builder.clock(move || {
                assert!(!seen.load(Ordering::SeqCst), "deliberate: no time");
                UNIX_EPOCH + Duration::from_secs(NOW)
            })
        })
        .start()
        .await;
    server.accepts_the_good_token().await;
    broken.store(true, Ordering::SeqCst);
    let mut connection = crate::support::Connection::open(server.address).await;
    for _ in 0..3 {
        // The connection survives as well.
        let response = connection.exchange(get_with("/me", &server.good())).await;
        assert_undecided(&response, &server.only_event(), Reason::VerifierPanicked);
    }
    assert_eq!(server.runs.so_far(), 1);
    // Decisions that do not need the time are made.
    server.refuses("garbage", Reason::MalformedToken).await;
    assert_eq!(server.exchange(get("/health")).await.status, 200);
    broken.store(false, Ordering::SeqCst);
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn t53_a_clock_before_1970_rejects() {
    let server = Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.clock(|| UNIX_EPOCH - Duration::from_secs(1)))
        .start()
        .await;
    let response = server.exchange(get_with("/me", &server.good())).await;
    assert_undecided(&response, &server.only_event(), Reason::VerifierUnavailable);
    assert_eq!(server.runs.so_far(), 0);
}
