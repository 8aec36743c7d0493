//! Services that give an object of one caller to another one.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, claims_of, unverified};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::{delete, get, post};
use serde_json::Value;
use std::sync::{Arc, Mutex};

/// Where a handler omits the check of the owner.
#[derive(Clone, Copy, PartialEq)]
enum Mistake {
    None,
    Report,
    Delete,
    SilentDelete,
    Below,
    Settings,
    Query,
    Cookie,
    Header,
}

const MISTAKES: [(Mistake, &str); 8] = [
    (Mistake::Report, "H36"),
    (Mistake::Delete, "H36"),
    (Mistake::SilentDelete, "H36"),
    (Mistake::Below, "H36"),
    (Mistake::Settings, "H36"),
    (Mistake::Query, "H31"),
    (Mistake::Cookie, "H31"),
    (Mistake::Header, "H31"),
];

fn subject(parts: &Parts) -> String {
    claims_of(parts).unwrap_or_default()["sub"].as_str().unwrap_or_default().to_owned()
}

fn mail_of(subject: &str) -> String {
    if subject == "alice" { "three mails of alice".to_owned() } else { "no mails".to_owned() }
}

/// The subject of a second token, which the check does not read.
fn second(parts: &Parts, mistake: Mistake) -> Option<String> {
    let text = |name: &str| parts.headers.get(name)?.to_str().ok();
    let token = match mistake {
        Mistake::Cookie => text("cookie")?.split("; ").find_map(|pair| pair.strip_prefix("jwt="))?,
        Mistake::Header => text("x-access-token")?,
        _ => return None,
    };
    let claims: Value = unverified(token)?.1;
    claims["sub"].as_str().map(str::to_owned)
}

/// Alice has the message 7, and the photo 7 is for all.
fn app(service: &CorrectService, mistake: Mistake) -> Router {
    let is_there = Arc::new(Mutex::new(true));
    let deleted = Arc::clone(&is_there);
    let read = move |checks: bool| {
        let is_there = Arc::clone(&is_there);
        move |Path(id): Path<String>, parts: Parts| async move {
            let is_hers = id == "7" && *is_there.lock().unwrap() && (!checks || subject(&parts) == "alice");
            if is_hers { Ok("a message to alice") } else { Err(StatusCode::NOT_FOUND) }
        }
    };
    let remove = move |Path(id): Path<String>, parts: Parts| async move {
        let may = matches!(mistake, Mistake::Delete | Mistake::SilentDelete) || subject(&parts) == "alice";
        if id == "7" && may {
            *deleted.lock().unwrap() = mistake == Mistake::Delete;
            return StatusCode::NO_CONTENT;
        }
        // The twin, too, answers so for messages of others.
        if mistake == Mistake::Delete { StatusCode::NOT_FOUND } else { StatusCode::NO_CONTENT }
    };
    let below = move |Path((user, id)): Path<(String, String)>, parts: Parts| async move {
        let is_hers = id == "7" && user == subject(&parts) && (user == "alice" || mistake == Mistake::Below);
        if is_hers { Ok("invoice 7 of alice") } else { Err(StatusCode::NOT_FOUND) }
    };
    let settings = move |Path(user): Path<String>, parts: Parts| async move {
        let may = user == subject(&parts) || mistake == Mistake::Settings;
        if may { Ok(format!("the address of {user}")) } else { Err(StatusCode::FORBIDDEN) }
    };
    let mail = move |RawQuery(query): RawQuery, parts: Parts| async move {
        let named = query.unwrap_or_default().strip_prefix("user_id=").map(str::to_owned);
        let own = second(&parts, mistake).unwrap_or_else(|| subject(&parts));
        match named {
            Some(named) if named == own || mistake == Mistake::Query => Ok(mail_of(&named)),
            Some(_) => Err(StatusCode::FORBIDDEN),
            None => Ok(mail_of(&own)),
        }
    };
    let routes = Router::new()
        .route("/messages/{id}", get(read(true)).merge(delete(remove)))
        .route("/messages/{id}/report", post(read(mistake != Mistake::Report)))
        .route("/photos/{id}", get(|| async { "a photo of the sea for all" }))
        .route("/photos/{id}/views", get(settings))
        .route("/users/{user}", get(|Path(user): Path<String>| async move { format!("the profile of {user}") }))
        .route("/users/{user}/invoices/{id}", get(below))
        .route("/users/{user}/settings", get(settings))
        .route("/mails", get(mail));
    routes.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }))
}

fn attack_on(mistake: Mistake) -> AttackBuilder {
    let service = CorrectService::new();
    let attack = service.attack(app(&service, mistake)).parameter("id", "7").parameter("user", "alice");
    let attack = attack.without_route("GET /photos/{id}/views", "its parameter names a user");
    if mistake == Mistake::Query { attack.query("GET /mails", "user_id=alice") } else { attack }
}

#[tokio::test]
async fn another_caller_gets_an_object() {
    for (mistake, id) in MISTAKES {
        let report = attack_on(mistake).only_in_a_test_of_the_kit(&["H36", "H31"]).await;
        let through: Vec<&str> = report
            .findings
            .iter()
            .filter(|finding| finding.severity == GotThrough)
            .map(|finding| finding.id.as_str())
            .collect();
        assert!(!through.is_empty() && through.iter().all(|found| *found == id), "{id}: {report}");
        // Not by an unauthenticated client.
        let sent_by = "\n  any authenticated caller can send it\n";
        assert!(report.to_string().contains(sent_by), "{report}");
    }
}

/// The owner of an object is known to the test only.
#[tokio::test]
async fn an_object_that_is_declared_as_owned_is_not_for_others() {
    let service = CorrectService::new();
    let read = |Path(id): Path<String>| async move { format!("the order {id}: tea for alice") };
    let app = Router::new().route("/orders/{id}", get(read));
    let app = app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }));
    let attack = || service.attack(app.clone()).parameter("id", "7").only_in_a_test_of_the_kit(&["H36"]);
    let undeclared = attack().await;
    undeclared.assert_nothing_got_through();
    assert!(undeclared.to_string().contains("`.owned(\"GET /orders/{id}\")`"), "{undeclared}");
    assert_only_caught(&attack().owned("GET /orders/{id}").await, GotThrough, &["H36"]);
}

#[tokio::test]
async fn objects_of_their_callers_pass() {
    assert_twin_passes(&attack_on(Mistake::None).await);
}
