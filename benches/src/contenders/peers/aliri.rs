//! `aliri_tower`: a layer, with ring for the crypto.
//!
//! It does not support EdDSA, and supports ECDSA only with OpenSSL.

use crate::contenders::{Service, jwks, older_name};
use aliri::jwt::{Audience, Audiences, CoreClaims, CoreValidator, Issuer, IssuerRef, Subject, SubjectRef};
use aliri::{Jwks, jwa};
use aliri_clock::UnixTime;
use aliri_oauth2::{Authority, HasScope, Scope, ScopePolicy};
use aliri_tower::Oauth2Authorizer;
use auth_testkit::TestIssuer;
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use serde::Deserialize;
use tower::util::BoxCloneSyncService;

#[derive(Debug, Clone, Deserialize)]
struct Claims {
    iss: Issuer,
    aud: Audiences,
    sub: Subject,
    exp: UnixTime,
    nbf: Option<UnixTime>,
    scope: Scope,
}

impl CoreClaims for Claims {
    fn nbf(&self) -> Option<UnixTime> {
        self.nbf
    }

    fn exp(&self) -> Option<UnixTime> {
        Some(self.exp)
    }

    fn aud(&self) -> &Audiences {
        &self.aud
    }

    fn iss(&self) -> Option<&IssuerRef> {
        Some(&self.iss)
    }

    fn sub(&self) -> Option<&SubjectRef> {
        Some(&self.sub)
    }
}

impl HasScope for Claims {
    fn scope(&self) -> &Scope {
        &self.scope
    }
}

pub(super) fn service(issuer: &TestIssuer) -> Option<Service> {
    let algorithm = match older_name(issuer.algorithm()) {
        "HS256" => jwa::Algorithm::HS256,
        "RS256" => jwa::Algorithm::RS256,
        _ => return None,
    };
    let keys: Jwks = serde_json::from_str(&jwks(issuer)).expect("a key set");
    let validator = CoreValidator::default()
        .check_expiration()
        .check_not_before()
        .add_approved_algorithm(algorithm)
        .add_allowed_audience(Audience::from(issuer.audience().to_owned()))
        .require_issuer(Issuer::from(issuer.name().to_owned()));
    let authorizer = Oauth2Authorizer::new().with_claims::<Claims>().with_terse_error_handler::<Body>();
    let router = Router::new()
        .route("/orders", get(|| async { "ok" }).layer(authorizer.scope_layer(ScopePolicy::allow_any())))
        .layer(authorizer.jwt_layer(Authority::new(keys, validator)));
    Some(BoxCloneSyncService::new(router))
}
