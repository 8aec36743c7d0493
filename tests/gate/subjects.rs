//! Tests that a subject becomes an id of the service, or the request is rejected.

use crate::support::{
    INVALID_TOKEN, PROBLEM_401, Runs, Server, claims, deliberate_panics_are_silent, get_with, routes, with,
};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::get as route_get;
use auth_runtime::{Authenticated, Claims, Rejection, authenticated};
use axum::extract::State;
use std::str::FromStr;

#[authenticated]
async fn number(auth: Authenticated<Claims>, State(runs): State<Runs>) -> Result<String, Rejection> {
    let id: u64 = auth.subject_as()?;
    runs.count();
    Ok(format!("user {id}"))
}

struct Fragile;

impl FromStr for Fragile {
    type Err = std::fmt::Error;

    fn from_str(_: &str) -> Result<Self, Self::Err> {
        panic!("a subject that this service did not expect")
    }
}

#[authenticated]
async fn fragile(auth: Authenticated<Claims>, State(runs): State<Runs>) -> Result<(), Rejection> {
    let _: Fragile = auth.subject_as()?;
    runs.count();
    Ok(())
}

async fn server() -> Server {
    let app = |service| {
        routes().route("/number", route_get(number)).route("/fragile", route_get(fragile)).with_state(service)
    };
    Server::with(Algorithm::Ed25519).app(app).start().await
}

/// hanayo: a caller without an id continued as user 0.
#[tokio::test]
async fn inc_04_a_subject_that_is_not_an_id_does_not_become_user_0() {
    let server = server().await;
    for subject in ["alice", "-1", "1.5", "0x10", "18446744073709551616", " 7", "७"] {
        let token = server.mint.token(&with(claims(), "sub", subject));
        let response = server.exchange(get_with("/number", &token)).await;
        assert_eq!((response.status, response.text()), (401, PROBLEM_401), "{subject:?}");
        assert_eq!(response.header("www-authenticate"), Some(INVALID_TOKEN), "{subject:?}");
        let event = server.only_event();
        assert_eq!((event.reason, event.claim.as_deref()), (Reason::MalformedClaims, Some("sub")), "{subject:?}");
        assert_eq!((event.subject.as_deref(), event.status), (Some(subject), 401));
        assert_eq!(event.route.as_deref(), Some("/number"));
    }
    assert_eq!(server.runs.so_far(), 0);
    let token = server.mint.token(&with(claims(), "sub", "7"));
    assert_eq!(server.exchange(get_with("/number", &token)).await.text(), "user 7");
    assert!(server.events().is_empty());
}

#[tokio::test]
async fn a_panic_while_a_subject_is_parsed_is_503() {
    deliberate_panics_are_silent();
    let server = server().await;
    assert_eq!(server.exchange(get_with("/fragile", &server.good())).await.status, 503);
    assert_eq!(server.only_event().reason, Reason::VerifierPanicked);
    assert_eq!(server.runs.so_far(), 0);
}
