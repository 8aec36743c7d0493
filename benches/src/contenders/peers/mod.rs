//! The crates that do what ours does, each as its documentation recommends.

mod aliri;
mod axum_jwks;
mod axum_jwt_auth;
mod jwt_authorizer;
mod oauth_resource_server;
mod resource_server;

use super::Service;
use auth_testkit::TestIssuer;

/// Makes a service for an issuer, unless it doesn't know the algorithm.
pub type Make = fn(&TestIssuer) -> Option<Service>;

/// All of them.
pub const PEERS: [(&str, Make); 6] = [
    ("aliri_tower 0.6", aliri::service),
    ("axum-jwks 0.12", axum_jwks::service),
    ("axum-jwt-auth 0.7", axum_jwt_auth::service),
    ("jwt-authorizer 0.15, on axum 0.7", jwt_authorizer::service),
    ("oauth-resource-server 0.4", oauth_resource_server::service),
    ("tower-oauth2-resource-server 0.12", resource_server::service),
];
