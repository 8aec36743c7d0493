//! Keys in a real PostgreSQL server: minted, rotated, revoked, and without the server.

mod server;

use api_keys::{ISSUER, NotRotated, PREFIX, PgApiKeys, app};
use auth_runtime::api_keys::{ApiKey, ApiKeyRecord, ApiKeyRecords, MintError};
use auth_runtime::events::{Collected, Reason};
use auth_runtime::{AuthRouter, Events};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use server::Postgres;
use std::time::{Duration, SystemTime};
use tower::ServiceExt;

struct Service {
    keys: PgApiKeys,
    app: AuthRouter,
    collected: Collected,
}

impl Service {
    async fn on(postgres: &Postgres) -> Self {
        let keys = PgApiKeys::connect(&postgres.url()).await.expect("a database");
        let (events, collected) = Events::collect();
        Self { app: app(keys.clone(), events).expect("a service"), keys, collected }
    }

    async fn mint(&self, change: impl FnOnce(&mut ApiKeyRecord)) -> (String, String) {
        let (key, mut record) = ApiKey::mint(PREFIX, "customer-7").expect("a key");
        record.scopes = vec!["orders:read".to_owned()];
        change(&mut record);
        self.keys.insert(&record).await.expect("stored");
        (key.show_once(), record.id)
    }

    async fn send(&self, header: &str, value: &str) -> (u16, String) {
        let request = Request::get("/orders").header(header, value).body(Body::empty()).expect("a request");
        let response = self.app.clone().oneshot(request).await.expect("a response");
        let status = response.status().as_u16();
        let body = to_bytes(Body::new(response.into_body()), 1 << 16).await.expect("a body");
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    async fn accepts(&self, key: &str) {
        let accepted = (200, "the orders of customer-7\n".to_owned());
        assert_eq!(self.send("authorization", &format!("Bearer {key}")).await, accepted, "{:?}", self.collected.take());
        assert_eq!(self.send("x-api-key", key).await, accepted);
    }

    async fn rejects(&self, key: &str, status: u16, reason: Reason) {
        assert_eq!(self.send("x-api-key", key).await.0, status);
        let events = self.collected.take();
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!((events[0].reason, &*events[0].issuer), (reason, ISSUER));
    }
}

#[tokio::test]
async fn keys_are_minted_rotated_and_revoked_in_postgresql() {
    let Some(mut postgres) = Postgres::start() else { return };
    let service = Service::on(&postgres).await;
    // A second instance of the service, with a pool of its own.
    let other = Service::on(&postgres).await;

    let (key, id) = service.mint(|_| ()).await;
    service.accepts(&key).await;
    other.accepts(&key).await;
    let swapped: String = id.chars().map(swap_case).collect();
    assert!(service.keys.find(&swapped).await.expect("an answer").is_none(), "ids are compared byte by byte");

    let until = SystemTime::now() + Duration::from_secs(60 * 60);
    let new = service.keys.rotate(PREFIX, &id, until).await.expect("rotated").show_once();
    other.accepts(&new).await;
    other.accepts(&key).await;
    let newest = service.keys.rotate(PREFIX, &id, SystemTime::now()).await.expect("rotated").show_once();
    other.accepts(&newest).await;
    other.rejects(&new, 401, Reason::Expired).await;
    other.rejects(&key, 401, Reason::BadApiKey).await;

    service.keys.revoke(&id).await.expect("revoked");
    other.rejects(&newest, 401, Reason::Revoked).await;
    let again = service.keys.rotate(PREFIX, &id, until).await;
    assert!(matches!(again, Err(NotRotated::Mint(MintError::Revoked))), "{again:?}");

    let (expired, _) = service.mint(|record| record.expires_at = Some(SystemTime::now())).await;
    service.rejects(&expired, 401, Reason::Expired).await;
    let (without_scope, _) = service.mint(|record| record.scopes.clear()).await;
    service.rejects(&without_scope, 403, Reason::Denied).await;

    let (key, _) = service.mint(|_| ()).await;
    service.accepts(&key).await;
    postgres.stop();
    service.rejects(&key, 503, Reason::VerifierUnavailable).await;
}

#[tokio::test]
async fn a_record_comes_back_as_it_was_stored() {
    let Some(postgres) = Postgres::start() else { return };
    let service = Service::on(&postgres).await;
    let (_, id) = service
        .mint(|record| {
            record.claims.insert("plan".to_owned(), "enterprise".into());
            record.expires_at = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000));
        })
        .await;
    let read = service.keys.find(&id).await.expect("an answer").expect("a record");
    assert_eq!((&*read.owner, &read.scopes[..]), ("customer-7", &["orders:read".to_owned()][..]));
    assert_eq!(read.claims["plan"], "enterprise");
    assert_eq!(read.expires_at, Some(SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000)));
    assert!(read.revoked_at.is_none() && read.previous.is_none());
}

#[tokio::test]
async fn the_last_use_is_stored() {
    let Some(postgres) = Postgres::start() else { return };
    let service = Service::on(&postgres).await;
    let (key, id) = service.mint(|_| ()).await;
    assert_eq!(service.keys.last_used(&id).await.expect("a row"), None);
    service.accepts(&key).await;
    let stored = async {
        while service.keys.last_used(&id).await.expect("a row").is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(test_support::LIMIT, stored).await.expect("stored in a task of its own");
}

fn swap_case(character: char) -> char {
    if character.is_ascii_lowercase() { character.to_ascii_uppercase() } else { character.to_ascii_lowercase() }
}
