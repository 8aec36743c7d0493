//! Services that take the id of a new object from the body.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::extract::{Json, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Router, response::IntoResponse};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

fn caller(parts: &Parts) -> String {
    claims_of(parts).unwrap_or_default()["sub"].as_str().unwrap_or_default().to_owned()
}

fn notes(takes_id: bool) -> AttackBuilder {
    let service = CorrectService::new();
    let first = (7_u64, ("alice".to_owned(), "the note of alice".to_owned()));
    let notes: Arc<Mutex<HashMap<u64, (String, String)>>> = Arc::new(Mutex::new(HashMap::from([first])));
    let stored = Arc::clone(&notes);
    let create = move |parts: Parts, Json(body): Json<Value>| async move {
        let mut stored = stored.lock().unwrap();
        let next = 100 + stored.len() as u64;
        let id = body["id"].as_u64().filter(|_| takes_id).unwrap_or(next);
        stored.insert(id, (caller(&parts), body["text"].as_str().unwrap_or_default().to_owned()));
        (StatusCode::CREATED, Json(json!({"id": id})))
    };
    let show = move |Path(id): Path<u64>, parts: Parts| async move {
        let note = notes.lock().unwrap().get(&id).cloned().filter(|(owner, _)| *owner == caller(&parts));
        note.map_or(StatusCode::NOT_FOUND.into_response(), |(_, text)| text.into_response())
    };
    let app = Router::new().route("/notes", post(create)).route("/notes/{id}", get(show));
    let check = service.layer(|service, parts| async move { service.check(&parts).await.map(drop) });
    service
        .attack(app.layer(check))
        .parameter("id", "7")
        .owned("GET /notes/{id}")
        .json("POST /notes", json!({"text": "tea"}))
}

#[tokio::test]
async fn a_new_object_replaces_that_of_another_caller() {
    let report = notes(true).only_in_a_test_of_the_kit(&["H36"]).await;
    assert_only_caught(&report, GotThrough, &["H36"]);
    assert!(report.to_string().contains("creation replaces the object"), "{report}");
}

#[tokio::test]
async fn a_service_that_makes_the_ids_passes() {
    assert_twin_passes(&notes(false).await);
}
