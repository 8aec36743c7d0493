//! Services that take several calls in one body.

use crate::support::{CorrectService, assert_caught, assert_only_caught, assert_twin_passes};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tower::ServiceExt;

/// The calls of a body, as the handler runs them.
fn calls(body: &Value) -> Vec<&Value> {
    body.as_array().map_or_else(|| vec![body], |calls| calls.iter().collect())
}

/// A check that reads the method of a call, and the calls that it looks at.
fn rpc(checked: fn(&Value) -> Vec<&Value>, has_guests: bool) -> AttackBuilder {
    let service = CorrectService::new();
    let run = |Json(body): Json<Value>| async move {
        let answer = |call: &Value| json!({"id": call["id"], "result": "the orders of all customers"});
        let answers: Vec<Value> = calls(&body).into_iter().map(answer).collect();
        if body.is_array() { Json(json!(answers)) } else { Json(answers[0].clone()) }
    };
    let check = service.clone();
    let layer = from_fn(move |request: Request, next: Next| {
        let service = check.clone();
        async move {
            let (parts, body) = request.into_parts();
            let claims = service.check(&parts).await;
            let bytes = to_bytes(body, 1 << 16).await.unwrap_or_default();
            let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            let needs = checked(&body).into_iter().any(|call| call["method"] == "orders.list");
            let claims = match claims {
                // Some calls need no credentials.
                Err(_) if !needs && has_guests => None,
                Err(refusal) => return refusal,
                Ok(claims) => Some(claims),
            };
            if needs && !claims.is_some_and(|claims| claims.scopes().any(|scope| scope == "orders:read")) {
                return StatusCode::FORBIDDEN.into_response();
            }
            next.run(Request::from_parts(parts, bytes.into())).await
        }
    });
    let app = Router::new().route("/rpc", post(run)).layer(layer);
    let attack = service.attack(app).json("POST /rpc", json!({"id": 1, "method": "orders.list"}));
    attack.requires("POST /rpc", "orders:read")
}

#[tokio::test]
async fn a_batch_is_not_checked() {
    let report = rpc(|body| vec![body], false).only_in_a_test_of_the_kit(&["T29", "H34"]).await;
    assert_caught(&report, GotThrough, &["T29"]);
    assert!(report.to_string().contains("batch is not checked"), "{report}");
    let report = rpc(|body| vec![body], true).only_in_a_test_of_the_kit(&["T29", "H34"]).await;
    assert_caught(&report, GotThrough, &["T29", "H34"]);
}

#[tokio::test]
async fn each_call_of_a_batch_is_checked() {
    let report = rpc(calls, false).only_in_a_test_of_the_kit(&["T29"]).await;
    report.assert_nothing_got_through();
}

/// A batch endpoint that calls the routes inside of their check, or through it.
fn inner(is_checked: bool) -> AttackBuilder {
    let service = CorrectService::new();
    let api = Router::new()
        .route("/news", get(|| async { "a new tea has arrived" }))
        .route("/reports", get(|| async { Json(json!([{"title": "turnover of the year"}])) }));
    let check = service.layer(|service, parts| async move {
        let claims = service.check(&parts).await?;
        let is_granted = parts.uri.path() != "/reports" || claims.scopes().any(|scope| scope == "reports:read");
        if is_granted { Ok(()) } else { Err(StatusCode::FORBIDDEN.into_response()) }
    });
    let checked = api.clone().layer(check.clone());
    let inside = if is_checked { checked.clone() } else { api };
    let batch = move |request: Request| async move {
        let authorization = request.headers().get("authorization").cloned();
        let bytes = to_bytes(request.into_body(), 1 << 16).await.unwrap_or_default();
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let path = body["get"].as_str().unwrap_or_default();
        let Ok(mut call) = Request::get(path).body(Body::empty()) else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        call.headers_mut().extend(authorization.map(|value| (AUTHORIZATION, value)));
        let answer: Response = inside.clone().oneshot(call).await.unwrap();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), 1 << 16).await.unwrap_or_default();
        Json(json!({"status": status, "body": String::from_utf8_lossy(&body)})).into_response()
    };
    let app = checked.merge(Router::new().route("/batch", post(batch)).layer(check));
    let attack = service.attack(app).requires("GET /reports", "reports:read");
    attack.json("POST /batch", json!({"get": "/news"}))
}

/// CVE-2022-24112: the inner requests of a batch pass no check.
#[tokio::test]
async fn an_inner_request_is_not_checked() {
    let report = inner(false).only_in_a_test_of_the_kit(&["H32"]).await;
    assert_only_caught(&report, GotThrough, &["H32"]);
    assert!(report.to_string().contains("request in a body is not checked"), "{report}");
}

#[tokio::test]
async fn an_inner_request_through_its_check_passes() {
    assert_twin_passes(&inner(true).await);
}
