//! How a verifier asks its store: what counts as an outage, and what it means meanwhile.

use super::{RevocationError, Revocations, TokenIdentity};
use crate::base::{DualClockInstant, format_duration};
use crate::credential::token::VerifiedClaims;
use crate::rejection::{Refusal, Rejection};
use auth_events::internal::{self, Report};
use auth_events::{Events, NoticeKind, Reason};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// An outage is over when the store has answered for this long: one good answer among bad ones ends nothing.
const SETTLED: Duration = Duration::from_secs(10);

fn undecided(why: String) -> Refusal {
    Refusal { detail: Some(why.into()), ..Rejection::Unavailable(Reason::VerifierUnavailable).into() }
}

/// A store, and how long tokens pass without it.
pub(crate) struct RevocationChecker {
    store: Arc<dyn Revocations>,
    without_for: Duration,
    leeway: Duration,
    /// So that a store that is well costs no lock.
    is_down: AtomicBool,
    outage: Mutex<Option<Outage>>,
}

#[derive(Clone, Copy)]
struct Outage {
    began: DualClockInstant,
    last_failed: DualClockInstant,
}

impl RevocationChecker {
    pub(in super::super) fn new(store: Arc<dyn Revocations>, without_for: Duration, leeway: Duration) -> Self {
        store.is_asked();
        Self { store, without_for, leeway, is_down: AtomicBool::new(false), outage: Mutex::default() }
    }

    /// P6: a token that was taken back is refused, and so is one of which that can't be known.
    pub(crate) async fn check(
        &self,
        registered: &VerifiedClaims,
        now: SystemTime,
        events: &Events,
    ) -> Result<(), Refusal> {
        match self.store.check(&TokenIdentity::of(registered, self.leeway)).await {
            Ok(()) => {
                self.answered(now, events);
                Ok(())
            }
            Err(RevocationError::Revoked) => {
                self.answered(now, events);
                Err(Rejection::InvalidToken(Reason::Revoked).into())
            }
            Err(RevocationError::Unavailable(why)) => self.failed(now, events, why),
            // P6: the store has answered, so it is not an outage and the grace does not apply.
            Err(RevocationError::Unreadable(why)) => Err(undecided(why)),
        }
    }

    fn answered(&self, now: SystemTime, events: &Events) {
        if !self.is_down.load(Ordering::Acquire) {
            return;
        }
        let mut outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        let settled = SETTLED.max(self.without_for);
        if outage.is_some_and(|outage| outage.last_failed.elapsed(now) >= settled) {
            *outage = None;
            self.is_down.store(false, Ordering::Release);
            events.notice(&internal::notice(NoticeKind::RevocationsRestored, None, self.store.name()));
        }
    }

    /// P6: 503, unless the configuration says for how long tokens pass unasked. That time is counted from the start of
    /// the outage, and one good answer does not start it anew.
    fn failed(&self, now: SystemTime, events: &Events, why: String) -> Result<(), Refusal> {
        let mut outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        let began = outage.map_or_else(|| DualClockInstant::new(now), |outage| outage.began);
        if outage.replace(Outage { began, last_failed: DualClockInstant::new(now) }).is_none() {
            self.is_down.store(true, Ordering::Release);
            let meanwhile = match self.without_for {
                Duration::ZERO => "tokens get 503".to_owned(),
                grace => {
                    format!("for {} tokens pass without being asked about, then they get 503", format_duration(grace))
                }
            };
            let said = format!("{}: {why}; {meanwhile}", self.store.name());
            events.notice(&internal::notice(NoticeKind::RevocationsUnavailable, None, said));
        }
        if began.elapsed(now) < self.without_for {
            return Ok(());
        }
        Err(undecided(why))
    }

    /// For the posture.
    pub(crate) fn name(&self) -> String {
        match self.without_for {
            Duration::ZERO => self.store.name(),
            grace => format!(
                "{}; WHILE IT IS DOWN, tokens pass without it for {}",
                self.store.name(),
                format_duration(grace)
            ),
        }
    }
}
