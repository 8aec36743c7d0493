//! Services that read one of two names in the check, and the other one in the handler.

use crate::support::{CorrectService, assert_exploited, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Reads the user from the pairs of a query.
type User = fn(&[(String, String)]) -> Option<String>;

const FIRST: User = |pairs| Some(pairs.iter().find(|(name, _)| name == "user")?.1.clone());
const LAST: User = |pairs| Some(pairs.iter().rfind(|(name, _)| name == "user")?.1.clone());
/// As the parsers of arrays do.
const OF_A_LIST: User = |pairs| Some(pairs.iter().rfind(|(name, _)| name == "user" || name == "user[]")?.1.clone());
const ONLY: User = |pairs| {
    let mut users = pairs.iter().filter(|(name, _)| name.starts_with("user"));
    let user = users.next()?.1.clone();
    users.next().is_none().then_some(user)
};

fn pairs_of(parts: &Parts) -> Vec<(String, String)> {
    let pairs = parts.uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The statements of a user, for the user only: by the query, and by the JSON of a search.
fn app(service: &CorrectService, checked: User, read: User) -> Router {
    let check = from_fn(move |request: Request, next: Next| async move {
        let (parts, body) = request.into_parts();
        let user = checked(&pairs_of(&parts));
        if parts.uri.path() == "/statements" && user.as_deref() != claims_of(&parts).unwrap_or_default()["sub"].as_str()
        {
            return StatusCode::FORBIDDEN.into_response();
        }
        next.run(Request::from_parts(parts, body)).await
    });
    let statements = move |parts: Parts| async move { statement_of(read(&pairs_of(&parts)).as_deref()) };
    let app = Router::new().route("/statements", get(statements)).layer(check);
    app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }))
}

fn statement_of(user: Option<&str>) -> &'static str {
    if user == Some("alice") { "statement of alice: 1200" } else { "no statements" }
}

fn attack_on(checked: User, read: User) -> AttackBuilder {
    let service = CorrectService::new();
    service.attack(app(&service, checked, read)).query("GET /statements", "user=alice&year=2026")
}

#[tokio::test]
async fn the_check_reads_another_name_of_the_query_than_the_handler() {
    let service = CorrectService::new();
    let bob = format!("Bearer {}", service.issuer.token().subject("bob").signed());
    let exploit = Request::get("/statements?user=bob&user=alice").header("authorization", bob);
    assert_exploited(&app(&service, FIRST, LAST), exploit).await;
    for (checked, read) in [(FIRST, LAST), (LAST, FIRST), (FIRST, OF_A_LIST)] {
        let report = attack_on(checked, read).only_in_a_test_of_the_kit(&["H31"]).await;
        assert_only_caught(&report, GotThrough, &["H31"]);
    }
}

/// Only the test knows that the number is the owner's.
#[tokio::test]
async fn an_owned_route_has_a_number_in_its_query() {
    let service = CorrectService::new();
    let of_alice: User = |pairs| LAST(pairs).map(|user| if user == "7" { "alice".to_owned() } else { user });
    let checked: User = |pairs| FIRST(pairs).map(|user| if user == "7" { "alice".to_owned() } else { user });
    let app = app(&service, checked, of_alice);
    let attack = service.attack(app).query("GET /statements", "user=7").owned("GET /statements");
    assert_only_caught(&attack.only_in_a_test_of_the_kit(&["H31", "H36"]).await, GotThrough, &["H31"]);
}

/// A search by JSON. `is_first` checks the first of several names, and the handler reads the last.
fn search(service: &CorrectService, is_first: bool) -> Router {
    let search = move |parts: Parts, body: String| async move {
        let named: HashMap<String, Value> = serde_json::from_str(&body).unwrap_or_default();
        let user = named.get("user").cloned().unwrap_or_default();
        let users = user.as_array().cloned().unwrap_or(vec![user]);
        let own = claims_of(&parts).unwrap_or_default()["sub"].clone();
        if users.first() != Some(&own) || (users.len() > 1 && !is_first) {
            return Err(StatusCode::FORBIDDEN);
        }
        Ok(statement_of(users.last().and_then(Value::as_str)))
    };
    let app = Router::new().route("/search", post(search));
    app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }))
}

#[tokio::test]
async fn the_check_reads_the_first_name_of_an_array() {
    let service = CorrectService::new();
    let attack = service.attack(search(&service, true)).json("POST /search", json!({"user": "alice"}));
    assert_only_caught(&attack.only_in_a_test_of_the_kit(&["H31"]).await, GotThrough, &["H31"]);
}

#[tokio::test]
async fn one_name_for_the_check_and_the_handler_passes() {
    for user in [FIRST, LAST] {
        attack_on(user, user).only_in_a_test_of_the_kit(&["H31"]).await.assert_nothing_got_through();
    }
    let service = CorrectService::new();
    let app = app(&service, ONLY, ONLY).merge(search(&service, false));
    let attack = service.attack(app).query("GET /statements", "user=alice").owned("GET /statements");
    assert_twin_passes(&attack.json("POST /search", json!({"user": "alice"})).await);
}
