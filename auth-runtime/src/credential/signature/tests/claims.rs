//! Replays, and senders that repeat a delivery.

use super::super::{DeliveryKey, MemoryReplays, ReplayError, ReplayStore, Sender, Signatures, SigningSecret};
use super::support::{
    GitHub, NOW, SECRET, Shopify, Slack, Standard, Stripe, base64, github, headers, hex, mac, reason, refusal,
    standard, stripe, verify,
};
use crate::base::ConfigError;
use crate::credential::signature::DeliveryClaim;
use crate::rejection::Refusal;
use auth_events::{Events, Reason};
use http::{HeaderMap, StatusCode};
use std::future::{Future, ready};
use std::pin::Pin;
use std::time::Duration;
use test_support::LIMIT;
use tokio::time::timeout;

pub(super) const BODY: &[u8] = b"{}";
const RAW: &[u8] = b"a raw secret of 24 bytes";
const OTHER: &str = "5be0c1a8d2f94763b1e07c3da4f86215";

pub(super) fn signatures<S: Sender>(secret: &str, store: impl ReplayStore) -> Signatures<S> {
    let [secret, other] =
        [secret.to_owned(), format!("whsec_{}", base64(OTHER.as_bytes()))].map(SigningSecret::from_bytes);
    let builder = Signatures::builder().secret(secret).secret(other).replay(store);
    builder.events(Events::discard("a test")).build().expect("signatures")
}

pub(super) async fn claim<S>(ours: &Signatures<S>, headers: &HeaderMap) -> Result<DeliveryClaim, Refusal> {
    ours.claim(verify(ours, headers, BODY, NOW)?).await
}

fn whsec() -> String {
    format!("whsec_{}", base64(RAW))
}

/// The sender signs each attempt with its time, so the same signature is a replay.
#[tokio::test]
async fn the_same_signature_of_stripe_and_slack_is_a_replay() {
    let ours = signatures::<Stripe>(SECRET, MemoryReplays::default());
    let first = headers(&[("stripe-signature", stripe(SECRET, NOW, BODY))]);
    let open = claim(&ours, &first).await.expect("a new delivery");
    assert_eq!(reason(claim(&ours, &first).await), Reason::ReplayedSignature);
    // Also after a failure: the sender repeats the event with another time.
    open.answered(StatusCode::INTERNAL_SERVER_ERROR).await;
    assert_eq!(reason(claim(&ours, &first).await), Reason::ReplayedSignature);
    let again = headers(&[("stripe-signature", stripe(SECRET, NOW + 1, BODY))]);
    claim(&ours, &again).await.expect("another attempt").answered(StatusCode::OK).await;
    assert_eq!(reason(claim(&ours, &again).await), Reason::ReplayedSignature);

    let slack = signatures::<Slack>(SECRET, MemoryReplays::default());
    let signed = |sent: u64| {
        let mac = mac(SECRET.as_bytes(), &[b"v0:", sent.to_string().as_bytes(), b":", BODY]);
        headers(&[("x-slack-signature", format!("v0={}", hex(&mac))), ("x-slack-request-timestamp", sent.to_string())])
    };
    claim(&slack, &signed(NOW)).await.expect("a new delivery").answered(StatusCode::OK).await;
    assert_eq!(reason(claim(&slack, &signed(NOW)).await), Reason::ReplayedSignature);
    assert!(claim(&slack, &signed(NOW + 1)).await.is_ok());
}

/// While its secret changes, Stripe writes two signatures. An attacker removes one, or swaps them.
#[tokio::test]
async fn a_replay_with_one_of_two_signatures_is_recognised() {
    let other = format!("whsec_{}", base64(OTHER.as_bytes()));
    let [one, two] =
        [SECRET, &*other].map(|secret| stripe(secret, NOW, BODY).rsplit_once("v1=").expect("a MAC").1.to_owned());
    let header = |macs: &[&str]| {
        let macs = macs.join(",v1=");
        headers(&[("stripe-signature", format!("t={NOW},v1={macs}"))])
    };
    let ours = signatures::<Stripe>(SECRET, MemoryReplays::default());
    assert!(claim(&ours, &header(&[&one, &two])).await.is_ok());
    for macs in [&[&*one][..], &[&*two], &[&*two, &*one], &[&*one, &*one, &*two]] {
        assert_eq!(reason(claim(&ours, &header(macs)).await), Reason::ReplayedSignature, "{macs:?}");
    }
}

