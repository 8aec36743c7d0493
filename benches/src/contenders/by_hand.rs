//! What people write by hand: an extractor around `jsonwebtoken::decode`.

use super::{FewClaims, Service, jwks, older_name};
use auth_testkit::TestIssuer;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{CACHE_CONTROL, VARY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
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
        decoder.check(&parts.headers).map(Self)
    }
}

impl Decoder {
    fn check(&self, headers: &HeaderMap) -> Result<Arc<FewClaims>, StatusCode> {
        let header = headers.get("authorization").ok_or(StatusCode::UNAUTHORIZED)?;
        let token = header.to_str().ok().and_then(|header| header.strip_prefix("Bearer "));
        let token = token.ok_or(StatusCode::UNAUTHORIZED)?;
        if let Some(claims) = self.seen.as_ref().and_then(|seen| seen.get(token)) {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| StatusCode::UNAUTHORIZED)?;
            if now.as_secs() < claims.exp + self.validation.leeway {
                return Ok(claims);
            }
        }
        let decoded = jsonwebtoken::decode::<FewClaims>(token, &self.key, &self.validation);
        let claims = Arc::new(decoded.map_err(|_| StatusCode::UNAUTHORIZED)?.claims);
        if let Some(seen) = &self.seen {
            seen.insert(token.into(), Arc::clone(&claims));
        }
        Ok(claims)
    }
}

/// The check as a layer, which also does what our gate does to a response.
///
/// It keeps caches from storing the response, and tells the access log who the caller is.
async fn check(State(decoder): State<Arc<Decoder>>, mut request: Request, next: Next) -> Response {
    let claims = match decoder.check(request.headers()) {
        Ok(claims) => claims,
        Err(status) => return status.into_response(),
    };
    request.extensions_mut().insert(Arc::clone(&claims));
    let mut response = next.run(request).await;
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response.headers_mut().append(VARY, HeaderValue::from_static("authorization"));
    response.extensions_mut().insert(claims);
    response
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

/// As with a cache, but in a layer, with the headers of our responses.
#[must_use]
pub fn by_hand_in_a_layer(issuer: &TestIssuer) -> Service {
    let decoder = Arc::new(decoder(issuer, Some(Cache::new(20_000))));
    let list = |_: Extension<Arc<FewClaims>>| async { "ok" };
    let router = Router::new().route("/orders", axum::routing::get(list));
    BoxCloneSyncService::new(router.route_layer(from_fn_with_state(decoder, check)))
}

fn service(issuer: &TestIssuer, seen: Option<Cache<Box<str>, Arc<FewClaims>>>) -> Service {
    let router = Router::new().route("/orders", axum::routing::get(|_: Caller| async { "ok" }));
    BoxCloneSyncService::new(router.with_state(Arc::new(decoder(issuer, seen))))
}

fn decoder(issuer: &TestIssuer, seen: Option<Cache<Box<str>, Arc<FewClaims>>>) -> Decoder {
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_str(&jwks(issuer)).expect("a key set");
    let mut validation = Validation::new(older_name(issuer.algorithm()).parse().expect("an algorithm"));
    validation.set_issuer(&[issuer.name()]);
    validation.set_audience(&[issuer.audience()]);
    validation.validate_nbf = true;
    let key = DecodingKey::from_jwk(&set.keys[0]).expect("a key");
    Decoder { key, validation, seen }
}
