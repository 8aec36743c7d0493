//! Published keys, as requests see them.

use super::super::VerifyingKey;
use super::super::key_index::KeyIndex;
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

/// A handle to published keys. The task that refreshes them ends with the last handle.
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

/// The state that requests and the task share.
pub(super) struct Shared {
    pub(super) snapshot: ArcSwapOption<Snapshot>,
    pub(super) attempts: watch::Sender<Attempts>,
    /// Requests an attempt before it is due.
    pub(super) wake: Notify,
    /// The events of each verifier with these keys, and its name for the issuer.
    pub(super) listeners: Mutex<Vec<(Events, Arc<str>)>>,
    pub(super) cooldown: Duration,
    pub(super) max_age: Duration,
    pub(super) issuer: Option<String>,
    pub(super) description: String,
}

/// The keys at one time.
pub(super) struct Snapshot {
    pub(super) keys: Arc<KeyIndex>,
    pub(super) skipped: Vec<String>,
    /// The `ETag` of the response, and its URL.
    pub(super) etag: Option<(CheckedUrl, HeaderValue)>,
    pub(super) requested_at: Instant,
    /// The verifier's time at the first request that used it.
    ///
    /// A second clock, for machines that were suspended or restored from an image meanwhile.
    pub(super) first_used_at: OnceLock<SystemTime>,
    pub(super) too_old_reported: AtomicBool,
}

impl Snapshot {
    /// The age by the clock that shows more.
    fn age(&self, now: SystemTime) -> Duration {
        let first_used_at = *self.first_used_at.get_or_init(|| now);
        self.requested_at.elapsed().max(now.duration_since(first_used_at).unwrap_or_default())
    }
}

/// The attempts to read the keys.
#[derive(Clone, Default)]
pub(super) struct Attempts {
    pub(super) started: u64,
    pub(super) finished: u64,
    pub(super) last_started: Option<Instant>,
    /// Why the latest attempt failed, if it did. Consecutive failures are one outage.
    pub(super) failure: Option<FetchError>,
    pub(super) failures_in_a_row: u32,
}

impl Attempts {
    pub(super) fn are_cooling_down(&self, cooldown: Duration) -> bool {
        self.last_started.is_some_and(|started| started.elapsed() < cooldown)
    }
}

impl Remote {
    /// Reads the current keys, unless they are too old or not fetched yet.
    pub(crate) fn current<T>(&self, now: SystemTime, look: impl FnOnce(&KeyIndex) -> T) -> Result<T, Refusal> {
        // The last good keys stay in use for a while, as in any outage.
        let _ = self.ended();
        let snapshot = self.shared.snapshot.load();
        let Some(snapshot) = &*snapshot else {
            return Err(unavailable("the keys of the issuer are not fetched yet"));
        };
        // P6: the issuer may have removed a key long ago, so old keys do not verify tokens.
        if snapshot.age(now) > self.shared.max_age {
            if !snapshot.too_old_reported.swap(true, Ordering::Relaxed) {
                let detail = "they could not be refreshed; tokens get 503".to_owned();
                self.shared.change(|| vec![(NoticeKind::KeySetTooOld, detail)]);
            }
            return Err(unavailable("the keys of the issuer are too old"));
        }
        Ok(look(&snapshot.keys))
    }

    /// Finds the key for a token, and refreshes the keys if its `kid` is unknown.
    pub(crate) async fn find(
        &self,
        kid: Option<&str>,
        algorithm: &str,
        now: SystemTime,
    ) -> Result<VerifyingKey, Refusal> {
        let find = |keys: &KeyIndex| keys.find(kid, algorithm).cloned();
        if let Ok(found) = self.current(now, find) {
            match found {
                // New keys cannot help a token without a `kid`. They may help a token with one,
                // also when a key without a `kid` was tried in its place.
                Err(Refusal {
                    rejection: Rejection::InvalidToken(Reason::UnknownKey | Reason::AlgorithmNotAllowed),
                    ..
                }) if kid.is_some() => {}
                found => return found,
            }
        }
        let failure = self.refresh().await;
        match (self.current(now, find)?, failure) {
            // P6: the token may be valid, and that cannot be decided.
            (
                Err(Refusal {
                    rejection: Rejection::InvalidToken(Reason::UnknownKey | Reason::AlgorithmNotAllowed),
                    ..
                }),
                Some(_),
            ) => Err(unavailable("no key with this kid, and the issuer is unreachable")),
            (found, _) => found,
        }
    }

