//! Services whose mistake only a comparison of answers shows.

use crate::support::{
    CorrectService, assert_caught, assert_exploited, assert_only_caught, assert_twin_passes, refused,
};
use auth_testkit::AttackReport;
use auth_testkit::Severity::{GotThrough, Wrong};
use axum::Router;
use axum::extract::{Path, Request};
use axum::http;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

const SALARIES: &str = r#"{"alice":5100,"bob":4900}"#;

/// The handler runs, and only its status is replaced.
#[tokio::test]
async fn inc_03_a_rejection_has_the_body_of_the_answer() {
    fn report(broken: bool) -> (CorrectService, Router) {
        let service = CorrectService::new();
        let (checks, app) = (service.clone(), Router::new().route("/salaries", get(|| async { SALARIES })));
        let app = app.layer(from_fn(move |request: Request, next: Next| {
            let service = checks.clone();
            async move {
                let (parts, body) = request.into_parts();
                let Err(rejection) = service.check(&parts).await else {
                    return next.run(Request::from_parts(parts, body)).await;
                };
                if !broken {
                    return rejection;
                }
                let answer = next.run(Request::from_parts(parts, body)).await;
                let (head, _) = rejection.into_parts();
                Response::from_parts(head, answer.into_body())
            }
        }));
        (service, app)
    }
    let (service, app) = report(true);
    assert_caught(&service.attack(app).only_in_a_test_of_the_kit(&["H01", "T02"]).await, GotThrough, &["H01", "T02"]);
    let (service, app) = report(false);
    service.attack(app).await.assert_nothing_got_through();
}

/// A service whose handlers check the caller before or after they look up the order.
fn orders(service: &CorrectService, look_up_first: bool) -> Router {
    let (list, show) = (service.clone(), service.clone());
    Router::new()
        .route("/orders", get(move |parts: Parts| async move { list.check(&parts).await.map(|_| "the list") }))
        .route(
            "/orders/{id}",
            get(move |Path(id): Path<u64>, parts: Parts| async move {
                let order = (id == 1).then_some("one order").ok_or(StatusCode::NOT_FOUND.into_response());
                if look_up_first {
                    let order = order?;
                    return show.check(&parts).await.map(|_| order);
                }
                show.check(&parts).await?;
                order
            }),
        )
}

#[tokio::test]
async fn the_object_is_looked_up_before_the_caller_is_known() {
    let service = CorrectService::new();
    assert_only_caught(&service.attack(orders(&service, true)).await, GotThrough, &["H34"]);
    assert_twin_passes(&service.attack(orders(&service, false)).await);
}

/// An unauthenticated client is user 0, who has no orders.
#[tokio::test]
async fn inc_04_the_404_of_the_look_up_is_not_a_rejection() {
    let service = CorrectService::new();
    let (list, show) = (service.clone(), service.clone());
    let app = Router::new()
        .route("/me", get(move |parts: Parts| async move { list.check(&parts).await.map(|_| "me") }))
        .route(
            "/orders/{id}",
            get(move |Path(id): Path<u64>, parts: Parts| async move {
                let user = show.check(&parts).await.map(|claims| claims.sub).unwrap_or_default();
                if user == "alice" && id == 1 { Ok("one order") } else { Err((StatusCode::NOT_FOUND, "no such order")) }
            }),
        );
    assert_caught(
        &service.attack(app).only_in_a_test_of_the_kit(&["H01", "T02", "T20"]).await,
        GotThrough,
        &["H01", "T02", "T20"],
    );
}

/// One reason of a rejection has another header.
#[tokio::test]
async fn a_header_names_the_check_that_failed() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let checked = service.check(&parts).await;
        checked.map(drop).map_err(|mut rejection| {
            let is_malformed = crate::support::token_of(&parts).and_then(crate::support::unverified).is_none();
            let code = if is_malformed { "malformed" } else { "signature" };
            rejection.headers_mut().insert("x-auth-failure", HeaderValue::from_static(code));
            rejection
        })
    });
    assert_only_caught_wrong(&service.attack(app).await);
}

/// Any attack may be the one that differs.
fn assert_only_caught_wrong(report: &AttackReport) {
    assert_caught(report, Wrong, &["T36"]);
    assert!(report.findings.iter().all(|finding| finding.severity == Wrong), "{report}");
    assert!(report.to_string().contains("x-auth-failure"), "{report}");
}

/// The token is verified, and the caller is taken from elsewhere.
async fn who_is(service: CorrectService, parts: Parts, header: Option<&'static str>) -> Result<String, Response> {
    let claims = service.check(&parts).await?;
    let named = header.and_then(|name| parts.headers.get(name)).and_then(|value| value.to_str().ok());
    Ok(format!("orders of {}", named.unwrap_or(&claims.sub)))
}

#[tokio::test]
async fn a_header_beside_a_good_token_names_the_caller() {
    for header in ["x-user-id", "x-forwarded-user", "x-impersonate-user", "x-ms-client-principal-name", "x-tenant-id"] {
        let service = CorrectService::new();
        let other = service.clone();
        let app = Router::new().route("/orders", get(move |parts: Parts| who_is(other.clone(), parts, Some(header))));
        let token = service.issuer.token().signed();
        let exploit = http::Request::get("/orders").header("authorization", format!("Bearer {token}"));
        assert_exploited(&app, exploit.header(header, "bob")).await;
        // That no other attack finds it is the same for each header.
        let attack = service.attack(app);
        let attack = if header == "x-user-id" { attack } else { attack.only_in_a_test_of_the_kit(&["H31"]) };
        assert_only_caught(&attack.await, GotThrough, &["H31"]);
    }
    let service = CorrectService::new();
    let other = service.clone();
    let app = Router::new().route("/orders", get(move |parts: Parts| who_is(other.clone(), parts, None)));
    service.attack(app).await.assert_nothing_got_through();
}

/// An effect behind a denial, which only `.unchanged(..)` shows.
#[tokio::test]
async fn an_order_is_placed_although_the_permission_is_denied() {
    let service = CorrectService::new();
    let layer = from_fn({
        let service = service.clone();
        move |request: Request, next: Next| {
            let service = service.clone();
            async move {
                let (parts, body) = request.into_parts();
                let claims = match service.check(&parts).await {
                    Ok(claims) => claims,
                    Err(rejection) => return rejection,
                };
                let may = claims.scopes().any(|scope| scope == "orders:write");
                let answer = next.run(Request::from_parts(parts, body)).await;
                let denied = auth_runtime::Rejection::InsufficientScope {
                    permission: "orders:write",
                    scope: Some("orders:write"),
                };
                if may { answer } else { denied.into_response() }
            }
        }
    });
    let attack = service.attack_watched(service.routes().layer(layer));
    let routes = ["GET /orders", "POST /orders", "GET /orders/{id}", "DELETE /orders/{id}"];
    let attack = routes.into_iter().fold(attack, |attack, route| attack.requires(route, "orders:write"));
    let report = attack.only_in_a_test_of_the_kit(&["T29"]).await;
    assert_caught(&report, GotThrough, &["T29"]);
    assert!(report.to_string().contains("orders placed changed"), "{report}");
}

/// The rejections of a service that hides its routes are not answers of a look-up.
#[tokio::test]
async fn a_404_for_every_client_does_not_get_through() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        service.check(&parts).await.map(drop).map_err(|_| StatusCode::NOT_FOUND.into_response())
    });
    let report = service.attack(app).await;
    assert!(report.findings.iter().all(|finding| finding.severity == Wrong), "{report}");
    drop(refused());
}
