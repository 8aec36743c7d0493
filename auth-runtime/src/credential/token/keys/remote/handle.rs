//! What requests see of published keys.

use super::super::VerifyingKey;
use super::super::held::KeyIndex;
use super::fetch::FetchError;
use crate::base::http::url::CheckedUrl;
use crate::rejection::{Refusal, Rejection};
use arc_swap::ArcSwapOption;
use auth_events::Reason;
use auth_events::internal::{self, Report};
use auth_events::{Events, NoticeKind};
use http::HeaderValue;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;
use tokio::time::Instant;

/// Published keys, kept fresh. The task ends with the last handle.
pub(crate) struct Remote {
    pub(super) shared: Arc<Shared>,
    pub(super) task: AbortHandle,
    pub(super) ended: OnceLock<FetchError>,
}

impl Drop for Remote {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What requests see.
pub(super) struct Shared {
    pub(super) snapshot: ArcSwapOption<Snapshot>,
    pub(super) attempts: watch::Sender<Attempts>,
    /// Asks for an attempt before its time.
    pub(super) wake: Notify,
    /// Who is told: the events of each verifier with these keys, and the name of the issuer there.
    pub(super) listeners: Mutex<Vec<(Events, Arc<str>)>>,
    pub(super) cooldown: Duration,
    pub(super) max_age: Duration,
    pub(super) issuer: Option<String>,
    pub(super) description: String,
}

/// The keys as they were at one time.
pub(super) struct Snapshot {
    pub(super) keys: Arc<KeyIndex>,
    pub(super) skipped: Vec<String>,
    /// What the answer of which URL is called.
    pub(super) etag: Option<(CheckedUrl, HeaderValue)>,
    pub(super) asked_at: Instant,
    /// What the verifier's clock said to the first request that saw it: the second of two clocks, for machines that were
    /// suspended, or restored from an image, meanwhile.
    pub(super) seen_at: OnceLock<SystemTime>,
    pub(super) too_old_was_said: AtomicBool,
}

impl Snapshot {
    /// By the clock that says more.
    fn age(&self, now: SystemTime) -> Duration {
        let seen_at = *self.seen_at.get_or_init(|| now);
        self.asked_at.elapsed().max(now.duration_since(seen_at).unwrap_or_default())
    }
}

/// What was tried so far.
#[derive(Clone, Default)]
pub(super) struct Attempts {
    pub(super) started: u64,
    pub(super) finished: u64,
    pub(super) last_started: Option<Instant>,
    /// Why the latest failed, if it has. Many in a row are one outage.
    pub(super) failure: Option<FetchError>,
    pub(super) in_a_row: u32,
}

impl Attempts {
    pub(super) fn are_cooling_down(&self, cooldown: Duration) -> bool {
        self.last_started.is_some_and(|started| started.elapsed() < cooldown)
    }
}

impl Remote {
    /// Looks among the keys, unless they are too old or not there yet.
    pub(crate) fn current<T>(&self, now: SystemTime, look: impl FnOnce(&KeyIndex) -> T) -> Result<T, Refusal> {
        // The last good keys hold for a while, as in any outage.
        let _ = self.ended();
        let snapshot = self.shared.snapshot.load();
        let Some(snapshot) = &*snapshot else {
            return Err(unavailable("the keys of the issuer are not there yet"));
        };
        // P6: what an issuer may have taken back long ago verifies nothing.
        if snapshot.age(now) > self.shared.max_age {
            if !snapshot.too_old_was_said.swap(true, Ordering::Relaxed) {
                let said = "they could not be read again; tokens get 503".to_owned();
                self.shared.settle(|| vec![(NoticeKind::KeySetTooOld, said)]);
            }
            return Err(unavailable("the keys of the issuer are too old"));
        }
        Ok(look(&snapshot.keys))
    }

    /// The one key for a token; the keys are read again when it names one that isn't there.
    pub(crate) async fn find(
        &self,
        kid: Option<&str>,
        algorithm: &str,
        now: SystemTime,
    ) -> Result<VerifyingKey, Refusal> {
        let find = |keys: &KeyIndex| keys.find(kid, algorithm).cloned();
        if let Ok(found) = self.current(now, find) {
            match found {
                // Of a token without a name it is known that more keys won't help. Of one with a name it is not, also where
                // a key without a name was tried in its place.
                Err(Refusal {
                    rejection: Rejection::InvalidToken(Reason::UnknownKey | Reason::AlgorithmNotAllowed),
                    ..
                }) if kid.is_some() => {}
                found => return found,
            }
        }
        let failure = self.attempted().await;
        match (self.current(now, find)?, failure) {
            // P6: it may be good, and nobody can tell.
            (
                Err(Refusal {
                    rejection: Rejection::InvalidToken(Reason::UnknownKey | Reason::AlgorithmNotAllowed),
                    ..
                }),
                Some(_),
            ) => Err(unavailable("no key of this name, and the issuer can't be asked")),
            (found, _) => found,
        }
    }

