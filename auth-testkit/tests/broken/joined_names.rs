//! Services that join the folder of their caller with a name of the request.

use crate::support::{CorrectService, assert_exploited, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::collections::HashMap;

/// What a handler does with the name of a file.
type Join = fn(&str, &str) -> Option<String>;

/// As a file system resolves a path.
fn resolved(path: &str) -> String {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

const JOINED: Join = |folder, name| Some(resolved(&format!("{folder}/{name}")));
/// As `PathBuf::join` does.
const ABSOLUTE: Join = |folder, name| match name.strip_prefix('/') {
    Some(absolute) => Some(resolved(absolute)),
    None if name.contains("..") => None,
    None => JOINED(folder, name),
};
const REMOVED_ONCE: Join = |folder, name| JOINED(folder, &name.trim_start_matches('/').replace("../", ""));
const DECODED_AGAIN: Join = |folder, name| {
    if name.contains('/') { None } else { JOINED(folder, &name.replace("%2f", "/")) }
};
const NAME_ONLY: Join = |folder, name| {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    (is_plain && !name.contains("..")).then(|| format!("{folder}/{name}"))
};

fn read(parts: &Parts, name: &str, join: Join) -> Result<&'static str, StatusCode> {
    let claims = claims_of(parts).unwrap_or_default();
    let subject = claims["sub"].as_str().unwrap_or_default();
    // The directory of the company has letters only.
    if !subject.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Err(StatusCode::FORBIDDEN);
    }
    let path = join(subject, name).ok_or(StatusCode::BAD_REQUEST)?;
    if path == "alice/contract.pdf" { Ok("%PDF-1.7 the salary of alice") } else { Err(StatusCode::NOT_FOUND) }
}

fn app(service: &CorrectService, join: Join) -> Router {
    let in_query = move |Query(pairs): Query<HashMap<String, String>>, parts: Parts| async move {
        read(&parts, pairs.get("file").map_or("", String::as_str), join)
    };
    let in_body = move |parts: Parts, body: String| async move {
        let body: Value = serde_json::from_str(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
        read(&parts, body["document"].as_str().unwrap_or_default(), join)
    };
    let in_path = move |Path(name): Path<String>, parts: Parts| async move { read(&parts, &name, join) };
    let app = Router::new()
        .route("/download", get(in_query))
        .route("/preview", post(in_body))
        .route("/files/{name}", get(in_path));
    app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }))
}

fn attack_on(join: Join, routes: &[&str]) -> AttackBuilder {
    let service = CorrectService::new();
    let attack = service
        .attack(app(&service, join))
        .parameter("name", "contract.pdf")
        .query("GET /download", "file=contract.pdf")
        .json("POST /preview", json!({"document": "contract.pdf"}));
    let all = ["GET /download", "POST /preview", "GET /files/{name}"];
    let left_out = all.iter().filter(|route| !routes.contains(route));
    left_out.fold(attack, |attack, route| attack.without_route(route, "the other ones are attacked"))
}

#[tokio::test]
async fn a_name_opens_the_folder_of_another_caller() {
    let service = CorrectService::new();
    let mallory = format!("Bearer {}", service.issuer.token().subject("mallory").signed());
    let exploit = Request::get("/download?file=../alice/contract.pdf").header("authorization", mallory);
    assert_exploited(&app(&service, JOINED), exploit).await;
    for join in [JOINED, ABSOLUTE, REMOVED_ONCE, DECODED_AGAIN] {
        let report = attack_on(join, &["GET /download"]).only_in_a_test_of_the_kit(&["H36"]).await;
        assert_only_caught(&report, GotThrough, &["H36"]);
        assert!(report.to_string().contains("name of a file opens the folder of another caller"), "{report}");
    }
}

#[tokio::test]
async fn a_name_in_a_body_or_a_path_opens_the_folder_of_another_caller() {
    for route in ["POST /preview", "GET /files/{name}"] {
        let report = attack_on(JOINED, &[route]).only_in_a_test_of_the_kit(&["H36"]).await;
        assert_only_caught(&report, GotThrough, &["H36"]);
    }
}

#[tokio::test]
async fn a_name_without_a_folder_passes() {
    let attack = attack_on(NAME_ONLY, &["GET /download", "POST /preview", "GET /files/{name}"]);
    assert_twin_passes(&attack.owned("GET /download").await);
}

/// A text that repeats the name has the end of it.
#[tokio::test]
async fn an_answer_that_repeats_the_name_passes() {
    let service = CorrectService::new();
    let queue = |Query(pairs): Query<HashMap<String, String>>, parts: Parts| async move {
        let file = pairs.get("file").cloned().unwrap_or_default();
        let claims = claims_of(&parts).unwrap_or_default();
        format!("{}/{file} is queued", claims["sub"].as_str().unwrap_or_default())
    };
    let app = Router::new().route("/queue", get(queue));
    let app = app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }));
    let attack = service.attack(app).query("GET /queue", "file=contract.pdf");
    attack.only_in_a_test_of_the_kit(&["H36"]).await.assert_nothing_got_through();
}
