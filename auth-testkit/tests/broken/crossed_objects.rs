//! Services that check the parent in a path, and find the child by its id alone.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::{Control, GotThrough};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

#[derive(Clone, Copy, PartialEq)]
enum Mistake {
    None,
    Read,
    Write,
    /// The owner of the child is compared, and the parent is not.
    Parent,
}

const DOCUMENTS: [(&str, &str, &str); 2] = [("7", "alpha", "alice"), ("8", "beta", "bob")];

fn member(project: &str) -> &'static str {
    DOCUMENTS.iter().find(|document| document.1 == project).map_or("", |document| document.2)
}

fn attacked(mistake: Mistake) -> AttackBuilder {
    let service = CorrectService::new();
    let subject = |parts: &Parts| claims_of(parts).unwrap_or_default()["sub"].as_str().unwrap_or_default().to_owned();
    let find = move |parts: &Parts, (project, id): (&str, &str), is_lax: bool| {
        let caller = subject(parts);
        let document = DOCUMENTS.iter().find(|document| document.0 == id)?;
        if mistake == Mistake::Parent {
            return (document.2 == caller).then_some(*document);
        }
        let is_below = is_lax || document.1 == project;
        (member(project) == caller && is_below).then_some(*document)
    };
    let read = move |Path((project, id)): Path<(String, String)>, parts: Parts| async move {
        let (id, _, owner) = find(&parts, (&project, &id), mistake == Mistake::Read).ok_or(StatusCode::NOT_FOUND)?;
        let budget = if project == "alpha" { "the budget of alpha" } else { "the budget of beta" };
        Ok::<_, StatusCode>(Json(json!({"id": id, "project": project, "budget": budget, "author": owner})))
    };
    let write = move |Path((project, id)): Path<(String, String)>, parts: Parts| async move {
        let found = find(&parts, (&project, &id), mistake == Mistake::Write);
        found.map(|_| StatusCode::NO_CONTENT).ok_or(StatusCode::NOT_FOUND)
    };
    let app = Router::new().route("/projects/{project}/documents/{id}", get(read).put(write));
    let app = app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }));
    let attack = service.attack(app).parameter("project", "alpha").parameter("id", "7");
    attack.owned("GET /projects/{project}/documents/{id}").owned("PUT /projects/{project}/documents/{id}")
}

#[tokio::test]
async fn a_child_is_found_below_another_parent() {
    for mistake in [Mistake::Write, Mistake::Parent] {
        let report = attacked(mistake).object_of("bob", "beta/8").only_in_a_test_of_the_kit(&["H36"]).await;
        assert_only_caught(&report, GotThrough, &["H36"]);
        assert!(report.to_string().contains("look the object up by its parent and its id"), "{report}");
    }
}

/// The answer names the parent of the path, so it is not quite that of the good caller.
#[tokio::test]
async fn a_child_is_read_below_another_parent() {
    let report = attacked(Mistake::Read).object_of("bob", "beta/8").only_in_a_test_of_the_kit(&["H36"]).await;
    assert_only_caught(&report, GotThrough, &["H36"]);
}

#[tokio::test]
async fn a_child_that_its_caller_does_not_get_is_a_mistake_of_the_test() {
    let report = attacked(Mistake::None).object_of("bob", "beta/9").only_in_a_test_of_the_kit(&["H36"]).await;
    assert_only_caught(&report, Control, &["-"]);
}

#[tokio::test]
async fn a_child_of_its_parent_passes() {
    assert_twin_passes(&attacked(Mistake::None).object_of("bob", "beta/8").await);
}

#[tokio::test]
async fn a_child_of_another_caller_is_suggested() {
    let report = attacked(Mistake::None).only_in_a_test_of_the_kit(&["H36"]).await;
    assert!(report.to_string().contains("`.object_of(\"bob\", \"beta/8\")`"), "{report}");
}
