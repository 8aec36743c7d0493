//! Services whose mistake needs an earlier request. Each has a twin without it.

use crate::support::{CorrectService, assert_caught, assert_only_caught, assert_twin_passes, token_of, unverified};
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

/// Makes the key of a cache from a token.
type Key = fn(&str) -> Option<String>;

/// A service with a cache of verified tokens. `until_expiry` looks at the expiry of a cached one.
fn cached(service: &CorrectService, key: Key, until_expiry: bool) -> Router {
    let verified: Arc<Mutex<HashMap<String, u64>>> = Arc::default();
    service.behind(move |service, parts| {
        let verified = Arc::clone(&verified);
        async move {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
            let key = token_of(&parts).and_then(key);
            let known = key.as_ref().and_then(|key| verified.lock().unwrap().get(key).copied());
            // Two headers are for the verifier.
            let is_single = parts.headers.get_all("authorization").iter().count() == 1;
            if is_single && parts.uri.query().is_none() && known.is_some_and(|exp| !until_expiry || exp > now) {
                return Ok(());
            }
            let claims = service.check(&parts).await?;
            let exp = token_of(&parts).and_then(unverified).and_then(|(_, claims)| claims["exp"].as_u64());
            if let Some(key) = key {
                verified.lock().unwrap().insert(key, exp.unwrap_or_default());
            }
            drop(claims);
            Ok(())
        }
    })
}

#[tokio::test]
async fn a_cache_by_the_whole_token_until_it_expires_passes() {
    let service = CorrectService::new();
    assert_twin_passes(&service.attack(cached(&service, |token| Some(token.to_owned()), true)).await);
}

#[tokio::test]
async fn a_cached_token_outlives_its_expiry() {
    let service = CorrectService::new();
    let report = service.attack(cached(&service, |token| Some(token.to_owned()), false)).await;
    assert_only_caught(&report, GotThrough, &["T65"]);
}

#[tokio::test]
async fn cve_2026_35039_a_cache_key_is_a_part_of_the_token() {
    let by_signature: Key = |token| Some(token.rsplit_once('.')?.1.to_owned());
    let by_message: Key = |token| Some(token.rsplit_once('.')?.0.to_owned());
    let by_jti: Key = |token| Some(unverified(token)?.1["jti"].as_str()?.to_owned());
    let in_lower_case: Key = |token| Some(token.to_lowercase());
    for key in [by_signature, by_message, by_jti, in_lower_case] {
        let service = CorrectService::new();
        assert_caught(
            &service.attack(cached(&service, key, true)).only_in_a_test_of_the_kit(&["T63"]).await,
            GotThrough,
            &["T63"],
        );
    }
}

/// The issuer of the first token is trusted for good.
#[tokio::test]
async fn the_first_request_sets_the_key() {
    let service = CorrectService::new();
    let first: Arc<Mutex<bool>> = Arc::default();
    let app = service.behind(move |service, parts| {
        let is_first = !std::mem::replace(&mut *first.lock().unwrap(), true);
        async move {
            let has_token = token_of(&parts).and_then(unverified).is_some();
            if is_first && has_token { Ok(()) } else { service.check(&parts).await.map(drop) }
        }
    });
    assert_only_caught(&service.attack(app).await, GotThrough, &["T64"]);
}

/// A service that starts a session before the check. `trusts` says whether it opens anything.
fn visited(service: &CorrectService, trusts: bool) -> Router {
    service.behind(move |service, parts| async move {
        let cookie = parts.headers.get("cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if trusts && cookie.contains("visit=7f3a") {
            return Ok(());
        }
        service.check(&parts).await.map(drop).map_err(|mut rejection| {
            rejection.headers_mut().insert("set-cookie", "visit=7f3a; HttpOnly; Secure".parse().unwrap());
            rejection
        })
    })
}

#[tokio::test]
async fn the_cookie_of_a_rejection_is_a_session() {
    let service = CorrectService::new();
    assert_only_caught(&service.attack(visited(&service, true)).await, GotThrough, &["H35"]);
    let twin = service.attack(visited(&service, false)).only_in_a_test_of_the_kit(&["H01", "H35", "T02"]);
    twin.await.assert_nothing_got_through();
}

/// A store of answers in front of the check, whose key the client chooses.
#[tokio::test]
async fn the_idempotency_key_of_a_good_request_gets_its_answer() {
    let service = CorrectService::new();
    let answers = Arc::new(Mutex::new(BTreeMap::<String, String>::new()));
    let app = service.behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    let app = app.layer(from_fn(move |request: Request, next: Next| {
        let answers = Arc::clone(&answers);
        async move {
            let key = request.headers().get("idempotency-key").and_then(|value| value.to_str().ok());
            let Some(key) = key.map(|key| format!("{} {} {key}", request.method(), request.uri())) else {
                return next.run(request).await;
            };
            let kept = answers.lock().expect("a lock").get(&key).cloned();
            if let Some(kept) = kept {
                return kept.into_response();
            }
            let (parts, body) = next.run(request).await.into_parts();
            let body = to_bytes(body, 1 << 20).await.expect("a body");
            if parts.status.is_success() {
                let text = String::from_utf8_lossy(&body).into_owned();
                answers.lock().expect("a lock").insert(key, text);
            }
            Response::from_parts(parts, Body::from(body))
        }
    }));
    assert_only_caught(&service.attack(app).await, GotThrough, &["T63"]);
}
