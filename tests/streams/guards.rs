//! Tests the guard of a stream without a socket.

use super::{EXPIRED_AT, OFTEN, SELDOM, Store, good_until};
use crate::support::{AUDIENCE, Clock, ISSUER, KID, Mint, NOW, claims, with};
use auth_runtime::credentials::TrustedIssuer;
use auth_runtime::events::{Collected, Reason};
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::Revocation;
use auth_runtime::streams::GuardedError;
use auth_runtime::{Authenticated, Claims, Events, Rejection, Verifier};
use futures_util::{FutureExt, SinkExt, StreamExt, sink, stream};
use std::convert::Infallible;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const PARTNERS: &str = "https://partners.example/";

struct Bench {
    auth: Authenticated<Claims>,
    clock: Clock,
    clock_breaks: Arc<AtomicBool>,
    store: Store,
    collected: Collected,
}

async fn bench() -> Bench {
    bench_with_interval(OFTEN).await
}

async fn bench_with_interval(often: Duration) -> Bench {
    let (clock, store, clock_breaks) = (Clock::standing(), Store::default(), Arc::new(AtomicBool::new(false)));
    let (events, collected) = Events::collect();
    let (time, breaks) = (clock.clone(), Arc::clone(&clock_breaks));
    let verifier = Verifier::<Claims>::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .keys(Mint::of(Algorithm::Ed25519).key())
        .events(events)
        .clock(move || {
            assert!(!breaks.load(Ordering::SeqCst), "the clock is broken");
            time.now()
        })
        .revocations(store.clone())
        .also_trust(TrustedIssuer::new(PARTNERS, Mint::untrusted(Algorithm::Ed25519).key()))
        .recheck_every(often)
        .build()
        .unwrap();
    let auth = verifier.verify(&good_until(NOW + 300)).await.unwrap();
    Bench { auth, clock, clock_breaks, store, collected }
}

impl Bench {
    fn revoke(&self) {
        self.store.list.revoke(&Revocation::token(ISSUER, "renewed")).unwrap();
    }

    fn reasons(&self) -> Vec<Reason> {
        self.collected.take().into_iter().map(|event| event.reason).collect()
    }
}