/// One signature that the sender wrote twice is one delivery.
#[tokio::test]
async fn a_signature_that_is_written_twice_is_claimed_once() {
    let mac = stripe(SECRET, NOW, BODY).rsplit_once("v1=").expect("a MAC").1.to_owned();
    let twice = headers(&[("stripe-signature", format!("t={NOW},v1={mac},v1={mac}"))]);
    let ours = signatures::<Stripe>(SECRET, MemoryReplays::default());
    assert!(claim(&ours, &twice).await.is_ok());
    assert_eq!(reason(claim(&ours, &twice).await), Reason::ReplayedSignature);
}

/// A sender without a timestamp repeats the same bytes, and stops at 2xx only.
#[tokio::test]
async fn a_repeated_delivery_of_github_and_shopify_gets_the_answer_that_it_needs() {
    let github_headers = headers(&[("x-hub-signature-256", github(SECRET, BODY))]);
    repeated(&signatures::<GitHub>(SECRET, MemoryReplays::default()), &github_headers, &github_headers).await;
    let shopify = headers(&[("x-shopify-hmac-sha256", base64(&mac(SECRET.as_bytes(), &[BODY])))]);
    repeated(&signatures::<Shopify>(SECRET, MemoryReplays::default()), &shopify, &shopify).await;
}

/// A sender of Standard Webhooks repeats the id with another time and signature.
#[tokio::test]
async fn a_repeated_id_of_standard_webhooks_gets_the_answer_that_it_needs() {
    let ours = signatures::<Standard>(&whsec(), MemoryReplays::default());
    repeated(&ours, &standard(RAW, "msg_1", NOW, BODY), &standard(RAW, "msg_1", NOW + 60, BODY)).await;
    assert!(claim(&ours, &standard(RAW, "msg_2", NOW, BODY)).await.is_ok());
}

/// P6: the store may have given the delivery to another request since, whose handler runs now.
#[tokio::test(start_paused = true)]
async fn a_handler_that_fails_after_its_lease_does_not_release_the_claim_of_another() {
    let ours = signatures::<GitHub>(SECRET, MemoryReplays::default());
    let headers = headers(&[("x-hub-signature-256", github(SECRET, BODY))]);
    let late = claim(&ours, &headers).await.expect("a new delivery");
    // The store's clock stands still, so that its claim is like one that began later.
    tokio::time::advance(Duration::from_secs(5 * 60)).await;
    late.answered(StatusCode::INTERNAL_SERVER_ERROR).await;
    assert_eq!(reason(claim(&ours, &headers).await), Reason::ReplayedSignature);
}

async fn repeated<S>(ours: &Signatures<S>, first: &HeaderMap, again: &HeaderMap) {
    let open = claim(ours, first).await.expect("a new delivery");
    // The first one is still being handled: the sender tries later.
    let handling = (Reason::ReplayedSignature, "the same delivery is being handled".to_owned());
    assert_eq!(refusal(claim(ours, again).await), handling);
    open.answered(StatusCode::INTERNAL_SERVER_ERROR).await;
    for failed in [StatusCode::BAD_REQUEST, StatusCode::FOUND, StatusCode::SERVICE_UNAVAILABLE] {
        claim(ours, again).await.expect("another attempt").answered(failed).await;
    }
    claim(ours, again).await.expect("another attempt").answered(StatusCode::ACCEPTED).await;
    for repeated in [first, again] {
        let refusal = claim(ours, repeated).await.expect_err("a repeated delivery");
        assert_eq!(refusal.rejection.reason(), Reason::AlreadyDelivered);
        assert_eq!(refusal.rejection.status(), StatusCode::OK);
    }
}

/// The handler panicked, or the client is gone.
#[tokio::test]
async fn a_claim_that_is_dropped_is_released() {
    let ours = signatures::<GitHub>(SECRET, MemoryReplays::default());
    let headers = headers(&[("x-hub-signature-256", github(SECRET, BODY))]);
    drop(claim(&ours, &headers).await.expect("a new delivery"));
    is_released(&ours, &headers).await;
}

