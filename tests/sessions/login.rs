//! Logging in, logging out, and what ends a session.

use super::shop::{COOKIE, LOGIN, Shop, connect};
use crate::support::{
    AUDIENCE, Connection, ISSUER, Mint, Redis, Runs, Service, claims, get_with, serve, standard, with,
};
use auth_runtime::credentials::{AxumLogin, Sessions};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::Revocation;
use auth_runtime::{Events, Verifier};
use std::time::{Duration, SystemTime};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test]
async fn a_login_with_axum_login_is_a_caller() {
    let Some(redis) = Redis::start() else { return };
    let shop = Shop::open(&redis).await;
    let (alice, bob) = (shop.log_in("alice", "swordfish").await, shop.log_in("bob", "swordfish").await);
    shop.accepts(&alice, "alice").await;
    shop.accepts(&bob, "bob").await;
    // Also behind axum-login's layer, and with a permission.
    assert_eq!(shop.get_shop("/me", &alice).await.text(), "alice");
    assert_eq!(shop.get("/catalogue", &alice).await.text(), "alice");
}

/// A browser sends its session, and a program sends a token.
#[tokio::test]
async fn sessions_are_accepted_beside_tokens_but_not_together() {
    let Some(redis) = Redis::start() else { return };
    let shop = Shop::open(&redis).await;
    let session = shop.log_in("bob", "swordfish").await;
    let (events, collected) = Events::collect();
    let sessions = Sessions::of(LOGIN, connect(&redis.url()).await, AxumLogin::users(shop.users.clone()));
    let verifier = Verifier::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .keys(Mint::of(Algorithm::Ed25519).key())
        .also_accept(sessions)
        .events(events)
        .build()
        .expect("a verifier");
    let address = serve(standard(Service { verifier, runs: Runs::default() })).await;
    let exchange = async |request: String| Connection::open(address).await.exchange(request).await;

    let cookie = format!("cookie: {COOKIE}={session}\r\n\r\n");
    let by_session = exchange(format!("GET /me HTTP/1.1\r\nhost: localhost\r\n{cookie}")).await;
    assert_eq!((by_session.status, by_session.text()), (200, "bob"));
    let now = SystemTime::UNIX_EPOCH.elapsed().expect("a time after 1970").as_secs();
    let token = Mint::of(Algorithm::Ed25519).token(&with(with(claims(), "iat", now), "exp", now + 300));
    let by_token = exchange(get_with("/me", &token)).await;
    assert_eq!((by_token.status, by_token.text()), (200, "alice"));
    assert!(collected.take().is_empty());

    let both = get_with("/me", &token).replace("\r\n\r\n", &format!("\r\n{cookie}"));
    assert_eq!(exchange(both).await.status, 400);
    assert_eq!(collected.take()[0].reason, Reason::SeveralCredentials);
}

