//! What a layer for bearer tokens leaves to the service: the table of the README says so.

use auth_runtime::keys::Algorithm;
use auth_testkit::{Severity, TestIssuer, attack};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use serde::Deserialize;
use tower::ServiceExt;
use tower_oauth2_resource_server::server::OAuth2ResourceServer;
use tower_oauth2_resource_server::tenant::TenantConfiguration;
use tower_oauth2_resource_server::validation::ClaimsValidationSpec;

#[derive(Debug, Clone, Deserialize)]
#[expect(dead_code, reason = "a handler would read it")]
struct Caller {
    sub: String,
}

async fn service(issuer: &TestIssuer) -> Router {
    let claims = ClaimsValidationSpec::recommended(issuer.name(), &vec![issuer.audience().to_owned()]);
    let tenant = TenantConfiguration::static_builder(issuer.jwks_json())
        .identifier(issuer.name())
        .claims_validation(claims)
        .allowed_algorithms(&["RS256".parse().expect("an algorithm")])
        .build()
        .expect("a tenant");
    let server = OAuth2ResourceServer::<Caller>::builder().add_tenant(tenant).build().await.expect("a server");
    Router::new()
        .route("/orders", get(|| async { "orders" }))
        .layer(server.into_layer::<Body>())
        .route("/export", get(|| async { "every order" }))
}

#[tokio::test]
async fn tower_oauth2_resource_server_leaves_routes_outside_of_its_layer_open_and_the_kit_finds_them() {
    let issuer = TestIssuer::signing_with(Algorithm::RS256).with_claim("nbf", 1_700_000_000);
    let app = service(&issuer).await;
    let status = async |path: &str, token: Option<String>| {
        let request = Request::get(path);
        let request = match token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        };
        let Ok(response) = app.clone().oneshot(request.body(Body::empty()).expect("a request")).await;
        response.status()
    };
    assert_eq!(status("/orders", Some(issuer.token().signed())).await, StatusCode::OK);
    assert_eq!(status("/orders", None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status("/export", None).await, StatusCode::OK);

    let report = attack(app.clone()).with(&issuer).await;
    let mut open = report.findings.iter().filter(|finding| finding.severity == Severity::GotThrough);
    assert!(open.any(|finding| finding.id == "H01" && finding.route.contains("/export")), "{report}");
}