/// A reader that never waits does not block the check either.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h22_a_stream_that_never_waits_ends_when_its_token_is_revoked() {
    let bench = bench().await;
    let mut numbers = bench.auth.guard(stream::iter(0_u64..).map(Ok::<_, Infallible>));
    let stop = Arc::new(AtomicBool::new(false));
    let given_up = Arc::clone(&stop);
    let reader = tokio::spawn(async move {
        loop {
            match numbers.next().await {
                Some(Ok(_)) if given_up.load(Ordering::SeqCst) => return None,
                Some(Ok(_)) => {}
                Some(Err(GuardedError::Ended(why))) => return Some(why.reason()),
                other => panic!("{other:?}"),
            }
        }
    });
    tokio::time::sleep(OFTEN).await;
    bench.revoke();
    for _ in 0..200 {
        if reader.is_finished() {
            break;
        }
        tokio::time::sleep(OFTEN).await;
    }
    stop.store(true, Ordering::SeqCst);
    assert_eq!(reader.await.unwrap(), Some(Reason::Revoked));
    assert_eq!(bench.reasons(), [Reason::Revoked]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h21_a_sink_that_is_only_written_to_accepts_nothing_after_the_end() {
    let bench = bench().await;
    let mut sink = bench.auth.guard(sink::drain());
    sink.send(1).await.unwrap();
    bench.clock.set(EXPIRED_AT);
    for _ in 0..3 {
        assert!(matches!(sink.send(2).await, Err(GuardedError::Ended(Rejection::InvalidToken(Reason::Expired)))));
    }
    sink.close().await.unwrap();
    assert_eq!(bench.reasons(), [Reason::Expired]);
}

/// A sink with a slow reader: before it accepts an item, and before it has sent it.
#[tokio::test]
async fn h21_a_waiting_writer_resumes_at_the_end() {
    for until_it_is_passed_on in [false, true] {
        let bench = bench().await;
        let stuck = sink::unfold((), async |(), _: u8| std::future::pending::<Result<(), Infallible>>().await);
        let mut sink = bench.auth.guard(Box::pin(stuck));
        let written = async {
            loop {
                let written = if until_it_is_passed_on { sink.send(0).await } else { sink.feed(0).await };
                if let Err(error) = written {
                    return error;
                }
            }
        };
        let revoked = async {
            tokio::time::sleep(OFTEN).await;
            bench.revoke();
            tokio::time::sleep(OFTEN * 100).await;
        };
        let error = tokio::select! { error = written => error, () = revoked => panic!("it still waits") };
        assert!(matches!(error, GuardedError::Ended(Rejection::InvalidToken(Reason::Revoked))), "{error:?}");
        assert_eq!(bench.reasons(), [Reason::Revoked]);
    }
}

#[tokio::test]
async fn h21_an_item_that_arrives_after_the_end_is_dropped() {
    let bench = bench().await;
    let clock = bench.clock.clone();
    let late = stream::once(async move {
        clock.set(EXPIRED_AT);
        Ok::<_, Infallible>("late")
    });
    let mut late = bench.auth.guard(Box::pin(late));
    assert!(matches!(late.next().await, Some(Err(GuardedError::Ended(Rejection::InvalidToken(Reason::Expired))))));
    assert_eq!(bench.reasons(), [Reason::Expired]);
}

#[tokio::test]
async fn h21_a_sink_that_was_ready_before_the_end_accepts_nothing_after_it() {
    let bench = bench().await;
    let mut sink = bench.auth.guard(sink::drain());
    poll_fn(|cx| sink.poll_ready_unpin(cx)).await.unwrap();
    bench.clock.set(EXPIRED_AT);
    assert!(matches!(sink.start_send_unpin(1), Err(GuardedError::Ended(_))));
    assert_eq!(bench.reasons(), [Reason::Expired]);
}

/// P6: a panic is a failure, so the stream ends.
#[tokio::test]
async fn h21_a_clock_that_panics_ends_a_stream() {
    let bench = bench().await;
    let mut numbers = bench.auth.guard(stream::iter(0_u64..).map(Ok::<_, Infallible>));
    assert!(matches!(numbers.next().await, Some(Ok(0))));
    bench.clock_breaks.store(true, Ordering::SeqCst);
    let why = match numbers.next().await {
        Some(Err(GuardedError::Ended(why))) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(why, Rejection::Unavailable(Reason::VerifierPanicked));
    assert_eq!(bench.auth.ended().await, why);
    assert!(numbers.next().await.is_none());
    assert_eq!(bench.reasons(), [Reason::VerifierPanicked; 2]);
}

#[tokio::test]
async fn an_ended_stream_continues_only_with_a_newer_token() {
    let bench = bench().await;
    let mut numbers = bench.auth.guard(stream::iter(0_u64..).map(Ok::<_, Infallible>));
    assert!(matches!(numbers.next().await, Some(Ok(0))));
    bench.clock.set(EXPIRED_AT);
    assert!(matches!(numbers.next().await, Some(Err(GuardedError::Ended(_)))));
    for _ in 0..3 {
        assert!(numbers.next().await.is_none());
    }
    assert_eq!(bench.reasons(), [Reason::Expired]);
    assert!(numbers.renew(&good_until(NOW + 300)).await.is_err());
    assert!(numbers.next().await.is_none(), "an expired token continued the stream");
    assert_eq!(bench.reasons(), [Reason::Expired]);
    numbers.renew(&good_until(NOW + 600)).await.unwrap();
    assert!(matches!(numbers.next().await, Some(Ok(1))));
    bench.clock.set(NOW + 630);
    assert!(matches!(numbers.next().await, Some(Err(GuardedError::Ended(_)))));
    assert_eq!(bench.reasons(), [Reason::Expired]);
}

/// A stream that is dropped before its end was reported has no rejection.
#[tokio::test]
async fn a_stream_that_is_dropped_in_time_makes_no_event() {
    let bench = bench().await;
    let mut numbers = bench.auth.guard(stream::pending::<Result<u64, Infallible>>());
    assert!(numbers.next().now_or_never().is_none());
    drop(numbers);
    bench.clock.set(EXPIRED_AT);
    tokio::time::sleep(OFTEN * 3).await;
    assert_eq!(bench.reasons(), []);
}

/// T28: the same `sub` of two issuers is two callers.
#[tokio::test]
async fn h21_a_token_of_the_same_subject_of_another_issuer_does_not_continue_a_stream() {
    let bench = bench().await;
    let mut numbers = bench.auth.guard(stream::pending::<Result<u64, Infallible>>());
    let same_subject = Mint::untrusted(Algorithm::Ed25519).token_of(KID, &with(claims(), "iss", PARTNERS));
    assert_eq!(numbers.renew(&same_subject).await, Err(Rejection::InvalidToken(Reason::OtherCaller)));
    assert_eq!(numbers.claims().iss, ISSUER);
    assert_eq!(bench.reasons(), [Reason::OtherCaller]);
}

/// The check comes long after the expiry.
#[tokio::test]
async fn h21_an_idle_stream_ends_at_once_when_its_token_expires() {
    let bench = bench_with_interval(SELDOM).await;
    let mut silent = bench.auth.guard(stream::pending::<Result<u64, Infallible>>());
    bench.clock.set(EXPIRED_AT - 1);
    assert!(silent.next().now_or_never().is_none());
    bench.clock.set(EXPIRED_AT);
    let end = tokio::time::timeout(Duration::from_secs(20), silent.next()).await.expect("an end within a second");
    assert!(matches!(end, Some(Err(GuardedError::Ended(Rejection::InvalidToken(Reason::Expired))))), "{end:?}");
    assert_eq!(bench.reasons(), [Reason::Expired]);
}
