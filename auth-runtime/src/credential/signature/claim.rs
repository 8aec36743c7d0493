//! Claims a verified delivery, so that its handler runs once: [`DeliveryClaim`].

use super::claiming::Claiming;
use super::replay::{DeliveryKey, ReplayError, ReplayStore};
use super::scheme::{Scheme, TimestampPlace};
use super::signatures::SharedSignatures;
use super::{Signatures, VerifiedDelivery};
use crate::base::DualClockInstant;
use crate::rejection::{Refusal, Rejection, isolate};
use auth_events::Reason;
use http::StatusCode;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// How long the store may take to end a claim. The response waits for it.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// How long a handler may take before the sender can repeat the delivery.
///
/// An instance that is killed cannot release its claims, and a sender waits less than a minute.
pub(super) const LEASE: Duration = Duration::from_secs(5 * 60);

/// How long a claim is surely that of the request that asked for it.
///
/// The store may count a lease by another clock, and a request to it takes time.
pub(super) const OURS: Duration = LEASE.saturating_sub(Duration::from_secs(10));

/// How far the clocks of two instances may differ.
const LEEWAY: Duration = Duration::from_secs(60);

/// What a second request with the same key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecondArrival {
    /// A replay: the sender signs each attempt anew, with its time.
    IsReplay,
    /// It may be the sender, which repeats a delivery without an answer.
    MayBeSender,
}

impl Scheme {
    pub(super) const fn second_arrival(&self) -> SecondArrival {
        match (self.timestamp, self.delivery_id) {
            (TimestampPlace::NotSent, _) | (_, Some(_)) => SecondArrival::MayBeSender,
            _ => SecondArrival::IsReplay,
        }
    }

    /// Returns how long the timestamp of one request can be accepted, on all instances.
    pub(super) fn accepted_for(&self) -> Duration {
        self.tolerance.map_or(Duration::ZERO, |tolerance| tolerance * 2 + LEEWAY)
    }
}

/// A delivery that runs the handler now.
///
/// The gate ends it with [`answered`](Self::answered). A claim that is dropped before, because the
/// handler panicked or the client is gone, lets the sender repeat the delivery.
#[must_use = "end it with `answered`, or the sender may repeat the delivery"]
pub(crate) struct DeliveryClaim(Option<OpenClaim>);

pub(super) struct OpenClaim {
    pub(super) store: Arc<dyn ReplayStore>,
    pub(super) key: DeliveryKey,
    pub(super) asked_at: DualClockInstant,
    keep: Duration,
}

impl OpenClaim {
    /// Lets the sender repeat the delivery.
    ///
    /// P6: not after the lease, because another request may have claimed the delivery since, and
    /// its handler may be running.
    async fn release(self) -> Result<(), ReplayError> {
        let time_left = OURS.saturating_sub(self.asked_at.elapsed(SystemTime::now()));
        // A time-out of zero would ask the store once.
        if time_left.is_zero() {
            return Ok(());
        }
        // The task that drops a claim has no other limit.
        timeout(time_left.min(TIME_LIMIT), self.store.release(&self.key)).await.unwrap_or(Ok(()))
    }
}

impl<S> Signatures<S> {
    /// Claims a delivery. It is refused when it was claimed or handled before.
    ///
    /// P6: a store that is unreachable or full refuses it too. The pipeline isolates a panic and a
    /// time-out.
    pub(crate) async fn claim(&self, delivery: VerifiedDelivery) -> Result<DeliveryClaim, Refusal> {
        let shared = &*self.shared;
        let second = shared.scheme.second_arrival();
        let keys = delivery.keys(shared);
        match second {
            SecondArrival::IsReplay => {
                for key in &keys {
                    let claimed = shared.replays.claim(key, shared.scheme.accepted_for()).await;
                    claimed.map_err(|error| refused(error, second))?;
                }
                Ok(DeliveryClaim(None))
            }
            SecondArrival::MayBeSender => {
                // P6: such a scheme has an id or one signature. Without one key nothing is claimed.
                let [key] = *keys else { return Err(Rejection::Unavailable(Reason::VerifierUnavailable).into()) };
                let (store, keep) = (Arc::clone(&shared.replays), shared.keep_deliveries_for);
                Claiming::new(OpenClaim { store, key, asked_at: DualClockInstant::new(SystemTime::now()), keep })
                    .await
                    .map_err(|error| refused(error, second))
            }
        }
    }
}

impl VerifiedDelivery {
    /// Returns the id where the scheme signs it, and each signature otherwise.
    ///
    /// P6: all signatures that are valid, because an attacker could remove one of two.
    fn keys(&self, shared: &SharedSignatures) -> Vec<DeliveryKey> {
        if let Some(id) = &self.id {
            return vec![DeliveryKey::of(shared.sender, "id", id.as_bytes())];
        }
        let mut keys: Vec<_> = self.macs.iter().map(|mac| DeliveryKey::of(shared.sender, "mac", mac)).collect();
        // A header may have the same signature twice, and two secrets may be the same.
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

fn refused(error: ReplayError, second: SecondArrival) -> Refusal {
    let replayed = |detail| Refusal::because(Rejection::InvalidSignature(Reason::ReplayedSignature), detail);
    match (error, second) {
        (ReplayError::Claimed, SecondArrival::IsReplay) => replayed("the same signature was accepted before"),
        (ReplayError::Claimed, SecondArrival::MayBeSender) => replayed("the same delivery is being handled"),
        (ReplayError::Handled, _) => Rejection::AlreadyDelivered.into(),
        (error @ (ReplayError::NoRoom(_) | ReplayError::StoreDown(_) | ReplayError::StoreGarbled(_)), _) => Refusal {
            detail: Some(error.to_string().into()),
            ..Rejection::Unavailable(Reason::VerifierUnavailable).into()
        },
    }
}

impl DeliveryClaim {
    /// Names a delivery that the store has claimed for this request.
    pub(super) fn open(claim: OpenClaim) -> Self {
        Self(Some(claim))
    }

    /// Ends the claim with the status of the handler's response.
    ///
    /// Only 2xx counts as handled, because a sender repeats a delivery with any other answer. If
    /// the store cannot write, the claim ends with its time and the sender may repeat the delivery.
    pub(crate) async fn answered(mut self, status: StatusCode) {
        let Some(claim) = self.0.take() else { return };
        let write = async move {
            let written = if status.is_success() {
                claim.store.handled(&claim.key, claim.keep).await
            } else {
                claim.release().await
            };
            written.map_err(|error| refused(error, SecondArrival::MayBeSender))
        };
        // A task, so that a client that leaves now does not stop it. The handler has succeeded, and
        // would otherwise run again for the next attempt.
        drop(tokio::spawn(isolate(TIME_LIMIT, write)).await);
    }
}

impl Drop for DeliveryClaim {
    fn drop(&mut self) {
        if let Some(claim) = self.0.take()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(claim.release());
        }
    }
}

impl fmt::Debug for DeliveryClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliveryClaim").finish_non_exhaustive()
    }
}
