//! Services that mint keys for their callers.

use crate::support::{CorrectService, assert_exploited, assert_only_caught, assert_twin_passes, claims_of};
use auth_runtime::credentials::Carrier;
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestCredentials};
use axum::extract::Json;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Router, http};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// How a service compares the permissions of a new key with those of its caller.
#[derive(Clone, Copy, PartialEq)]
enum Compares {
    Nothing,
    /// The first of a list only.
    First,
    All,
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// A token of the issuer.
    Token,
    /// A key in a header of its own.
    Opaque,
}

/// The scopes of each key.
#[derive(Clone, Default)]
struct Keys(Arc<Mutex<HashMap<String, Vec<String>>>>);

impl Keys {
    fn mint(&self, scopes: Vec<String>) -> String {
        let mut random = [0; 16];
        aws_lc_rs::rand::fill(&mut random).unwrap();
        let key = format!("key-{}", u128::from_be_bytes(random));
        self.0.lock().unwrap().insert(key.clone(), scopes);
        key
    }

    fn scopes(&self, parts: &Parts) -> Vec<String> {
        if let Some(key) = parts.headers.get("x-api-key") {
            return self.0.lock().unwrap().get(key.to_str().unwrap_or_default()).cloned().unwrap_or_default();
        }
        let claims = claims_of(parts).unwrap_or_default();
        claims["scope"].as_str().unwrap_or_default().split(' ').map(str::to_owned).collect()
    }
}

fn app(service: &CorrectService, keys: &Keys, form: Form, compares: Compares) -> Router {
    let (minted, issuer) = (keys.clone(), service.issuer.clone());
    let mint = move |parts: Parts, Json(body): Json<Value>| async move {
        let own = minted.scopes(&parts);
        let wanted: Vec<String> = serde_json::from_value(body["permissions"].clone()).unwrap_or_default();
        let lacks = |scope: &String| !own.contains(scope);
        let is_denied = match compares {
            Compares::Nothing => false,
            Compares::First => wanted.first().is_some_and(lacks),
            Compares::All => wanted.iter().any(lacks),
        };
        if is_denied || wanted.is_empty() || !own.iter().any(|scope| scope == "uploads:write") {
            return StatusCode::FORBIDDEN.into_response();
        }
        let token = wanted.iter().fold(issuer.token(), |token, scope| token.scope(scope));
        let key = if form == Form::Token { token.signed() } else { minted.mint(wanted) };
        ([("cache-control", "no-store")], Json(json!({"id": 7, "key": key}))).into_response()
    };
    let reading = keys.clone();
    let reports = move |parts: Parts| async move {
        let is_allowed = reading.scopes(&parts).iter().any(|scope| scope == "reports:read");
        if is_allowed { "the reports of 2026".into_response() } else { StatusCode::FORBIDDEN.into_response() }
    };
    let known = keys.clone();
    let check = move |service: CorrectService, parts: Parts| {
        let key = parts.headers.get("x-api-key").and_then(|key| key.to_str().ok());
        let is_known = form == Form::Opaque && key.is_some_and(|key| known.0.lock().unwrap().contains_key(key));
        async move { if is_known { Ok(()) } else { service.check(&parts).await.map(drop) } }
    };
    Router::new().route("/reports", get(reports)).route("/keys", post(mint)).layer(service.layer(check))
}

fn attack_on(form: Form, compares: Compares, body: Value) -> AttackBuilder {
    let (service, keys) = (CorrectService::new(), Keys::default());
    let attack = service
        .attack(app(&service, &keys, form, compares))
        .requires("POST /keys", "uploads:write")
        .requires("GET /reports", "reports:read")
        .json("POST /keys", body);
    if form == Form::Token {
        return attack;
    }
    let make = move || std::future::ready(keys.mint(vec!["uploads:write".to_owned(), "reports:read".to_owned()]));
    let credentials = TestCredentials::of("https://shop.example.com/keys", make);
    attack.with_credentials(&credentials.in_carrier(&Carrier::header("x-api-key")))
}

#[tokio::test]
async fn a_caller_mints_a_key_with_another_permission() {
    let (service, keys) = (CorrectService::new(), Keys::default());
    let key = keys.mint(vec!["reports:read".to_owned()]);
    let exploit = http::Request::get("/reports").header("x-api-key", key);
    assert_exploited(&app(&service, &keys, Form::Opaque, Compares::Nothing), exploit).await;
    for form in [Form::Token, Form::Opaque] {
        let body = json!({"permissions": ["uploads:write"]});
        let report = attack_on(form, Compares::Nothing, body).only_in_a_test_of_the_kit(&["T29"]).await;
        assert_only_caught(&report, GotThrough, &["T29"]);
        assert!(report.to_string().contains("new key has more than its caller: `reports:read`"), "{report}");
    }
}

/// A check of a part of the list is passed by a permission that the caller has.
#[tokio::test]
async fn only_the_first_permission_of_a_key_is_compared() {
    let body = json!({"permissions": ["uploads:write"]});
    let report = attack_on(Form::Token, Compares::First, body).only_in_a_test_of_the_kit(&["T29"]).await;
    assert_only_caught(&report, GotThrough, &["T29"]);
}

#[tokio::test]
async fn a_key_with_the_permissions_of_its_caller_passes() {
    let body = json!({"permissions": ["uploads:write"]});
    let attack = attack_on(Form::Opaque, Compares::All, body.clone());
    attack.only_in_a_test_of_the_kit(&["T29"]).await.assert_nothing_got_through();
    assert_twin_passes(&attack_on(Form::Token, Compares::All, body).await);
}

/// The password gives its user all permissions of the account.
#[tokio::test]
async fn a_caller_who_proves_the_account_gets_its_permissions() {
    let body = json!({"permissions": ["reports:read"], "password": "tea for two"});
    let attack = attack_on(Form::Token, Compares::Nothing, body);
    attack.only_in_a_test_of_the_kit(&["T29"]).await.assert_nothing_got_through();
}
