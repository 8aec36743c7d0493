//! The provider rotates its keys during requests.

use super::flow::{Flow, Outcomes};
use super::{COOLDOWN, Notices, ORDERS, eager, new, old, service, signed_as, signing};
use crate::support::{Provider, base64url, segments};
use auth_runtime::events::NoticeKind;
use auth_runtime::keys::Algorithm;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const OLD: &str = "key-of-last-quarter";
const NEW: &str = "key-of-this-quarter";
const EMERGENCY: &str = "key-made-in-a-hurry";

fn only(status: u16, outcomes: &Outcomes) -> bool {
    outcomes.keys().eq([&status])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_rotate_during_requests_without_a_wrong_acceptance_or_rejection() {
    let (old_key, new_key) = (signing(old(), OLD), signing(new(), NEW));
    let Some(mut provider) = Provider::start(std::slice::from_ref(&old_key)).await else { return };
    let server = service(&provider, eager(&provider.issuer).await.unwrap()).await;
    let mut notices = Notices::default();
    let begun = Instant::now();

    let mut flow = Flow::start(&server, 3);
    let issued_by_old = provider.token(ORDERS, "orders:write").await;
    // Each key signs under the `kid` of the other: the published one, and the next one.
    flow.send("forged under the old name", signed_as(new(), OLD, &issued_by_old));
    flow.send("forged under the new name", signed_as(old(), NEW, &issued_by_old));
    flow.send("tampered", {
        let [header, _, signature] = segments(&issued_by_old);
        let claims = json!({"iss": provider.issuer, "sub": "mallory", "aud": "orders", "exp": 4_000_000_000_u64});
        format!("{header}.{}.{signature}", base64url(claims.to_string()))
    });
    flow.send("issued by the old key", issued_by_old);
    flow.wait_for_rounds(10).await;

    // The new key is published, but not used yet. Each restart is also an outage.
    provider.restart(&[old_key.clone(), new_key.clone()]).await;
    notices.until(&server, NoticeKind::KeySetChanged, 1).await;
    flow.wait_for_rounds(10).await;

    // The new key is used.
    provider.restart(&[new_key.clone(), old_key]).await;
    flow.send("issued by the new key", provider.token(ORDERS, "orders:write").await);
    flow.wait_for_rounds(10).await;
    let until_now = flow.outcomes("issued by the old key", begun);
    assert!(only(200, &until_now), "its key is still published: {until_now:?}");

    // The old key is removed.
    provider.restart(std::slice::from_ref(&new_key)).await;
    notices.until(&server, NoticeKind::KeySetChanged, 2).await;
    let read = Instant::now();
    flow.wait_for_rounds(10).await;
    let after = flow.outcomes("issued by the old key", read);
    assert!(only(401, &after), "its key was removed: {after:?}");
    let new_ones = flow.outcomes("issued by the new key", begun);
    assert!(only(200, &new_ones), "the new key was published before it was used: {new_ones:?}");
    for forged in ["forged under the old name", "forged under the new name", "tampered"] {
        let outcomes = flow.outcomes(forged, begun);
        assert!(!outcomes.contains_key(&200), "{forged}: {outcomes:?}");
        // 503 where the `kid` is unknown while the provider restarts.
        assert!(outcomes.keys().all(|status| [401, 503].contains(status)), "{forged}: {outcomes:?}");
    }
    // P7: one event for each rejection, also during a rotation.
    let refusals = flow.stop().await;
    assert_eq!(server.events().len(), refusals);
    let (down, up) = (NoticeKind::KeySetUnavailable, NoticeKind::KeySetRestored);
    assert_eq!(notices.count(&server, down), notices.count(&server, up), "{:?}", notices.0);
}

/// The provider replaces all keys at once, without a time in which both are published.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_replaces_all_others_is_used_after_a_cooldown_and_one_fetch() {
    let stolen: Value = signing(old(), OLD);
    let Some(mut provider) = Provider::start(std::slice::from_ref(&stolen)).await else { return };
    // Only the tokens with the new `kid` trigger a fetch.
    let keys = eager(&provider.issuer).refresh_between(Duration::from_secs(60 * 60), Duration::from_secs(60 * 60));
    let server = service(&provider, keys.await.unwrap()).await;
    let mut flow = Flow::start(&server, 3);
    let begun = Instant::now();
    flow.send("stolen", provider.token(ORDERS, "orders:write").await);
    flow.wait_for_rounds(10).await;
    provider.restart(&[signing(new(), EMERGENCY)]).await;
    let stolen_until_now = flow.outcomes("stolen", begun);
    assert!(only(200, &stolen_until_now), "the service has not fetched the keys yet: {stolen_until_now:?}");
    flow.send("fresh", provider.token(ORDERS, "orders:write").await);
    let waited = flow.until("fresh", 200).await;
    let taken = Instant::now();
    flow.wait_for_rounds(10).await;
    let (fresh, stolen) = (flow.outcomes("fresh", taken), flow.outcomes("stolen", taken));
    assert!(only(200, &fresh), "{fresh:?}");
    assert!(only(401, &stolen), "the same fetch: {stolen:?}");
    assert!(waited < COOLDOWN + Duration::from_secs(2), "a cooldown and a fetch, on a busy machine: {waited:?}");
    let refusals = flow.stop().await;
    assert_eq!(server.events().len(), refusals);
}

/// A key has one algorithm, also under the same `kid`.
#[tokio::test]
async fn a_key_that_returns_with_another_algorithm_is_another_key() {
    let rsa = crate::support::Mint::of(Algorithm::RS256);
    let Some(mut provider) = Provider::start(&[rsa.signing(OLD, Some("RS256"))]).await else { return };
    let server = service(&provider, eager(&provider.issuer).await.unwrap()).await;
    let mut notices = Notices::default();
    let token = provider.token("urn:orders:RS256", "orders:read").await;
    server.accepts(&token).await;
    provider.restart(&[rsa.signing(OLD, Some("PS256"))]).await;
    notices.until(&server, NoticeKind::KeySetChanged, 1).await;
    server.refuses(&token, auth_runtime::events::Reason::AlgorithmNotAllowed).await;
    server.accepts(&provider.token("urn:orders:PS256", "orders:read").await).await;
}
