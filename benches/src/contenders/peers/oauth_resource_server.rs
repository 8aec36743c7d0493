//! `oauth-resource-server`: a layer around jsonwebtoken 9, with ring for the crypto.
//!
//! It accepts no shared secrets.

use crate::contenders::{Service, jwks};
use auth_runtime::keys::Algorithm;
use auth_testkit::TestIssuer;
use axum::Router;
use axum::routing::get;
use oauth_resource_server::axum::AuthLayer;
use oauth_resource_server::{KeyNaming, OAuthConfig, OAuthValidator, static_token_policy};
use std::sync::Arc;
use tower::util::BoxCloneSyncService;

pub(super) fn service(issuer: &TestIssuer) -> Option<Service> {
    if issuer.algorithm() == Algorithm::HS256 {
        return None;
    }
    let config = OAuthConfig {
        enabled: true,
        issuer: issuer.name().to_owned(),
        audience: issuer.audience().to_owned(),
        resource: issuer.audience().to_owned(),
        required_scope: Some("orders:read".to_owned()),
        ..OAuthConfig::default()
    };
    let config = config.resolve(KeyNaming::Dotted("oauth")).expect("a configuration").expect("it is enabled");
    let validator = OAuthValidator::builder(&config).initial_jwks(&jwks(issuer)).build().expect("a validator");
    let decision = static_token_policy(None, Some(&config), false).expect("a policy");
    let layer = AuthLayer::from_decision(decision, Some(Arc::new(validator))).expect("a layer");
    let router = Router::new().route("/orders", get(|| async { "ok" })).route_layer(layer);
    Some(BoxCloneSyncService::new(router))
}
