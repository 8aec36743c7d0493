//! `axum-jwks`: an extractor around jsonwebtoken 9, for RSA keys. It has no setting for the issuer.

use crate::contenders::{FewClaims, Service, jwks};
use auth_runtime::keys::Algorithm;
use auth_testkit::TestIssuer;
use axum::Router;
use axum::extract::FromRef;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum_jwks::{Claims, Jwks, ParseTokenClaims, TokenError};
use tower::util::BoxCloneSyncService;

#[derive(Clone)]
struct State {
    jwks: Jwks,
}

impl FromRef<State> for Jwks {
    fn from_ref(state: &State) -> Self {
        state.jwks.clone()
    }
}

pub struct Refused;

impl From<TokenError> for Refused {
    fn from(_: TokenError) -> Self {
        Self
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        StatusCode::UNAUTHORIZED.into_response()
    }
}

impl ParseTokenClaims for FewClaims {
    type Rejection = Refused;
}

pub(super) fn service(issuer: &TestIssuer) -> Option<Service> {
    if issuer.algorithm() != Algorithm::RS256 {
        return None;
    }
    let set = serde_json::from_str(&jwks(issuer)).expect("a key set");
    let jwks = Jwks::from_jwk_set(set, Some(issuer.audience()), None).expect("keys");
    let router = Router::new().route("/orders", get(|_: Claims<FewClaims>| async { "ok" }));
    Some(BoxCloneSyncService::new(router.with_state(State { jwks })))
}
