//! `jwt-authorizer`: a layer around jsonwebtoken 9, for axum 0.7.

use crate::contenders::{FewClaims, Service, jwks, older_name};
use auth_testkit::TestIssuer;
use axum::body::Body;
use axum07::Router;
use axum07::routing::get;
use jwt_authorizer::{Authorizer, IntoLayer, JwtAuthorizer, JwtClaims, Validation};
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;

pub(super) fn service(issuer: &TestIssuer) -> Option<Service> {
    let validation = Validation::new()
        .iss(&[issuer.name()])
        .aud(&[issuer.audience()])
        .nbf(true)
        .algs(vec![older_name(issuer.algorithm()).parse().expect("an algorithm")]);
    let building = JwtAuthorizer::<FewClaims>::from_jwks_text(&jwks(issuer)).validation(validation).build();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let authorizer: Authorizer<FewClaims> = runtime.block_on(building).ok()?;
    let router =
        Router::new().route("/orders", get(|_: JwtClaims<FewClaims>| async { "ok" })).layer(authorizer.into_layer());
    // Both axums have the same requests, and bodies of their own.
    let service = router.map_request(|request: http::Request<Body>| request.map(axum07::body::Body::new));
    Some(BoxCloneSyncService::new(service.map_response(|response: http::Response<_>| response.map(Body::new))))
}
