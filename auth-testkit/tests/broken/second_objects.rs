//! Services that deny a caller without objects, and not one that has an object.

use crate::support::{CorrectService, assert_caught, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::{Control, GotThrough};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

#[derive(Clone, Copy, PartialEq)]
enum Mistake {
    None,
    Cache,
    Any,
    First,
}

fn order(id: &str) -> (&'static str, &'static str) {
    match id {
        "7" => ("alice", "tea for alice"),
        "8" => ("bob", "cups for bob"),
        _ => ("", ""),
    }
}

fn attacked(mistake: Mistake) -> AttackBuilder {
    let service = CorrectService::new();
    let allowed: Arc<Mutex<BTreeSet<(String, String)>>> = Arc::default();
    let subject = |parts: &Parts| claims_of(parts).unwrap_or_default()["sub"].as_str().unwrap_or_default().to_owned();
    let read = move |Path(id): Path<String>, parts: Parts| async move {
        let action = if mistake == Mistake::Cache { "read".to_owned() } else { format!("read {id}") };
        let (owner, text) = order(&id);
        let key = (subject(&parts), action);
        let mut allowed = allowed.lock().unwrap();
        if key.0 != owner && !allowed.contains(&key) {
            return Err(StatusCode::NOT_FOUND);
        }
        allowed.insert(key);
        Ok(text)
    };
    let fetch = move |parts: Parts, Json(body): Json<Value>| async move {
        let ids = body["ids"].as_array().into_iter().flatten();
        let orders: Vec<_> = ids.map(|id| order(id.as_str().unwrap_or_default())).collect();
        let caller = subject(&parts);
        let mut owners = orders.iter().map(|(owner, _)| *owner == caller);
        let may = match mistake {
            Mistake::Any => owners.any(|is_own| is_own),
            Mistake::First => owners.next().is_some_and(|is_own| is_own),
            _ => owners.all(|is_own| is_own),
        };
        if may {
            Ok(Json(json!({"orders": orders.iter().map(|(_, text)| text).collect::<Vec<_>>()})))
        } else {
            Err(StatusCode::NOT_FOUND)
        }
    };
    let app = Router::new().route("/orders/{id}", get(read)).route("/orders/fetch", post(fetch));
    let app = app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }));
    let attack = service.attack(app).parameter("id", "7").json("POST /orders/fetch", json!({"ids": ["7"]}));
    attack.owned("GET /orders/{id}").owned("POST /orders/fetch")
}

#[tokio::test]
async fn an_own_object_opens_the_others() {
    for mistake in [Mistake::Cache, Mistake::Any, Mistake::First] {
        let report = attacked(mistake).object_of("bob", "8").only_in_a_test_of_the_kit(&["H36"]).await;
        assert_only_caught(&report, GotThrough, &["H36"]);
    }
}

#[tokio::test]
async fn an_object_that_its_caller_does_not_get_shows_nothing() {
    let report = attacked(Mistake::None).object_of("carol", "8").only_in_a_test_of_the_kit(&["H36"]).await;
    assert_only_caught(&report, Control, &["-"]);
}

#[tokio::test]
async fn each_object_is_compared_with_its_caller() {
    assert_twin_passes(&attacked(Mistake::None).object_of("bob", "8").await);
}

#[tokio::test]
async fn each_declared_object_is_requested() {
    let attack = attacked(Mistake::Any).object_of("bob", "8").object_of("carol", "9");
    let report = attack.only_in_a_test_of_the_kit(&["H36"]).await;
    assert_caught(&report, GotThrough, &["H36"]);
    assert!(report.to_string().contains("`carol` does not get the declared object"), "{report}");
}

/// Without the id in the path or in a list of the body, the declaration tests nothing.
#[tokio::test]
async fn an_object_that_no_owned_route_has_is_a_mistake_of_the_test() {
    let service = CorrectService::new();
    let attack = service.attack(service.routes()).object_of("bob", "8");
    assert_only_caught(&attack.only_in_a_test_of_the_kit(&["H36"]).await, Control, &["-"]);
}
