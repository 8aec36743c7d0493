//! Services whose good requests need more than a token.

use crate::support::{CorrectService, assert_caught, assert_twin_passes};
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::extract::{Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::collections::HashMap;

/// A search that needs a query and the header of a tenant, and an import of CSV.
fn shop(service: &CorrectService, tenant_first: bool) -> Router {
    let (searched, imported) = (service.clone(), service.clone());
    let search = move |Query(query): Query<HashMap<String, String>>, parts: Parts| async move {
        let complete = query.contains_key("q") && parts.headers.contains_key("x-tenant");
        // Without a tenant nothing is checked: the mistake.
        if !tenant_first || complete {
            searched.check(&parts).await?;
        }
        Ok::<_, Response>(if complete { "tea".into_response() } else { StatusCode::BAD_REQUEST.into_response() })
    };
    let import = move |request: Request| async move {
        let (parts, body) = request.into_parts();
        imported.check(&parts).await?;
        let body = axum::body::to_bytes(body, 1024).await.unwrap_or_default();
        let is_csv = parts.headers["content-type"] == "text/csv" && body.starts_with(b"id\n");
        Ok::<_, Response>(if is_csv { StatusCode::CREATED } else { StatusCode::UNSUPPORTED_MEDIA_TYPE })
    };
    Router::new().route("/search", get(search)).route("/import", post(import))
}

#[tokio::test]
async fn a_query_a_header_and_a_body_complete_the_requests() {
    let service = CorrectService::new();
    let placed = || async { 0 };
    let complete = service
        .attack(shop(&service, false))
        .query("GET /search", "q=tea&page=1")
        .header("GET /search", "x-tenant", "7")
        .body("POST /import", "text/csv", "id\n7\n")
        .unchanged("rows", placed);
    let report = complete.await;
    assert_twin_passes(&report);
    assert!(report.suggestions.is_empty(), "{report}");
}

#[tokio::test]
async fn an_incomplete_good_request_is_suggested_to_complete() {
    let service = CorrectService::new();
    let incomplete = service.attack(shop(&service, true)).only_in_a_test_of_the_kit(&["H01", "T02"]).await;
    assert_caught(&incomplete, GotThrough, &["H01"]);
    let text = incomplete.to_string();
    assert!(text.contains("SUGGESTION: request with a good token is incomplete: GET /search answers 400: "), "{text}");
    assert!(text.contains("`.query(\"GET /search\", ..)`, `.header(..)`"), "{text}");
    assert!(text.contains("POST /import answers 415"), "{text}");
    assert!(text.contains("SUGGESTION: a handler may run behind a rejection: POST /import: name what"), "{text}");
    // A complete request reaches the check.
    let attack =
        service.attack(shop(&service, true)).query("GET /search", "q=tea").header("GET /search", "x-tenant", "7");
    let complete = attack.only_in_a_test_of_the_kit(&["H01", "T02"]).await;
    assert!(complete.findings.iter().all(|finding| finding.route != "GET /search"), "{complete}");
    assert!(!complete.to_string().contains("GET /search answers 400"), "{complete}");
}

#[test]
#[should_panic(expected = "query is not a part of a URL: `?q=a b`")]
fn a_query_that_is_not_encoded_is_rejected() {
    let service = CorrectService::new();
    drop(service.attack(shop(&service, false)).query("GET /search", "?q=a b"));
}
