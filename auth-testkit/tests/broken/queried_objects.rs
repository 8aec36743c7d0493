//! Services whose check reads the object from the query, and whose handler reads it from the path.

use crate::support::{CorrectService, assert_exploited, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use std::collections::HashMap;

#[derive(Clone, Copy, PartialEq)]
enum Read {
    /// Both read the path.
    Path,
    /// Both read the query, where it is there.
    Query,
    /// The check reads the query, and the handler the path.
    Both,
}

type Pairs = Query<HashMap<String, String>>;

fn app(service: &CorrectService, read: Read) -> Router {
    let chosen = |id: String, query: &Pairs| query.get("team").cloned().unwrap_or(id);
    let team = move |Path(id): Path<String>, query: Pairs, parts: Parts| async move {
        let checked = if read == Read::Path { id.clone() } else { chosen(id.clone(), &query) };
        let used = if read == Read::Query { checked.clone() } else { id };
        let owner = match checked.as_str() {
            "tea" => "alice",
            "cups" => "bob",
            _ => return Err(StatusCode::FORBIDDEN),
        };
        let is_owner = claims_of(&parts).unwrap_or_default()["sub"] == owner;
        if is_owner { Ok(format!("the members of {used}")) } else { Err(StatusCode::FORBIDDEN) }
    };
    let files = |Query(pairs): Pairs, parts: Parts| async move {
        let own = if claims_of(&parts).unwrap_or_default()["sub"] == "alice" { "tea" } else { "cups" };
        let is_own = pairs.get("team").is_some_and(|team| team == own);
        if is_own { Ok(format!("the files of {own}")) } else { Err(StatusCode::FORBIDDEN) }
    };
    let app = Router::new().route("/teams/{id}/members", get(team).post(team)).route("/files", get(files));
    app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }))
}

fn attacked(service: &CorrectService, read: Read) -> AttackBuilder {
    let attack = service.attack(app(service, read)).parameter("id", "tea").query("GET /files", "team=tea");
    attack.owned("GET /teams/{id}/members").owned("GET /files").object_of("bob", "cups")
}

/// CVE-2025-24365.
#[tokio::test]
async fn an_own_object_in_the_query_opens_that_of_the_path() {
    let service = CorrectService::new();
    let bob = format!("Bearer {}", service.issuer.token().subject("bob").signed());
    let exploit = Request::get("/teams/tea/members?team=cups").header("authorization", bob);
    assert_exploited(&app(&service, Read::Both), exploit).await;
    let report = attacked(&service, Read::Both).only_in_a_test_of_the_kit(&["H36"]).await;
    assert_only_caught(&report, GotThrough, &["H36"]);
    let shown = report.to_string();
    assert!(shown.contains("by bob with `team=cups` in the query"), "{shown}");
    assert!(shown.contains("POST /teams/{id}/members"), "{shown}");
}

#[tokio::test]
async fn one_object_for_the_check_and_the_handler_passes() {
    for read in [Read::Path, Read::Query] {
        let service = CorrectService::new();
        assert_twin_passes(&attacked(&service, read).await);
    }
}
