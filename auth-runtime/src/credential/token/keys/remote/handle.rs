//! Published keys, as requests see them.

use super::super::key_index::KeyIndex;
use super::fetch::FetchError;
use super::find::unavailable;
use super::shared::Shared;
use crate::rejection::Refusal;
use auth_events::internal::{self, Report};
use auth_events::{Events, NoticeKind};
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;
use tokio::task::AbortHandle;

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

    /// P7: when the runtime of the task has ended, the keys are not refreshed any more.
    ///
    /// That is an outage without end. The first request that detects it reports it, once.
    pub(super) fn ended(&self) -> Option<FetchError> {
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
                        notices.push(self.shared.failure_notice(&failure));
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
        if let Some(reason) = shared.plain_http {
            let detail = format!("{}: an attacker on the network can choose the keys: {reason}", shared.description);
            notify(NoticeKind::KeySetWithoutTls, &detail);
        }
        if let Some(failure) = failure {
            let (kind, detail) = shared.failure_notice(&failure);
            notify(kind, &detail);
        }
        let Some(snapshot) = snapshot else { return };
        if snapshot.keys.is_empty() {
            notify(NoticeKind::KeySetEmptied, &shared.emptied_text(&snapshot.remarks));
        }
        for skipped in &snapshot.remarks.skipped {
            notify(NoticeKind::KeySkipped, skipped);
        }
        for repaired in &snapshot.remarks.repaired {
            notify(NoticeKind::KeyRepaired, repaired);
        }
    }

    /// The issuer whose discovery document names the keys.
    pub(crate) fn issuer(&self) -> Option<&str> {
        self.shared.issuer.as_deref()
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
