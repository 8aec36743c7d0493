//! Services that give tokens for a refresh token, and sessions for the code of a log-in elsewhere.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, check_repaired};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::extract::{Json, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::collections::HashMap;

#[derive(Clone, Copy, PartialEq)]
enum Mistake {
    None,
    /// Any token that the service has signed is a refresh token.
    AccessToken,
    /// The refresh token is not verified.
    AnyToken,
    /// The callback does not compare `state`.
    State,
}

const REFRESH: &str = "rt-6f1d0c1b7a2e9d";

fn callback(mistake: Mistake, query: &HashMap<String, String>, headers: &HeaderMap) -> Response {
    let cookie = headers.get("cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let own = cookie.strip_prefix("state=");
    let is_own = own.is_some() && query.get("state").map(String::as_str) == own;
    if query.get("code").map(String::as_str) != Some("c-1742") || (mistake != Mistake::State && !is_own) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let session = "__Host-id=2f81d5c07ab84e53; Path=/; Secure; HttpOnly; SameSite=Lax";
    (StatusCode::FOUND, [("location", "/home"), ("set-cookie", session)]).into_response()
}

fn attack_on(mistake: Mistake) -> AttackBuilder {
    let service = CorrectService::new();
    let checked = service.clone();
    let refresh = move |Json(body): Json<Value>| async move {
        let token = body["refresh_token"].as_str().unwrap_or_default().to_owned();
        let is_good = token == REFRESH
            || mistake == Mistake::AnyToken && !token.is_empty()
            || mistake == Mistake::AccessToken && checked.check_token(&token).await.is_ok();
        let answer = json!({"access_token": "at-17", "expires_in": 300});
        if is_good { Json(answer).into_response() } else { StatusCode::BAD_REQUEST.into_response() }
    };
    let back = move |headers: HeaderMap, Query(query): Query<HashMap<String, String>>| async move {
        callback(mistake, &query, &headers)
    };
    let app = service.behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    let app = app.merge(Router::new().route("/token/refresh", post(refresh)).route("/callback", get(back)));
    service
        .attack(app)
        .public("POST /token/refresh", "has the refresh token in its body")
        .json("POST /token/refresh", json!({"refresh_token": REFRESH}))
        .public("GET /callback", "the browser comes back from the identity provider")
        .query("GET /callback", "code=c-1742&state=s-9d2e")
        .header("GET /callback", "cookie", "state=s-9d2e")
}

#[tokio::test]
async fn other_tokens_and_states_give_a_session() {
    for mistake in [Mistake::AccessToken, Mistake::AnyToken, Mistake::State] {
        let report = attack_on(mistake).only_in_a_test_of_the_kit(&["H38"]).await;
        assert_only_caught(&report, GotThrough, &["H38"]);
    }
}

#[tokio::test]
async fn the_right_token_and_the_own_state_pass() {
    assert_twin_passes(&attack_on(Mistake::None).await);
}

/// A log-in with the token of an identity provider, which the service checks so far.
fn social(checks_audience: bool) -> AttackBuilder {
    let service = CorrectService::new();
    let (checked, issuer) = (service.clone(), service.issuer.clone());
    let log_in = move |Json(body): Json<Value>| async move {
        let token = body["id_token"].as_str().unwrap_or_default();
        let ours = checked.issuer.audience().to_owned();
        let repair = move |_: &mut Value, claims: &mut Value| {
            if !checks_audience {
                claims["aud"] = ours.into();
            }
        };
        match check_repaired(&checked, token, repair).await {
            Ok(()) => Json(json!({"access_token": "at-17"})).into_response(),
            Err(rejection) => rejection,
        }
    };
    let app = service.behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    service
        .attack(app.merge(Router::new().route("/login/social", post(log_in))))
        .public("POST /login/social", "has the token of the provider in its body")
        .json("POST /login/social", json!({"id_token": issuer.token().signed()}))
}

/// Salt Labs, 2023: sites took the token that Facebook had issued to another one.
#[tokio::test]
async fn the_token_of_another_application_logs_in() {
    let report = social(false).only_in_a_test_of_the_kit(&["H38"]).await;
    assert_only_caught(&report, GotThrough, &["H38"]);
    assert!(report.to_string().contains("a id_token for another application"), "{report}");
}

#[tokio::test]
async fn the_token_for_this_application_logs_in() {
    social(true).only_in_a_test_of_the_kit(&["H38"]).await.assert_nothing_got_through();
}
