//! Attacks the shop and the API with the sessions of a real store.

use super::shop::{COOKIE, LOGIN, Shop};
use crate::support::Redis;
use auth_runtime::credentials::Carrier;
use auth_testkit::{AttackReport, RouteReport, Severity, TestCredentials, attack};
use std::sync::Arc;

/// Whether the logout of the shop ends a session.
#[derive(Clone, Copy, PartialEq)]
enum Logout {
    Works,
    DoesNothing,
}

/// Takes sessions from the login of the shop, and revoked ones from its logout.
fn sessions(shop: &Arc<Shop>, works: Logout) -> TestCredentials {
    let (login, logout) = (Arc::clone(shop), Arc::clone(shop));
    TestCredentials::of(LOGIN, move || {
        let shop = Arc::clone(&login);
        async move { shop.log_in("alice", "swordfish").await }
    })
    .unknown(|| std::future::ready("AAAAAAAAAAAAAAAAAAAAAA".to_owned()))
    .revoked(move || {
        let shop = Arc::clone(&logout);
        async move {
            let session = shop.log_in("alice", "swordfish").await;
            if works == Logout::Works {
                shop.log_out(&session).await;
            }
            session
        }
    })
    .in_carrier(&Carrier::cookie(COOKIE))
}

#[track_caller]
fn assert_sent(report: &AttackReport, ids: &[&str]) {
    for id in ids {
        let is_sent = |route: &RouteReport| route.tried.get(*id).is_some_and(|counts| counts.sent > 0);
        assert!(report.routes.iter().any(is_sent), "{id} was not sent: {report}");
    }
}

#[tokio::test]
async fn no_bad_session_of_redis_gets_through() {
    let Some(redis) = Redis::start() else { return };
    let shop = Arc::new(Shop::open(&redis).await);
    for router in shop.routers.clone() {
        // The layer of axum-login removes the cookie of an unknown session.
        let report = attack(router).with_credentials(&sessions(&shop, Logout::Works)).varies("set-cookie").await;
        report.assert_nothing_got_through();
        assert_sent(&report, &["N01", "N02", "N03", "N04", "N06", "C01", "C02", "C04", "C05", "C06"]);
        // Redis deletes expired sessions, so that they are unknown ones.
        assert!(report.not_sent.contains_key("N05 an expired credential"), "{:?}", report.not_sent);
    }
}

#[tokio::test]
async fn a_logout_that_leaves_the_session_in_redis_is_found() {
    let Some(redis) = Redis::start() else { return };
    let shop = Arc::new(Shop::open(&redis).await);
    let [api, _] = shop.routers.clone();
    let report = attack(api).with_credentials(&sessions(&shop, Logout::DoesNothing)).await;
    let through = report.findings.iter().filter(|finding| finding.severity == Severity::GotThrough);
    let mut ids: Vec<_> = through.map(|finding| finding.id.as_str()).collect();
    ids.dedup();
    assert_eq!(ids, ["N06"], "{report}");
}
