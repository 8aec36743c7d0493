//! Outages: the provider is killed during requests, or has not started yet.

use super::flow::Flow;
use super::{Notices, ORDERS, eager, new, old, service, signed_as, signing};
use crate::support::Provider;
use auth_runtime::events::NoticeKind;
use auth_runtime::{ConfigError, KeySet};
use std::time::{Duration, Instant};
use test_support::LIMIT;

const KID: &str = "key-of-a-provider-that-dies";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_of_a_killed_provider_are_used_for_max_age_and_then_every_token_gets_503_until_it_is_back() {
    let max_age = Duration::from_secs(8);
    let key = signing(old(), KID);
    let Some(mut provider) = Provider::start(std::slice::from_ref(&key)).await else { return };
    let server = service(&provider, eager(&provider.issuer).max_age(max_age).await.unwrap()).await;
    let mut notices = Notices::default();
    let good = provider.token(ORDERS, "orders:read").await;
    let unknown = signed_as(new(), "key-that-may-be-new", &good);
    let mut flow = Flow::start(&server, 3);
    flow.send("good", good);
    flow.send("unknown", unknown);
    // Within the cooldown of the first read, the provider may have published the key since.
    let deadline = Instant::now() + LIMIT;
    loop {
        let since = Instant::now();
        flow.wait_for_rounds(10).await;
        let outcomes = flow.outcomes("unknown", since);
        if outcomes.keys().eq([&401]) {
            break;
        }
        assert!(outcomes.keys().all(|status| [401, 503].contains(status)), "the provider lacks the key: {outcomes:?}");
        assert!(Instant::now() < deadline, "the verifier does not decide: {outcomes:?}");
    }

    provider.kill();
    let killed = Instant::now();
    notices.until(&server, NoticeKind::KeySetUnavailable, 1).await;
    let reported = Instant::now();
    flow.wait_for_rounds(20).await;
    let (good, unknown) = (flow.outcomes("good", reported), flow.outcomes("unknown", reported));
    assert!(killed.elapsed() < max_age, "this machine is too slow for this test: {:?}", killed.elapsed());
    assert!(good.keys().eq([&200]), "the last good keys stay: {good:?}");
    assert!(unknown.keys().eq([&503]), "the verifier cannot decide without the keys: {unknown:?}");

    notices.until(&server, NoticeKind::KeySetTooOld, 1).await;
    let too_old = Instant::now();
    assert!(too_old - killed + Duration::from_millis(300) > max_age, "the keys were read just before");
    flow.wait_for_rounds(20).await;
    for name in ["good", "unknown"] {
        let outcomes = flow.outcomes(name, too_old);
        assert!(outcomes.keys().eq([&503]), "{name}: {outcomes:?}");
    }
    assert_eq!(notices.count(&server, NoticeKind::KeySetUnavailable), 1, "an outage makes one notice: {:?}", notices.0);

    provider.restart(&[key]).await;
    notices.until(&server, NoticeKind::KeySetRestored, 1).await;
    let restored = Instant::now();
    flow.wait_for_rounds(20).await;
    let (good, unknown) = (flow.outcomes("good", restored), flow.outcomes("unknown", restored));
    assert!(good.keys().eq([&200]), "{good:?}");
    assert!(unknown.keys().eq([&401]), "{unknown:?}");
    let refusals = flow.stop().await;
    assert_eq!(server.events().len(), refusals);
    for kind in [NoticeKind::KeySetUnavailable, NoticeKind::KeySetTooOld, NoticeKind::KeySetRestored] {
        assert_eq!(notices.count(&server, kind), 1, "{kind}: {:?}", notices.0);
    }
    assert_eq!(notices.count(&server, NoticeKind::KeySetChanged), 0, "the keys are the same: {:?}", notices.0);
}

#[tokio::test]
async fn a_service_without_its_provider_fails_at_start_or_answers_503_until_it_is_up() {
    let Some(mut provider) = Provider::down(&[signing(old(), KID)]) else { return };
    let error = KeySet::discover(&provider.issuer).await.expect_err("the provider is not running");
    let ConfigError::KeySetUnreachable { url, why } = &error else { panic!("{error}") };
    assert!(url.starts_with(&provider.issuer), "{error}");
    assert!(why.to_lowercase().contains("connection refused"), "{error}");

    let server = service(&provider, eager(&provider.issuer).start_degraded().unwrap()).await;
    let mut notices = Notices::default();
    notices.until(&server, NoticeKind::KeySetMissing, 1).await;
    server.answers_503("eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImEifQ.e30.AAAA").await;
    provider.up().await;
    notices.until(&server, NoticeKind::KeySetRestored, 1).await;
    server.accepts(&provider.token(ORDERS, "orders:read").await).await;
    assert_eq!(notices.count(&server, NoticeKind::KeySetMissing), 1, "{:?}", notices.0);
}
