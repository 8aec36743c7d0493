//! Services that take the token of a mail, and do not compare it.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

const TOKEN: &str = "6f1d0c1b7a";

#[derive(Clone, Copy, PartialEq)]
enum Compared {
    /// A right service: the token is for one time.
    Once,
    Nothing,
    /// An empty token passes.
    Given,
    /// The first characters.
    Start,
}

/// Sets a new password. `is_silent` answers each request in the same way.
fn resets(compared: Compared, is_silent: bool) -> AttackBuilder {
    let service = CorrectService::new();
    let changed: Arc<AtomicU64> = Arc::default();
    let counter = Arc::clone(&changed);
    let valid = Arc::new(Mutex::new(true));
    let reset = move |Json(body): Json<Value>| async move {
        let given = body["token"].as_str().unwrap_or_default();
        let mut valid = valid.lock().unwrap();
        let is_right = match compared {
            Compared::Once => given == TOKEN && std::mem::take(&mut *valid),
            Compared::Nothing => true,
            Compared::Given => given.is_empty() || given == TOKEN,
            Compared::Start => given.get(..4) == TOKEN.get(..4),
        };
        let is_done = is_right && body["email"] == "carol@shop.example";
        if is_done {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        answer(is_done, is_silent)
    };
    let app = service.behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    let body = json!({"email": "carol@shop.example", "token": TOKEN, "password": "battery staple"});
    let attack = service.attack(app.route("/password/reset", post(reset)));
    let attack = attack.public("POST /password/reset", "with a token of a mail").json("POST /password/reset", body);
    if !is_silent {
        return attack;
    }
    attack.unchanged("passwords", move || {
        let changed = changed.load(Ordering::Relaxed);
        async move { changed }
    })
}

fn answer(is_done: bool, is_silent: bool) -> Response {
    match (is_done, is_silent) {
        (_, true) => (StatusCode::ACCEPTED, "if the token was right, the password is new").into_response(),
        (true, false) => Json(json!({"reset": true})).into_response(),
        (false, false) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Subaru, 2025.
#[tokio::test]
async fn a_reset_takes_each_token() {
    for compared in [Compared::Nothing, Compared::Given, Compared::Start] {
        let report = resets(compared, false).only_in_a_test_of_the_kit(&["H38"]).await;
        assert_only_caught(&report, GotThrough, &["H38"]);
        assert!(report.to_string().contains("does not compare its proof"), "{report}");
    }
    // The answer tells nothing, and the value of the test changes.
    let report = resets(Compared::Nothing, true).only_in_a_test_of_the_kit(&["H38"]).await;
    assert_only_caught(&report, GotThrough, &["H38"]);
}

#[tokio::test]
async fn a_token_for_one_time_passes() {
    for is_silent in [false, true] {
        assert_twin_passes(&resets(Compared::Once, is_silent).await);
    }
}

/// The first request has confirmed the address, so each further one is answered alike.
#[tokio::test]
async fn a_confirmed_address_stays_confirmed() {
    let service = CorrectService::new();
    let confirmed = Arc::new(Mutex::new(false));
    let confirm = move |Json(body): Json<Value>| async move {
        let mut confirmed = confirmed.lock().unwrap();
        *confirmed |= body["code"] == "492817" && body["email"] == "carol@shop.example";
        answer(*confirmed && body["email"] == "carol@shop.example", false)
    };
    let app = service.behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    let attack = service.attack(app.route("/address/confirm", post(confirm)));
    let body = json!({"email": "carol@shop.example", "code": "492817"});
    let attack = attack.public("POST /address/confirm", "with a code of a mail").json("POST /address/confirm", body);
    assert_twin_passes(&attack.await);
}
