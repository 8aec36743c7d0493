//! `tower-oauth2-resource-server`: a layer around jsonwebtoken 11.

use crate::contenders::{FewClaims, Service, jwks, older_name};
use auth_testkit::TestIssuer;
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use tower::util::BoxCloneSyncService;
use tower_oauth2_resource_server::server::OAuth2ResourceServer;
use tower_oauth2_resource_server::tenant::TenantConfiguration;
use tower_oauth2_resource_server::validation::ClaimsValidationSpec;

pub(super) fn service(issuer: &TestIssuer) -> Option<Service> {
    let claims = ClaimsValidationSpec::recommended(issuer.name(), &vec![issuer.audience().to_owned()]);
    let tenant = TenantConfiguration::static_builder(jwks(issuer))
        .identifier(issuer.name())
        .claims_validation(claims)
        .allowed_algorithms(&[older_name(issuer.algorithm()).parse().expect("an algorithm")])
        .build()
        .ok()?;
    let building = OAuth2ResourceServer::<FewClaims>::builder().add_tenant(tenant).build();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let server = runtime.block_on(building).ok()?;
    let router = Router::new().route("/orders", get(|| async { "ok" })).layer(server.into_layer::<Body>());
    Some(BoxCloneSyncService::new(router))
}
