//! The revocation check of a verifier, and how it treats an outage of the store.

use super::{RevocationError, Revocations, TokenIdentity};
use crate::base::{DualClockInstant, format_duration};
use crate::credential::VerifiedClaims;
use crate::rejection::{Refusal, Rejection};
use auth_events::internal::{self, Report};
use auth_events::{Events, NoticeKind, Reason};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// How long the store must answer until an outage ends.
///
/// One good answer among failures does not end it.
const RECOVERY: Duration = Duration::from_secs(10);

/// A revocation store, and how long tokens are accepted without it.
pub(crate) struct RevocationChecker {
    store: Arc<dyn Revocations>,
    grace: Duration,
    leeway: Duration,
    /// Avoids the lock while the store answers.
    is_down: AtomicBool,
    outage: Mutex<Option<Outage>>,
}

#[derive(Clone, Copy)]
struct Outage {
    began: DualClockInstant,
    last_failed: DualClockInstant,
}

impl RevocationChecker {
    pub(in super::super) fn new(store: Arc<dyn Revocations>, grace: Duration, leeway: Duration) -> Self {
        store.attach_verifier();
        Self { store, grace, leeway, is_down: AtomicBool::new(false), outage: Mutex::default() }
    }

    /// P6: rejects a token that is revoked, and a token for which the store cannot decide.
    pub(crate) async fn check(&self, claims: &VerifiedClaims, now: SystemTime, events: &Events) -> Result<(), Refusal> {
        match self.store.check(&TokenIdentity::of(claims, self.leeway)).await {
            Ok(()) => {
                self.store_answered(now, events);
                Ok(())
            }
            Err(RevocationError::Revoked) => {
                self.store_answered(now, events);
                Err(Rejection::InvalidToken(Reason::Revoked).into())
            }
            Err(RevocationError::Unavailable(why)) => self.store_failed(now, events, why),
            // P6: the store has answered, so it is not an outage and the grace does not apply.
            Err(RevocationError::Unreadable(why)) => Err(undecided(why)),
        }
    }

    fn store_answered(&self, now: SystemTime, events: &Events) {
        if !self.is_down.load(Ordering::Acquire) {
            return;
        }
        let mut outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        let recovery = RECOVERY.max(self.grace);
        if outage.is_some_and(|outage| outage.last_failed.elapsed(now) >= recovery) {
            *outage = None;
            self.is_down.store(false, Ordering::Release);
            events.notice(&internal::notice(NoticeKind::RevocationsRestored, None, self.store.name()));
        }
    }

    /// P6: 503, unless a grace period is configured. It is counted from the start of the outage,
    /// and one good answer does not restart it.
    fn store_failed(&self, now: SystemTime, events: &Events, why: String) -> Result<(), Refusal> {
        let mut outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        let began = outage.map_or_else(|| DualClockInstant::new(now), |outage| outage.began);
        if outage.replace(Outage { began, last_failed: DualClockInstant::new(now) }).is_none() {
            self.is_down.store(true, Ordering::Release);
            let meanwhile = match self.grace {
                Duration::ZERO => "tokens get 503".to_owned(),
                grace => {
                    format!("for {} tokens are accepted without the check, then they get 503", format_duration(grace))
                }
            };
            let detail = format!("{}: {why}; {meanwhile}", self.store.name());
            events.notice(&internal::notice(NoticeKind::RevocationsUnavailable, None, detail));
        }
        if began.elapsed(now) < self.grace {
            return Ok(());
        }
        Err(undecided(why))
    }

    /// The name of the store for the posture, with the grace period.
    pub(crate) fn name(&self) -> String {
        match self.grace {
            Duration::ZERO => self.store.name(),
            grace => format!(
                "{}; WHILE IT IS DOWN, tokens are accepted without it for {}",
                self.store.name(),
                format_duration(grace)
            ),
        }
    }
}

fn undecided(why: String) -> Refusal {
    Refusal { detail: Some(why.into()), ..Rejection::Unavailable(Reason::VerifierUnavailable).into() }
}
