//! Requests that are cancelled while the replay store answers.

use super::super::{DeliveryKey, MemoryReplays, ReplayError, ReplayStore};
use super::claims::{BODY, claim, is_released, signatures};
use super::support::{GitHub, SECRET, github, headers, reason};
use crate::credential::signature::DeliveryClaim;
use crate::rejection::Refusal;
use auth_events::Reason;
use http::StatusCode;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;
use test_support::LIMIT;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Writes a claim at once, and answers when the test permits it.
#[derive(Clone)]
struct SlowStore {
    memory: MemoryReplays,
    permits: Arc<Semaphore>,
    answered: Arc<AtomicUsize>,
}

impl SlowStore {
    fn with_permits(permits: usize) -> Self {
        let permits = Arc::new(Semaphore::new(permits));
        Self { memory: MemoryReplays::default(), permits, answered: Arc::default() }
    }
}

impl ReplayStore for SlowStore {
    fn claim<'a>(
        &'a self,
        delivery: &'a DeliveryKey,
        keep: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send + 'a>> {
        Box::pin(async move {
            let outcome = self.memory.claim(delivery, keep).await;
            self.permits.acquire().await.expect("an open semaphore").forget();
            self.answered.fetch_add(1, Ordering::SeqCst);
            outcome
        })
    }

    fn handled<'a>(
        &'a self,
        delivery: &'a DeliveryKey,
        keep: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send + 'a>> {
        self.memory.handled(delivery, keep)
    }

    fn release<'a>(
        &'a self,
        delivery: &'a DeliveryKey,
    ) -> Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send + 'a>> {
        self.memory.release(delivery)
    }
}

/// The client closes its connection while the store has not answered.
async fn cancelled(claim: impl Future<Output = Result<DeliveryClaim, Refusal>>) {
    let mut claim = pin!(claim);
    let is_waiting = poll_fn(|cx| Poll::Ready(claim.as_mut().poll(cx).is_pending())).await;
    assert!(is_waiting, "the store has answered");
}

#[tokio::test]
async fn a_claim_that_is_cancelled_before_its_answer_is_released() {
    let store = SlowStore::with_permits(0);
    let ours = signatures::<GitHub>(SECRET, store.clone());
    let headers = headers(&[("x-hub-signature-256", github(SECRET, BODY))]);
    cancelled(claim(&ours, &headers)).await;
    store.permits.add_permits(Semaphore::MAX_PERMITS / 2);
    is_released(&ours, &headers).await;
}

/// P6: the answer to a cancelled request shows that the claim is another's, so it stays.
#[tokio::test]
async fn a_replay_that_is_cancelled_does_not_release_the_claim_of_the_first() {
    let store = SlowStore::with_permits(1);
    let ours = signatures::<GitHub>(SECRET, store.clone());
    let headers = headers(&[("x-hub-signature-256", github(SECRET, BODY))]);
    let open = claim(&ours, &headers).await.expect("a new delivery");
    cancelled(claim(&ours, &headers)).await;
    store.permits.add_permits(Semaphore::MAX_PERMITS / 2);
    let answered = async {
        while store.answered.load(Ordering::SeqCst) < 2 {
            tokio::task::yield_now().await;
        }
    };
    timeout(LIMIT, answered).await.expect("the cancelled claim has no answer");
    // A release would be a task of this thread, which these let run.
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert_eq!(reason(claim(&ours, &headers).await), Reason::ReplayedSignature);
    open.answered(StatusCode::OK).await;
    assert_eq!(reason(claim(&ours, &headers).await), Reason::AlreadyDelivered);
}
