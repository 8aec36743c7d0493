//! A store that is down or hangs.

use super::shop::Shop;
use crate::support::{Proxy, Redis};
use auth_runtime::events::Reason;
use std::time::SystemTime;

#[tokio::test]
async fn a_store_that_is_down_is_503() {
    let Some(mut redis) = Redis::start() else { return };
    let shop = Shop::open(&redis).await;
    let session = shop.log_in("alice", "swordfish").await;
    shop.accepts(&session, "alice").await;
    redis.kill();
    let response = shop.get("/me", &session).await;
    assert_eq!(response.status, 503);
    assert!(!format!("{response:?}").contains(&session));
}

/// The layer of axum-login reads the session first, and does not ask the gate.
#[tokio::test]
async fn behind_the_layer_of_axum_login_a_store_that_is_down_is_500() {
    let Some(mut redis) = Redis::start() else { return };
    let shop = Shop::open(&redis).await;
    let session = shop.log_in("alice", "swordfish").await;
    assert_eq!(shop.get_shop("/me", &session).await.status, 200);
    redis.kill();
    let response = shop.get_shop("/me", &session).await;
    assert_eq!(response.status, 500);
    assert!(!format!("{response:?}").contains(&session));
}

#[tokio::test]
async fn a_store_that_hangs_is_503() {
    let Some(redis) = Redis::start() else { return };
    let proxy = Proxy::before(&redis).await;
    let shop = Shop::at(&proxy.url(), SystemTime::now).await;
    let session = shop.log_in("alice", "swordfish").await;
    proxy.silence();
    shop.refuses(&session, Reason::VerifierTimeout).await;
}

/// Bytes that another program wrote.
#[tokio::test]
async fn a_record_that_cannot_be_read_is_503() {
    let Some(redis) = Redis::start() else { return };
    let shop = Shop::open(&redis).await;
    let session = shop.log_in("alice", "swordfish").await;
    redis.cli(&["SET", &session, "logged in as alice"]);
    shop.refuses(&session, Reason::VerifierUnavailable).await;
}

/// A store that was emptied has no sessions, and all callers must log in again.
#[tokio::test]
async fn an_emptied_store_knows_no_session() {
    let Some(redis) = Redis::start() else { return };
    let shop = Shop::open(&redis).await;
    let session = shop.log_in("alice", "swordfish").await;
    redis.cli(&["FLUSHALL"]);
    shop.refuses(&session, Reason::UnknownSession).await;
}
