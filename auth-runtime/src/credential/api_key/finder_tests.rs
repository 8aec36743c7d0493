//! What the store is asked, and what happens when it fails.

use super::test_store::{Fault, SECOND, Store, id, limited, look_up, reason, unknown, with_other_secret};
use crate::rejection::RejectionKind;
use auth_events::Reason;
use futures_util::future::join_all;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

#[tokio::test]
async fn a_store_that_fails_hangs_or_panics_gives_503() {
    tokio::time::pause();
    for (fault, reason, detail) in [
        (Fault::Fails, Reason::VerifierUnavailable, Some("the database is closed")),
        (Fault::Panics, Reason::VerifierPanicked, None),
        (Fault::Waits, Reason::VerifierTimeout, None),
    ] {
        let store = Store::with(fault);
        let (text, kind) = (store.mint(|_| ()), store.kind());
        // Twice, because a failure must not leave a state that rejects or admits the next request.
        for _ in 0..2 {
            let refusal = look_up(&kind, &text, SystemTime::now()).await.expect_err("refused");
            assert_eq!(refusal.rejection.reason(), reason);
            assert_eq!(refusal.rejection.kind(), RejectionKind::Unavailable);
            assert_eq!(refusal.detail.as_deref(), detail);
        }
        assert_eq!(store.asked(), 2);
    }
}

#[tokio::test]
async fn a_flood_of_an_unknown_id_costs_one_look_up_a_second() {
    let store = Store::with(Fault::None);
    let (kind, now, text) = (store.kind(), SystemTime::now(), unknown());
    for second in 0..3 {
        let now = now + second * SECOND;
        let flood = join_all((0..1000).map(|_| look_up(&kind, &text, now))).await;
        assert!(flood.iter().all(Result::is_err));
        // Another secret does not help.
        assert_eq!(
            look_up(&kind, &with_other_secret(&text), now).await.unwrap_err().rejection.reason(),
            Reason::UnknownApiKey
        );
        assert_eq!(store.asked(), 1 + second as usize);
    }
}

#[tokio::test]
async fn requests_for_an_unknown_id_wait_for_one_look_up() {
    let store = Store::with(Fault::Waits);
    let (kind, text, start) = (store.kind(), unknown(), SystemTime::now());
    for second in 0..3 {
        let requests = join_all((0..100).map(|_| look_up(&kind, &text, start + second * SECOND)));
        let answer = async {
            limited(store.entered.notified()).await;
            store.go.notify_one();
        };
        let (refused, ()) = tokio::join!(requests, answer);
        for refused in refused {
            assert_eq!(refused.expect_err("refused").rejection.reason(), Reason::UnknownApiKey);
        }
        assert_eq!(store.asked(), 1 + second as usize);
    }
}

#[tokio::test]
async fn a_client_that_goes_away_does_not_hold_up_the_others() {
    let store = Store::with(Fault::Waits);
    let (kind, text, now) = (store.kind(), store.mint(|_| ()), SystemTime::now());
    let mut first = Box::pin(look_up(&kind, &text, now));
    tokio::select! {
        biased;
        _ = &mut first => panic!("the store waits"),
        () = limited(store.entered.notified()) => {}
    }
    let second = look_up(&kind, &text, now);
    let gone = async {
        drop(first);
        limited(store.entered.notified()).await;
        store.go.notify_one();
    };
    let (second, ()) = tokio::join!(second, gone);
    let _ = second.expect("the second request asked by itself");
}

#[tokio::test]
async fn ids_are_kept_in_bounded_memory() {
    let store = Store::with(Fault::None);
    let (kind, now) = (store.kind(), SystemTime::now());
    for _ in 0..12_000 {
        assert!(look_up(&kind, &unknown(), now).await.is_err());
    }
    assert_eq!(store.asked(), 12_000);
    assert!(kind.finder.len() <= 10_000, "{}", kind.finder.len());
}

#[tokio::test]
async fn a_revoked_or_deleted_key_stops_at_the_next_request() {
    let store = Store::with(Fault::None);
    let (kind, now) = (store.kind(), SystemTime::now());
    let (revoked, deleted) = (store.mint(|_| ()), store.mint(|_| ()));
    for text in [&revoked, &deleted] {
        let _ = look_up(&kind, text, now).await.expect("good");
        let _ = look_up(&kind, text, now).await.expect("good");
    }
    store.keys.revoke(&id(&revoked));
    store.keys.remove(&id(&deleted));
    assert_eq!(reason(&kind, &revoked).await, Reason::Revoked);
    assert_eq!(store.asked(), 5);
    for _ in 0..10 {
        assert_eq!(reason(&kind, &deleted).await, Reason::UnknownApiKey);
    }
    assert_eq!(store.asked(), 6);
}

/// A look-up that has read the record before a revocation must not answer a request after it.
#[tokio::test]
async fn a_request_after_a_revocation_does_not_use_an_answer_from_before() {
    let store = Store::with(Fault::Waits);
    let (kind, text, now) = (store.kind(), store.mint(|_| ()), SystemTime::now());
    let later = async {
        limited(store.entered.notified()).await;
        store.keys.revoke(&id(&text));
        let answers = async {
            store.go.notify_one();
            limited(store.entered.notified()).await;
            store.go.notify_one();
        };
        tokio::join!(look_up(&kind, &text, now), answers).0
    };
    let (first, second) = tokio::join!(look_up(&kind, &text, now), later);
    let _ = first.expect("good when it was read");
    assert_eq!(second.expect_err("revoked").rejection.reason(), Reason::Revoked);
}

#[tokio::test]
async fn the_use_of_a_key_is_reported_once_a_minute_and_never_fails_a_request() {
    for fault in [Fault::None, Fault::UsedPanics, Fault::UsedHangs] {
        let store = Store::with(fault);
        let (kind, text, now) = (store.kind(), store.mint(|_| ()), SystemTime::now());
        for _ in 0..100 {
            let _ = look_up(&kind, &text, now).await.expect("good");
            tokio::task::yield_now().await;
        }
        assert!(look_up(&kind, &with_other_secret(&text), now + 61 * SECOND).await.is_err());
        tokio::task::yield_now().await;
        assert_eq!(store.used.load(Ordering::SeqCst), 1);
        let _ = look_up(&kind, &text, now + 60 * SECOND).await.expect("good");
        tokio::task::yield_now().await;
        assert_eq!(store.used.load(Ordering::SeqCst), 2);
        if matches!(store.fault, Fault::None) {
            assert_eq!(store.keys.last_used(&id(&text)), Some(now + 60 * SECOND));
        }
    }
}