pub(super) async fn is_released<S>(ours: &Signatures<S>, headers: &HeaderMap) {
    let released = async {
        while claim(ours, headers).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    timeout(LIMIT, released).await.expect("the claim is not released");
}

#[tokio::test]
async fn of_two_requests_at_once_one_is_handled() {
    let ours = signatures::<GitHub>(SECRET, MemoryReplays::default());
    let headers = headers(&[("x-hub-signature-256", github(SECRET, BODY))]);
    let (one, two) = tokio::join!(claim(&ours, &headers), claim(&ours, &headers));
    assert_eq!([&one, &two].iter().filter(|claim| claim.is_ok()).count(), 1);
}

/// Two senders may share a store, and a store that is down accepts no request.
struct BrokenStore(fn() -> ReplayError);

impl ReplayStore for BrokenStore {
    fn claim<'a>(
        &'a self,
        _: &'a DeliveryKey,
        _: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send + 'a>> {
        Box::pin(ready(Err((self.0)())))
    }

    fn handled<'a>(
        &'a self,
        _: &'a DeliveryKey,
        _: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send + 'a>> {
        Box::pin(ready(Err((self.0)())))
    }

    fn release<'a>(&'a self, _: &'a DeliveryKey) -> Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send + 'a>> {
        Box::pin(ready(Err((self.0)())))
    }
}

#[tokio::test]
async fn a_store_that_cannot_decide_is_503() {
    for (error, why) in [
        (BrokenStore(|| ReplayError::StoreDown("no route".to_owned())), "no route"),
        (BrokenStore(|| ReplayError::StoreGarbled("no number".to_owned())), "no number"),
        (BrokenStore(|| ReplayError::NoRoom(7)), "full: 7"),
    ] {
        let ours = signatures::<GitHub>(SECRET, error);
        let (reason, detail) = refusal(claim(&ours, &headers(&[("x-hub-signature-256", github(SECRET, BODY))])).await);
        assert_eq!((reason, reason.status()), (Reason::VerifierUnavailable, 503));
        assert!(detail.contains(why), "{detail}");
    }
    let full = signatures::<GitHub>(SECRET, MemoryReplays::new(0));
    let outcome = claim(&full, &headers(&[("x-hub-signature-256", github(SECRET, BODY))])).await;
    assert_eq!(reason(outcome), Reason::VerifierUnavailable);
}

#[tokio::test]
async fn two_senders_with_one_store_and_one_secret_do_not_meet() {
    let store = MemoryReplays::default();
    let (github_, shopify) = (signatures::<GitHub>(SECRET, store.clone()), signatures::<Shopify>(SECRET, store));
    assert!(claim(&github_, &headers(&[("x-hub-signature-256", github(SECRET, BODY))])).await.is_ok());
    let value = base64(&mac(SECRET.as_bytes(), &[BODY]));
    assert!(claim(&shopify, &headers(&[("x-shopify-hmac-sha256", value)])).await.is_ok());
}

#[test]
fn a_delivery_is_kept_for_longer_than_its_timestamp_is_good() {
    fn kept<S: Sender>(secret: &str, time: Option<Duration>) -> Result<Duration, ConfigError> {
        let builder =
            Signatures::<S>::builder().secret(SigningSecret::from_bytes(secret)).events(Events::discard("a test"));
        let builder = match time {
            Some(time) => builder.keep_deliveries_for(time),
            None => builder,
        };
        builder.build().map(|ours| ours.shared.keep_deliveries_for)
    }
    let hours = |hours: u64| Duration::from_secs(hours * 60 * 60);
    assert_eq!(kept::<GitHub>(SECRET, None), Ok(hours(24)));
    assert_eq!(kept::<Standard>(&whsec(), None), Ok(hours(24)));
    assert_eq!(kept::<Stripe>(SECRET, None), Ok(Duration::from_secs(11 * 60)));
    assert_eq!(kept::<GitHub>(SECRET, Some(hours(72))), Ok(hours(72)));
    let refused = |outcome| matches!(outcome, Err(ConfigError::OutOfBounds { name: "keep_deliveries_for", .. }));
    assert!(refused(kept::<Stripe>(SECRET, Some(hours(24)))));
    assert!(refused(kept::<GitHub>(SECRET, Some(Duration::from_secs(60)))));
    assert!(refused(kept::<Standard>(&whsec(), Some(hours(31 * 24)))));
}
