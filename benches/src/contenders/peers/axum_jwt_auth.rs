//! `axum-jwt-auth`: an extractor around jsonwebtoken 10, with pure Rust for the crypto.

use crate::contenders::{FewClaims, Service, jwks, older_name};
use auth_testkit::TestIssuer;
use axum::Router;
use axum::routing::get;
use axum_jwt_auth::{Claims, Decoder, LocalDecoder};
use jsonwebtoken10::jwk::JwkSet;
use jsonwebtoken10::{DecodingKey, Validation};
use std::sync::Arc;
use tower::util::BoxCloneSyncService;

pub(super) fn service(issuer: &TestIssuer) -> Option<Service> {
    let set: JwkSet = serde_json::from_str(&jwks(issuer)).expect("a key set");
    let mut validation = Validation::new(older_name(issuer.algorithm()).parse().expect("an algorithm"));
    validation.set_issuer(&[issuer.name()]);
    validation.set_audience(&[issuer.audience()]);
    validation.validate_nbf = true;
    let keys = vec![DecodingKey::from_jwk(&set.keys[0]).expect("a key")];
    let decoder = LocalDecoder::builder().keys(keys).validation(validation).build().expect("a decoder");
    let router = Router::new().route("/orders", get(|_: Claims<FewClaims>| async { "ok" }));
    let decoder: Decoder<FewClaims> = Arc::new(decoder);
    Some(BoxCloneSyncService::new(router.with_state(decoder)))
}
