//! The response of a CORS layer to OPTIONS is not a finding. A handler of OPTIONS that leaks is.

use crate::support::{attacked, ids, notes, plain, sent, served, served_guarded, served_with, verifier};
use auth_runtime::routing::any as any_method;
use auth_runtime::{AuthRouter, authenticated, public};
use auth_testkit::{Severity, Target, TestIssuer, attack};
use axum::Router;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, options};
use tower_http::cors::{AllowOrigin, CorsLayer};

#[authenticated]
async fn list() -> &'static str {
    "[]"
}

#[public(reason = "prices are on the website too")]
async fn prices() -> &'static str {
    "[]"
}

fn layer() -> CorsLayer {
    let origin: HeaderValue = "https://app.example".parse().unwrap();
    CorsLayer::new().allow_origin(origin).allow_methods([Method::GET, Method::POST])
}

/// A correct plain service.
fn correct(issuer: &TestIssuer) -> Router {
    let verifier = verifier(issuer);
    plain(move |parts| {
        let verifier = verifier.clone();
        async move { verifier.authenticate(&parts).await.map(drop).map_err(IntoResponse::into_response) }
    })
}

/// Some attacks of each kind, for routes of many methods.
const ON_EACH_METHOD: [&str; 9] = ["H01", "H04", "H11", "H13", "H20", "H29", "T01", "T02", "T20"];

#[tokio::test]
async fn a_service_in_a_cors_layer_passes() {
    let issuer = TestIssuer::new();
    // `any` has a handler of OPTIONS, which the layer answers instead.
    let guarded = AuthRouter::new()
        .route("/orders", any_method(list))
        .route("/more", auth_runtime::routing::get(list))
        .route("/prices", any_method(prices));
    let plain = correct(&issuer).layer(layer());
    let guarded = guarded.with_state(verifier(&issuer)).layer(layer());
    let targets =
        [served(plain.clone()).await, plain.into(), served_guarded(guarded.clone()).await, Target::from(guarded)];
    for (number, target) in targets.into_iter().enumerate() {
        let attack = attack(target).with(&issuer);
        // `any` has ten methods, and the layer answers one of them.
        let attack = if number > 1 { attack.only_in_a_test_of_the_kit(&ON_EACH_METHOD) } else { attack };
        let report = attacked(attack).await;
        assert!(report.findings.is_empty(), "{number}: {report}");
        assert!(sent(&report, "H20") > 0, "{number}: {report}");
        assert_eq!(notes(&report).contains("OPTIONS is answered by a layer"), number > 1, "{number}: {report}");
    }
    for cors in [CorsLayer::new(), CorsLayer::permissive()] {
        let app = correct(&issuer).layer(cors);
        let attack = attack(served(app).await).with(&issuer).only_in_a_test_of_the_kit(&ON_EACH_METHOD);
        attacked(attack).await.assert_nothing_got_through();
    }
}

/// The headers are those of a preflight, and the body is not.
#[tokio::test]
async fn a_handler_of_options_that_leaks_is_found() {
    async fn leak() -> impl IntoResponse {
        ([("access-control-allow-origin", "*"), ("access-control-allow-methods", "GET")], "the orders of all customers")
    }
    let issuer = TestIssuer::new();
    let app = correct(&issuer).merge(Router::new().route("/orders", options(leak)));
    let report = attacked(attack(served(app.clone()).await).with(&issuer)).await;
    assert_eq!(ids(&report, Severity::GotThrough), ["H13"], "{report}");

    // The same handler where the lock has it as authenticated.
    let lock = "GET /orders authenticated as app::Claims\nOPTIONS /orders authenticated as app::Claims\n";
    let report = attacked(attack(served_with(app, lock).await).with(&issuer)).await;
    assert!(ids(&report, Severity::GotThrough).contains(&"H01"), "{report}");
    assert!(report.findings.iter().all(|finding| finding.method == "OPTIONS"), "{report}");
}

/// The handler knows a preflight by its headers.
#[tokio::test]
async fn a_handler_that_leaks_to_a_preflight_is_found() {
    async fn leak(headers: HeaderMap) -> Response {
        if headers.contains_key("access-control-request-method") {
            return "the orders of all customers".into_response();
        }
        StatusCode::METHOD_NOT_ALLOWED.into_response()
    }
    let issuer = TestIssuer::new();
    let app = correct(&issuer).merge(Router::new().route("/orders", options(leak)));
    let report = attacked(attack(served(app).await).with(&issuer)).await;
    assert_eq!(ids(&report, Severity::GotThrough), ["H20"], "{report}");
}

/// A cookie is not a part of a preflight's response.
#[tokio::test]
async fn a_handler_of_options_that_sets_a_cookie_is_found() {
    async fn leak() -> impl IntoResponse {
        [("access-control-allow-origin", "*"), ("set-cookie", "session=of-the-last-caller")]
    }
    let issuer = TestIssuer::new();
    let app = correct(&issuer).merge(Router::new().route("/orders", options(leak)));
    let report = attacked(attack(served(app).await).with(&issuer)).await;
    assert_eq!(ids(&report, Severity::GotThrough), ["H13"], "{report}");
}

#[tokio::test]
async fn a_layer_that_allows_the_credentials_of_every_origin_is_found() {
    let issuer = TestIssuer::new();
    let every = CorsLayer::new().allow_origin(AllowOrigin::mirror_request()).allow_credentials(true);
    let app = correct(&issuer).route("/health", get(|| async { "ok" })).layer(every);
    let report = attacked(attack(served(app).await).with(&issuer)).await;
    assert_eq!((ids(&report, Severity::Wrong), report.causes().len()), (vec!["H20"], 1), "{report}");
    assert!(report.to_string().contains("preflight allows the credentials of every origin"), "{report}");
}