#[tokio::test]
async fn logging_out_stops_the_next_request() {
    let Some(redis) = Redis::start() else { return };
    let shop = Shop::open(&redis).await;
    let (here, elsewhere) = (shop.log_in("alice", "swordfish").await, shop.log_in("alice", "swordfish").await);
    shop.accepts(&here, "alice").await;
    shop.log_out(&here).await;
    shop.refuses(&here, Reason::UnknownSession).await;
    shop.accepts(&elsewhere, "alice").await;
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_of_its_user() {
    let Some(redis) = Redis::start() else { return };
    let shop = Shop::open(&redis).await;
    let (alice, bob) = (shop.log_in("alice", "swordfish").await, shop.log_in("bob", "swordfish").await);
    shop.users.set_password(7, "correct horse");
    shop.refuses(&alice, Reason::Revoked).await;
    shop.accepts(&bob, "bob").await;
    let again = shop.log_in("alice", "correct+horse").await;
    shop.accepts(&again, "alice").await;
    shop.users.remove(7);
    shop.refuses(&again, Reason::PrincipalNotFound).await;
}

#[tokio::test]
async fn a_session_without_a_user_is_a_guest() {
    let Some(redis) = Redis::start() else { return };
    let shop = Shop::open(&redis).await;
    let guest = shop.fill_cart().await;
    shop.refuses(&guest, Reason::SessionWithoutCaller).await;
    let response = shop.get("/catalogue", &guest).await;
    assert_eq!((response.status, response.text()), (200, "a guest"));
}

#[tokio::test]
async fn a_bad_session_is_not_a_guest() {
    let Some(redis) = Redis::start() else { return };
    let shop = Shop::open(&redis).await;
    let session = shop.log_in("alice", "swordfish").await;
    shop.log_out(&session).await;
    assert_eq!(shop.get("/catalogue", &session).await.status, 401);
    assert_eq!(shop.get("/catalogue", &session[1..]).await.status, 401);
}

/// The layer removes the cookie of a session that has ended, so a browser is a guest again.
#[tokio::test]
async fn the_layer_removes_the_cookie_of_an_ended_session() {
    let Some(redis) = Redis::start() else { return };
    let shop = Shop::open(&redis).await;
    let session = shop.log_in("alice", "swordfish").await;
    shop.log_out(&session).await;
    let response = shop.get_shop("/catalogue", &session).await;
    let cookie = response.header("set-cookie").expect("a cookie");
    assert!(response.status == 401 && cookie.contains("; Max-Age=0"), "{cookie}");
}

/// Without a revocation, a cached session works for that time after its logout.
#[tokio::test]
async fn a_revocation_stops_a_cached_session_at_once() {
    let Some(redis) = Redis::start() else { return };
    let shop = Shop::with(&redis.url(), SystemTime::now, |sessions| sessions.cached_for(Duration::from_secs(60))).await;
    let (one, other) = (shop.log_in("alice", "swordfish").await, shop.log_in("alice", "swordfish").await);
    shop.accepts(&one, "alice").await;
    shop.accepts(&other, "alice").await;
    let asked = || {
        redis.cli(&["INFO", "commandstats"]).lines().find(|line| line.starts_with("cmdstat_get:")).map(str::to_owned)
    };
    let before = asked();
    for _ in 0..10 {
        shop.accepts(&one, "alice").await;
    }
    assert_eq!(asked(), before, "a cached session needs no look-up");
    shop.revocations.revoke(&Revocation::session(LOGIN, Sessions::sid(one.parse().expect("an id")))).expect("room");
    shop.refuses(&one, Reason::Revoked).await;
    shop.log_out(&other).await;
    shop.accepts(&other, "alice").await;
}

#[tokio::test]
async fn another_site_cannot_use_the_session() {
    let Some(redis) = Redis::start() else { return };
    let shop = Shop::open(&redis).await;
    let session = shop.log_in("alice", "swordfish").await;
    assert_eq!(shop.place_order(&session, "same-origin").await.status, 200);
    assert_eq!(shop.place_order(&session, "cross-site").await.status, 403);
    assert_eq!(shop.place_order(&session, "same-site").await.status, 403);
}

/// axum-login changes the id at login, so an attacker who plants one gains nothing.
#[tokio::test]
async fn an_id_from_before_the_login_is_unknown_after_it() {
    let Some(redis) = Redis::start() else { return };
    let shop = Shop::open(&redis).await;
    let planted = shop.fill_cart().await;
    let session = shop.log_in_within("alice", "swordfish", &planted).await;
    assert_ne!(session, planted);
    shop.accepts(&session, "alice").await;
    shop.refuses(&planted, Reason::UnknownSession).await;
}

#[tokio::test]
async fn one_session_can_be_revoked_by_its_name() {
    let Some(redis) = Redis::start() else { return };
    let shop = Shop::open(&redis).await;
    let (one, other) = (shop.log_in("alice", "swordfish").await, shop.log_in("alice", "swordfish").await);
    let sid = Sessions::sid(one.parse().expect("an id"));
    assert!(!sid.contains(&one));
    shop.revocations.revoke(&Revocation::session(LOGIN, sid)).expect("room");
    shop.refuses(&one, Reason::Revoked).await;
    shop.accepts(&other, "alice").await;
}

#[tokio::test]
async fn malformed_ids_are_rejected() {
    let Some(redis) = Redis::start() else { return };
    let shop = Shop::open(&redis).await;
    let session = shop.log_in("alice", "swordfish").await;
    for malformed in [&session[1..], &format!("{session}A"), &format!("{session}=")] {
        shop.refuses(malformed, Reason::MalformedSession).await;
    }
    shop.accepts(&session, "alice").await;
}

/// The layer writes two weeks where the service sets no expiry.
#[tokio::test]
async fn a_session_expires() {
    let Some(redis) = Redis::start() else { return };
    let shop = Shop::at(&redis.url(), || SystemTime::now() + 13 * DAY).await;
    let session = shop.log_in("alice", "swordfish").await;
    shop.accepts(&session, "alice").await;
    let later = Shop::at(&redis.url(), || SystemTime::now() + 15 * DAY).await;
    later.refuses(&session, Reason::Expired).await;
}
