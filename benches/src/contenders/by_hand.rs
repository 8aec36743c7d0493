//! What people write by hand: an extractor around `jsonwebtoken::decode`.

use super::{FewClaims, Service, jwks, older_name};
use auth_testkit::TestIssuer;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use jsonwebtoken::{DecodingKey, Validation};
use quick_cache::sync::Cache;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tower::util::BoxCloneSyncService;

struct Decoder {
    key: DecodingKey,
    validation: Validation,
    /// Good tokens, for those who thought of it.
    seen: Option<Cache<Box<str>, Arc<FewClaims>>>,
}

struct Caller(#[expect(dead_code, reason = "a handler would read it")] Arc<FewClaims>);

impl FromRequestParts<Arc<Decoder>> for Caller {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, decoder: &Arc<Decoder>) -> Result<Self, StatusCode> {
        let header = parts.headers.get("authorization").ok_or(StatusCode::UNAUTHORIZED)?;
        let token = header.to_str().ok().and_then(|header| header.strip_prefix("Bearer "));
        let token = token.ok_or(StatusCode::UNAUTHORIZED)?;
        if let Some(claims) = decoder.seen.as_ref().and_then(|seen| seen.get(token)) {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| StatusCode::UNAUTHORIZED)?;
            if now.as_secs() < claims.exp + decoder.validation.leeway {
                return Ok(Self(claims));
            }
        }
        let decoded = jsonwebtoken::decode::<FewClaims>(token, &decoder.key, &decoder.validation);
        let claims = Arc::new(decoded.map_err(|_| StatusCode::UNAUTHORIZED)?.claims);
        if let Some(seen) = &decoder.seen {
            seen.insert(token.into(), Arc::clone(&claims));
        }
        Ok(Self(claims))
    }
}

/// Each token is verified.
#[must_use]
pub fn by_hand(issuer: &TestIssuer) -> Service {
    service(issuer, None)
}

/// Good tokens are kept, and only their `exp` is looked at again.
#[must_use]
pub fn by_hand_with_a_cache(issuer: &TestIssuer) -> Service {
    service(issuer, Some(Cache::new(20_000)))
}

fn service(issuer: &TestIssuer, seen: Option<Cache<Box<str>, Arc<FewClaims>>>) -> Service {
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_str(&jwks(issuer)).expect("a key set");
    let mut validation = Validation::new(older_name(issuer.algorithm()).parse().expect("an algorithm"));
    validation.set_issuer(&[issuer.name()]);
    validation.set_audience(&[issuer.audience()]);
    validation.validate_nbf = true;
    let key = DecodingKey::from_jwk(&set.keys[0]).expect("a key");
    let router = Router::new().route("/orders", axum::routing::get(|_: Caller| async { "ok" }));
    BoxCloneSyncService::new(router.with_state(Arc::new(Decoder { key, validation, seen })))
}
