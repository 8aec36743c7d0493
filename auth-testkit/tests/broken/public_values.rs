//! Services that accept as a credential what they give every client.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, claims_of, refused, unverified};
use auth_runtime::credentials::Carrier;
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestCredentials, attack};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

const SESSION: &str = "__Host-session";

fn session_of(parts: &Parts) -> Option<&str> {
    parts.headers.get("cookie")?.to_str().ok()?.strip_prefix(SESSION)?.strip_prefix('=')
}

/// A log-in that has begun has a cookie of its own, which the key of the sessions signs.
fn sessions(compares_use: bool) -> AttackBuilder {
    let service = CorrectService::new();
    let issuer = service.issuer.clone();
    let sign_in = move || async move {
        let state = issuer.token().claim("use", "state").signed();
        ([("set-cookie", format!("__Host-state={state}; Path=/; Secure; HttpOnly"))], "continue at the provider")
    };
    let check = service.layer(move |service, parts| async move {
        let session = session_of(&parts).ok_or_else(refused)?;
        let is_state = unverified(session).is_some_and(|(_, claims)| claims["use"] == "state");
        if compares_use && is_state {
            Err(refused())
        } else {
            service.check_token(session).await.map_err(|_| refused())
        }
    });
    let app = Router::new().route("/orders", get(|| async { "the orders of alice" })).layer(check);
    let app = app.route("/sign-in", get(sign_in));
    let good = service.issuer;
    let made = TestCredentials::of("https://shop.example.com/login", move || {
        std::future::ready(good.token().claim("use", "session").signed())
    });
    let made = made.in_carrier(&Carrier::cookie(SESSION));
    attack(app).with_credentials(&made).public("GET /sign-in", "begins the log-in")
}

/// A page for all clients has a token of the issuer, for another use.
fn tokens(compares_use: bool) -> AttackBuilder {
    let service = CorrectService::new();
    let issuer = service.issuer.clone();
    let captcha = move || async move { Json(json!({"proof": issuer.token().claim("use", "captcha").signed()})) };
    let app = service.behind(move |service, parts| async move {
        let is_captcha = claims_of(&parts).is_some_and(|claims| claims["use"] == "captcha");
        if compares_use && is_captcha { service.check_token("x").await } else { checked(&service, &parts).await }
    });
    service.attack(app.route("/captcha", get(captcha))).public("GET /captcha", "for the form")
}

async fn checked(service: &CorrectService, parts: &Parts) -> Result<(), Response> {
    service.check(parts).await.map(drop).map_err(IntoResponse::into_response)
}

/// CVE-2023-48309 (NextAuth.js): the state of a log-in is accepted as a session.
#[tokio::test]
async fn a_value_for_every_client_is_a_credential() {
    for attack in [tokens(false), sessions(false)] {
        let report = attack.only_in_a_test_of_the_kit(&["H35"]).await;
        assert_only_caught(&report, GotThrough, &["H35"]);
    }
}

#[tokio::test]
async fn a_value_with_a_use_of_its_own_passes() {
    sessions(true).only_in_a_test_of_the_kit(&["H35"]).await.assert_nothing_got_through();
    assert_twin_passes(&tokens(true).await);
}
