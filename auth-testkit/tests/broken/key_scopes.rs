//! Services with API keys, whose scopes are not those that a route or the maker of a key needs.

use crate::support::{CorrectService, assert_caught, assert_twin_passes, token_of};
use auth_runtime::api_keys::{ApiKeys, MemoryApiKeys};
use auth_runtime::credentials::Carrier;
use auth_runtime::{Claims, Events, Verifier};
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestApiKeys, attack};
use axum::extract::{Extension, Request};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

const ISSUER: &str = "https://shop.example.com/keys";

/// A layer that maps methods to scopes.
fn items(writes: &'static [Method]) -> AttackBuilder {
    let store = MemoryApiKeys::new();
    let header = Carrier::header("x-api-key");
    let kind = ApiKeys::of(ISSUER, "acme_live", store.clone()).carriers([header.clone()]);
    let verifier = Verifier::<Claims>::accepting(kind).events(Events::collect().0).build().unwrap();
    let check = from_fn(move |request: Request, next: Next| {
        let verifier = verifier.clone();
        async move {
            let (parts, body) = request.into_parts();
            let caller = match verifier.authenticate(&parts).await {
                Ok(caller) => caller,
                Err(rejection) => return rejection.into_response(),
            };
            let needed = if writes.contains(&parts.method) { "items:write" } else { "items:read" };
            if caller.scopes().any(|scope| scope == needed) {
                return next.run(Request::from_parts(parts, body)).await;
            }
            StatusCode::FORBIDDEN.into_response()
        }
    });
    let item = get(|| async { Json(json!({"price": 4})) }).patch(|Json(change): Json<Value>| async { Json(change) });
    let keys = TestApiKeys::of(ISSUER, "acme_live", &store).in_carrier(&header);
    attack(Router::new().route("/items/{id}", item).layer(check))
        .with_api_keys(&keys)
        .requires("GET /items/{id}", "items:read")
        .requires("PATCH /items/{id}", "items:write")
        .json("PATCH /items/{id}", json!({"price": 5}))
}

#[tokio::test]
async fn a_key_that_reads_changes_an_item() {
    let report = items(&[Method::POST, Method::PUT, Method::DELETE]).await;
    assert_caught(&report, GotThrough, &["K10"]);
    assert!(report.to_string().contains("asks for another permission"), "{report}");
}

#[tokio::test]
async fn a_key_that_reads_does_not_change_an_item() {
    items(&[Method::POST, Method::PUT, Method::PATCH, Method::DELETE]).await.assert_nothing_got_through();
}

/// A caller makes keys with a list of scopes.
fn made_by_callers(is_subset: bool) -> AttackBuilder {
    let service = CorrectService::new();
    let made: Arc<Mutex<HashMap<String, Vec<String>>>> = Arc::default();
    let (known, checked) = (Arc::clone(&made), service.clone());
    let check = from_fn(move |request: Request, next: Next| {
        let (known, service) = (Arc::clone(&known), checked.clone());
        async move {
            let (mut parts, body) = request.into_parts();
            let is_single = parts.headers.get_all("authorization").iter().count() == 1;
            let key = token_of(&parts).filter(|key| is_single && key.starts_with("key_"));
            let of_key = key.and_then(|key| known.lock().unwrap().get(key).cloned());
            let scopes: Vec<String> = match of_key {
                Some(scopes) => scopes,
                None => match service.check(&parts).await {
                    Ok(claims) => claims.scopes().map(str::to_owned).collect(),
                    Err(refusal) => return refusal,
                },
            };
            let needed = if parts.uri.path() == "/keys" { "keys:create" } else { "orders:read" };
            if !scopes.iter().any(|scope| scope == needed) {
                return StatusCode::FORBIDDEN.into_response();
            }
            parts.extensions.insert(scopes);
            next.run(Request::from_parts(parts, body)).await
        }
    });
    let create = move |Extension(own): Extension<Vec<String>>, Json(body): Json<Value>| async move {
        let asked = body["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let asked: Vec<String> = asked.map(str::to_owned).collect();
        if is_subset && !asked.iter().all(|scope| own.contains(scope)) {
            return refused_scopes();
        }
        let mut made = made.lock().unwrap();
        let key = format!("key_{:016x}", (made.len() as u64 + 7).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        made.insert(key.clone(), asked);
        (StatusCode::CREATED, Json(json!({"id": 7, "key": key}))).into_response()
    };
    let app = Router::new().route("/keys", post(create)).route("/orders", get(|| async { "[17]" })).layer(check);
    service
        .attack(app)
        .requires("POST /keys", "keys:create")
        .requires("GET /orders", "orders:read")
        .json("POST /keys", json!({"name": "ci", "scopes": ["keys:create"]}))
}

fn refused_scopes() -> Response {
    (StatusCode::FORBIDDEN, "a key has no more scopes than its maker").into_response()
}

/// CVE-2025-62506 (`MinIO`).
#[tokio::test]
async fn a_key_has_more_scopes_than_its_maker() {
    let report = made_by_callers(false).only_in_a_test_of_the_kit(&["T29"]).await;
    assert_caught(&report, GotThrough, &["T29"]);
}

#[tokio::test]
async fn a_key_with_the_scopes_of_its_maker_passes() {
    assert_twin_passes(&made_by_callers(true).await);
}
