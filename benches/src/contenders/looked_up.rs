//! Ours, with credentials that are looked up once and then cached.

use super::{Service, verifier_of_tokens_and};
use auth_runtime::api_keys::{ApiKey, ApiKeys, MemoryApiKeys};
use auth_runtime::credentials::{CredentialKind, CredentialRecord, NoSessionCaller, SessionData, Sessions};
use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Authenticated, Claims, Events, Verifier, authenticated};
use auth_testkit::TestIssuer;
use axum::body::Body;
use axum::http::Request;
use std::collections::HashMap;
use std::time::Duration;
use tower::util::BoxCloneSyncService;
use tower_sessions_core::session::{Id, Record};
use tower_sessions_core::session_store::{self, SessionStore};

#[authenticated]
async fn list(_auth: Authenticated<Claims>) -> &'static str {
    "ok"
}

const SCOPES: [&str; 3] = ["orders:read", "orders:write", "orders:refund"];

fn service(verifier: Verifier<Claims>) -> Service {
    BoxCloneSyncService::new(AuthRouter::new().route("/orders", get(list)).with_state(verifier))
}

fn alone(kind: impl Into<CredentialKind>) -> Service {
    service(Verifier::accepting(kind).events(Events::collect().0).build().expect("a verifier"))
}

/// API keys, and a request with one of them.
fn keys() -> (ApiKeys, Request<Body>) {
    let store = MemoryApiKeys::new();
    let (key, mut record) = ApiKey::mint("acme_live", "customer-7").expect("a key");
    record.scopes = SCOPES.map(str::to_owned).to_vec();
    store.insert(record);
    let kind =
        ApiKeys::of("https://orders.example.com/keys", "acme_live", store).cached_for(Duration::from_secs(5 * 60));
    (kind, super::request(Some(&key.show_once())))
}

/// A service that takes API keys only, and a request.
#[must_use]
pub fn api_keys() -> (Service, Request<Body>) {
    let (kind, request) = keys();
    (alone(kind), request)
}

/// A service that takes API keys beside JWTs in the same header, and a request with a key.
#[must_use]
pub fn api_keys_beside_tokens(issuer: &TestIssuer) -> (Service, Request<Body>) {
    let (kind, request) = keys();
    (service(verifier_of_tokens_and(issuer, kind)), request)
}

/// A service that takes JWTs beside API keys in the same header.
#[must_use]
pub fn tokens_beside_api_keys(issuer: &TestIssuer) -> Service {
    service(verifier_of_tokens_and(issuer, keys().0))
}

/// The store of one session.
#[derive(Debug)]
struct OneSession(Record);

#[async_trait::async_trait]
impl SessionStore for OneSession {
    async fn save(&self, _: &Record) -> session_store::Result<()> {
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        Ok((self.0.id == *id).then(|| self.0.clone()))
    }

    async fn delete(&self, _: &Id) -> session_store::Result<()> {
        Ok(())
    }
}

fn caller(data: &SessionData) -> Result<CredentialRecord, NoSessionCaller> {
    let user = data.get("user").and_then(|user| user.as_str()).ok_or(NoSessionCaller::Anonymous)?;
    Ok(CredentialRecord::of(user).scopes(SCOPES))
}

/// A service that takes sessions, and a request with one.
#[must_use]
pub fn sessions() -> (Service, Request<Body>) {
    let id = Id(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
    let data = HashMap::from([("user".to_owned(), "alice".into())]);
    let expiry_date = time::OffsetDateTime::now_utc() + Duration::from_secs(60 * 60);
    let kind = Sessions::of("https://orders.example.com/login", OneSession(Record { id, data, expiry_date }), caller)
        .cached_for(Duration::from_secs(60));
    let request = Request::get("/orders").header("cookie", format!("__Host-id={id}")).body(Body::empty());
    (alone(kind), request.expect("a request"))
}