    /// Waits for an attempt that is under way or due; within the cooldown of the last one, for nothing. What is wrong
    /// with the latest, if something is.
    ///
    /// The attempt is the task's, and one for all who wait: who stops waiting stops nothing.
    async fn attempted(&self) -> Option<FetchError> {
        let shared = &*self.shared;
        if let Some(ended) = self.ended() {
            return Some(ended);
        }
        let mut attempts = shared.attempts.subscribe();
        let seen = attempts.borrow_and_update().clone();
        let awaited = if seen.started > seen.finished {
            seen.started
        } else if seen.are_cooling_down(shared.cooldown) {
            return seen.failure;
        } else {
            shared.wake.notify_one();
            seen.finished + 1
        };
        let attempts = attempts.wait_for(|attempts| attempts.finished >= awaited).await;
        attempts.ok().and_then(|attempts| attempts.failure.clone())
    }

    /// P7: nobody reads the keys any more when the runtime is gone in which they were read. An outage without end, which
    /// is said once, to the first request that sees it.
    fn ended(&self) -> Option<FetchError> {
        if !self.task.is_finished() {
            return None;
        }
        let failure = self.ended.get_or_init(|| {
            let why = "the runtime in which they were read has ended; nobody reads them any more";
            let failure = FetchError::new(self.shared.description.as_str(), why);
            self.shared.settle(|| {
                let mut notices = Vec::new();
                self.shared.attempts.send_modify(|attempts| {
                    if attempts.failure.replace(failure.clone()).is_none() {
                        notices.push((NoticeKind::KeySetUnavailable, failure.said()));
                    }
                });
                notices
            });
            failure
        });
        Some(failure.clone())
    }

    /// Tells these events from now on, and of what went wrong before they were there; once, however often it is asked.
    pub(crate) fn report_to(&self, events: &Events, issuer: &Arc<str>) {
        let shared = &*self.shared;
        let (failure, snapshot) = {
            let mut listeners = shared.listeners();
            if listeners.iter().any(|(known, of)| known.are(events) && of == issuer) {
                return;
            }
            listeners.push((events.clone(), Arc::clone(issuer)));
            (shared.attempts.borrow().failure.clone(), shared.snapshot.load_full())
        };
        if let Some(snapshot) = &snapshot {
            internal::keys_read(issuer, snapshot.asked_at.elapsed(), snapshot.keys.len());
        }
        let tell = |kind, detail: &str| events.notice(&internal::notice(kind, Some(Arc::clone(issuer)), detail));
        if let Some(failure) = failure {
            tell(NoticeKind::KeySetUnavailable, &failure.said());
        }
        if snapshot.as_ref().is_some_and(|snapshot| snapshot.keys.is_empty()) {
            tell(NoticeKind::KeySetEmptied, &shared.emptied());
        }
        for skipped in snapshot.iter().flat_map(|snapshot| &snapshot.skipped) {
            tell(NoticeKind::KeySkipped, skipped);
        }
    }

    /// The issuer whose document names the keys.
    pub(crate) fn issuer(&self) -> Option<&str> {
        self.shared.issuer.as_deref()
    }
}

impl Shared {
    fn listeners(&self) -> MutexGuard<'_, Vec<(Events, Arc<str>)>> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says to the metrics that the keys have just been read.
    pub(super) fn read_now(&self) {
        let held = self.snapshot.load().as_ref().map_or(0, |snapshot| snapshot.keys.len());
        for (_, issuer) in &*self.listeners() {
            internal::keys_read(issuer, Duration::ZERO, held);
        }
    }

    /// For the notice.
    pub(super) fn emptied(&self) -> String {
        format!("no key for signatures: {}: tokens of this issuer get 401 until it publishes one", self.description)
    }

    /// Makes a change, and then tells of it.
    ///
    /// In this order, since a sink may be slow, and who acts on a notice has to find it true. Who begins to listen
    /// meanwhile is either told here, or finds the change made.
    pub(super) fn settle(&self, change: impl FnOnce() -> Vec<(NoticeKind, String)>) {
        let (notices, listeners) = {
            let listeners = self.listeners();
            (change(), listeners.clone())
        };
        for (kind, detail) in &notices {
            for (events, issuer) in &listeners {
                events.notice(&internal::notice(*kind, Some(Arc::clone(issuer)), detail.as_str()));
            }
        }
    }
}

fn unavailable(detail: &'static str) -> Refusal {
    Refusal::because(Rejection::Unavailable(Reason::VerifierUnavailable), detail)
}

impl FetchError {
    pub(super) fn said(&self) -> String {
        format!("{}: {}", self.url, self.why)
    }
}

/// Where the keys come from, for the posture.
impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shared.description)
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("keys", &self.shared.description).finish_non_exhaustive()
    }
}