    /// Waits for an attempt that is in progress or due, and returns why the latest one failed.
    ///
    /// Within the cooldown of the last attempt it does not wait. The task makes one attempt for all
    /// requests, and a request that stops waiting does not cancel it.
    async fn refresh(&self) -> Option<FetchError> {
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

    /// P7: when the runtime of the task has ended, the keys are not refreshed any more.
    ///
    /// That is an outage without end. The first request that detects it reports it, once.
    fn ended(&self) -> Option<FetchError> {
        if !self.task.is_finished() {
            return None;
        }
        let failure = self.ended.get_or_init(|| {
            let why = "the runtime that refreshes the keys has ended: fetch them in the runtime that serves";
            let failure = FetchError::new(self.shared.description.as_str(), why);
            self.shared.change(|| {
                let mut notices = Vec::new();
                self.shared.attempts.send_modify(|attempts| {
                    if attempts.failure.replace(failure.clone()).is_none() {
                        notices.push((NoticeKind::KeySetUnavailable, failure.to_string()));
                    }
                });
                notices
            });
            failure
        });
        Some(failure.clone())
    }

    /// Reports to these events from now on, starting with current problems. Repeated calls have no
    /// effect.
    pub(crate) fn report_to(&self, events: &Events, issuer: &Arc<str>) {
        let shared = &*self.shared;
        let (failure, snapshot) = {
            let mut listeners = shared.listeners();
            if listeners.iter().any(|(listener, name)| listener.are(events) && name == issuer) {
                return;
            }
            listeners.push((events.clone(), Arc::clone(issuer)));
            (shared.attempts.borrow().failure.clone(), shared.snapshot.load_full())
        };
        if let Some(snapshot) = &snapshot {
            internal::keys_read(issuer, snapshot.requested_at.elapsed(), snapshot.keys.len());
        }
        let notify = |kind, detail: &str| events.notice(&internal::notice(kind, Some(Arc::clone(issuer)), detail));
        if let Some(failure) = failure {
            notify(NoticeKind::KeySetUnavailable, &failure.to_string());
        }
        if snapshot.as_ref().is_some_and(|snapshot| snapshot.keys.is_empty()) {
            notify(NoticeKind::KeySetEmptied, &shared.emptied_text());
        }
        for skipped in snapshot.iter().flat_map(|snapshot| &snapshot.skipped) {
            notify(NoticeKind::KeySkipped, skipped);
        }
    }

    /// The issuer whose discovery document names the keys.
    pub(crate) fn issuer(&self) -> Option<&str> {
        self.shared.issuer.as_deref()
    }
}

impl Shared {
    fn listeners(&self) -> MutexGuard<'_, Vec<(Events, Arc<str>)>> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Updates the metrics after the keys were read.
    pub(super) fn record_read(&self) {
        let count = self.snapshot.load().as_ref().map_or(0, |snapshot| snapshot.keys.len());
        for (_, issuer) in &*self.listeners() {
            internal::keys_read(issuer, Duration::ZERO, count);
        }
    }

    /// The text of the notice [`NoticeKind::KeySetEmptied`].
    pub(super) fn emptied_text(&self) -> String {
        format!("no key for signatures: {}: tokens of this issuer get 401 until it publishes one", self.description)
    }

    /// Makes a change, and then reports it.
    ///
    /// In this order, because a sink may be slow, and the change must be visible to the receiver of
    /// a notice. A listener that is added meanwhile either gets the notice, or sees the change.
    pub(super) fn change(&self, change: impl FnOnce() -> Vec<(NoticeKind, String)>) {
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

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.url, self.why)
    }
}

/// The source of the keys, for the posture.
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
