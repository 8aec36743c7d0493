//! Services whose objects belong to the tenant that a claim names.

use crate::support::{CorrectService, assert_exploited, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::Severity::{Control, GotThrough};
use auth_testkit::{AttackBuilder, TestIssuer};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router, http};
use serde_json::json;

/// The query that omits the tenant.
#[derive(Clone, Copy, PartialEq)]
enum Mistake {
    None,
    Item,
    Search,
    List,
    Delete,
}

/// The id, the clinic and the name of each patient.
const PATIENTS: [(u32, &str, &str); 2] = [(7, "north", "Ann Smith"), (8, "south", "Joe Smith")];

fn clinic_of(parts: &Parts) -> String {
    claims_of(parts).unwrap_or_default()["clinic"].as_str().unwrap_or_default().to_owned()
}

fn service() -> CorrectService {
    CorrectService::trusting(TestIssuer::new().with_claim("clinic", "north"))
}

fn app(service: &CorrectService, mistake: Mistake) -> Router {
    let one = move |id: u32, clinic: &str, is_wrong: bool| {
        PATIENTS.iter().find(|(own, at, _)| *own == id && (is_wrong || *at == clinic))
    };
    let show = move |parts: Parts, Path(id): Path<u32>| async move {
        match one(id, &clinic_of(&parts), mistake == Mistake::Item) {
            Some((.., name)) => Json(json!({"id": id, "name": name})).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    };
    let remove = move |parts: Parts, Path(id): Path<u32>| async move {
        match one(id, &clinic_of(&parts), mistake == Mistake::Delete) {
            Some(_) => StatusCode::NO_CONTENT,
            None => StatusCode::NOT_FOUND,
        }
    };
    let all = move |parts: &Parts, is_wrong: bool| {
        let clinic = clinic_of(parts);
        let found = PATIENTS.iter().filter(|(_, at, _)| is_wrong || *at == clinic);
        found.map(|(id, _, name)| json!({"id": id, "name": name})).collect::<Vec<_>>()
    };
    let list = move |parts: Parts| async move { Json(all(&parts, mistake == Mistake::List)) };
    let search = move |parts: Parts| async move { Json(json!({"found": all(&parts, mistake == Mistake::Search)})) };
    // Each caller may read it, and a number of it is also the id of a patient.
    let rooms = || async { Json(json!([{"id": 7, "name": "the room with a view"}])) };
    Router::new()
        .route("/patients", get(list))
        .route("/patients/{id}", get(show).delete(remove))
        .route("/search", get(search))
        .route("/rooms", get(rooms))
        .layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }))
}

fn attack_on(mistake: Mistake) -> AttackBuilder {
    let service = service();
    service.attack(app(&service, mistake)).parameter("id", "7")
}

#[tokio::test]
async fn a_list_has_what_the_item_denies_to_another_tenant() {
    let service = service();
    let other = format!("Bearer {}", service.issuer.token().subject("bob").claim("clinic", "south").signed());
    let exploit = http::Request::get("/patients/7").header("authorization", other);
    assert_exploited(&app(&service, Mistake::Item), exploit).await;
    for mistake in [Mistake::Search, Mistake::List] {
        let report = attack_on(mistake).only_in_a_test_of_the_kit(&["H36"]).await;
        assert_only_caught(&report, GotThrough, &["H36"]);
        assert!(report.to_string().contains("list has an object of another tenant"), "{report}");
    }
}

/// A colleague may read the object, so only the test knows that it belongs to the tenant.
#[tokio::test]
async fn an_object_that_belongs_to_the_tenant_is_declared() {
    for (mistake, route) in [(Mistake::Item, "GET /patients/{id}"), (Mistake::Delete, "DELETE /patients/{id}")] {
        let attack = attack_on(mistake).owned_by_claim("clinic", route);
        let report = attack.only_in_a_test_of_the_kit(&["H36"]).await;
        assert_only_caught(&report, GotThrough, &["H36"]);
        assert!(report.to_string().contains("declared as owned by the claim `clinic`"), "{report}");
    }
}

#[tokio::test]
async fn an_object_of_all_tenants_is_a_suggestion() {
    let report = attack_on(Mistake::Item).only_in_a_test_of_the_kit(&["H36"]).await;
    report.assert_nothing_got_through();
    let suggested = "declare it: `.owned_by_claim(\"clinic\", \"GET /patients/{id}\")`";
    assert!(report.suggestions.iter().any(|suggestion| suggestion.ends_with(suggested)), "{report}");
    let report = attack_on(Mistake::None).only_in_a_test_of_the_kit(&["H36"]).await;
    assert!(report.suggestions.iter().all(|suggestion| !suggestion.contains("owned_by_claim")), "{report}");
}

#[tokio::test]
async fn a_claim_that_no_good_token_has_is_a_mistake_of_the_test() {
    let attack = attack_on(Mistake::None).owned_by_claim("tenant", "GET /patients/{id}");
    let report = attack.only_in_a_test_of_the_kit(&["H36"]).await;
    assert!(report.findings.iter().any(|finding| finding.severity == Control), "{report}");
    assert!(report.to_string().contains("unknown claim: `.owned_by_claim(\"tenant\", "), "{report}");
}

#[tokio::test]
async fn each_query_with_the_tenant_of_the_token_passes() {
    let attack = attack_on(Mistake::None).owned_by_claim("clinic", "GET /patients/{id}");
    assert_twin_passes(&attack.owned_by_claim("clinic", "DELETE /patients/{id}").await);
}
