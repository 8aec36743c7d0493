//! Services that compare a proof where it is there, and accept a request without it.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, refused};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::HashMap;

#[derive(Clone, Copy, PartialEq)]
enum Mistake {
    None,
    /// The address of a guest.
    Query,
    /// The code of a transfer.
    Body,
}

fn attacked(mistake: Mistake) -> AttackBuilder {
    let service = CorrectService::new();
    let is_right = move |given: Option<&str>, right: &str, is_lax: bool| given.map_or(is_lax, |given| given == right);
    let track = move |Path(number): Path<String>, Query(query): Query<HashMap<String, String>>| async move {
        let email = query.get("email").map(String::as_str);
        let is_found = number == "1001" && is_right(email, "guest@example.com", mistake == Mistake::Query);
        if is_found { Ok(Json(json!({"to": "Elm St 1, Graz"}))) } else { Err(StatusCode::NOT_FOUND) }
    };
    // The version and the language have defaults.
    let manual = |Query(query): Query<HashMap<String, String>>| async move {
        let is_default = |name: &str, value: &str| query.get(name).is_none_or(|given| given == value);
        let is_known = is_default("version", "v2") && is_default("lang", "de");
        if is_known { Ok("the manual of the teapot, in German") } else { Err(StatusCode::NOT_FOUND) }
    };
    let transfer = move |Json(order): Json<Value>| async move {
        let is_confirmed = is_right(order["code"].as_str(), "414141", mistake == Mistake::Body);
        if is_confirmed { StatusCode::CREATED.into_response() } else { refused() }
    };
    // What is absent stays as it is.
    let update = |Json(new): Json<Value>| async move {
        let is_other = new["email"].as_str().is_some_and(|email| !email.ends_with("@shop.example"));
        if is_other { StatusCode::FORBIDDEN } else { StatusCode::NO_CONTENT }
    };
    let app = Router::new().route("/transfers", post(transfer)).route("/me", patch(update));
    let app = app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }));
    let app = app.route("/track/{number}", get(track)).route("/manual", get(manual));
    let attack = service.attack(app).parameter("number", "1001");
    let attack = attack.public("GET /track/{number}", "guests follow their parcel with their address");
    let attack = attack.query("GET /track/{number}", "email=guest@example.com");
    let attack =
        attack.public("GET /manual", "everyone may read the manual").query("GET /manual", "version=v2&lang=de");
    let attack = attack.json("PATCH /me", json!({"email": "alice@shop.example"}));
    attack.json("POST /transfers", json!({"to": "acc-2", "code": "414141"}))
}

#[tokio::test]
async fn a_proof_can_be_left_out() {
    for mistake in [Mistake::Query, Mistake::Body] {
        let report = attacked(mistake).only_in_a_test_of_the_kit(&["H38"]).await;
        assert_only_caught(&report, GotThrough, &["H38"]);
        assert!(report.to_string().contains("proof can be left out"), "{report}");
    }
}

#[tokio::test]
async fn a_request_without_its_proof_is_rejected() {
    assert_twin_passes(&attacked(Mistake::None).await);
}
