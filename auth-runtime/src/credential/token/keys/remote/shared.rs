//! The state that requests and the refreshing task share.

use super::super::key_index::KeyIndex;
use super::doubts::Doubts;
use super::fetch::FetchError;
use super::published::Remarks;
use crate::base::http::url::CheckedUrl;
use arc_swap::ArcSwapOption;
use auth_events::internal::{self, Report};
use auth_events::{Events, NoticeKind};
use http::HeaderValue;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

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
    /// Why the keys may be fetched without TLS.
    pub(super) plain_http: Option<&'static str>,
    pub(super) doubts: Mutex<Doubts>,
    pub(super) description: String,
}

/// The keys at one time.
pub(super) struct Snapshot {
    pub(super) keys: Arc<KeyIndex>,
    pub(super) remarks: Remarks,
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
    pub(super) fn age(&self, now: SystemTime) -> Duration {
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
        self.cooled_at(cooldown).is_some()
    }

    /// The end of the cooldown, if that is in the future.
    pub(super) fn cooled_at(&self, cooldown: Duration) -> Option<Instant> {
        self.last_started.filter(|started| started.elapsed() < cooldown).map(|started| started + cooldown)
    }
}

impl Shared {
    pub(super) fn listeners(&self) -> MutexGuard<'_, Vec<(Events, Arc<str>)>> {
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
    pub(super) fn emptied_text(&self, remarks: &Remarks) -> String {
        let unused = remarks.unused();
        let faults = if unused.is_empty() { unused } else { format!(" ({unused})") };
        format!(
            "no key for signatures: {}: tokens of this issuer get 401 until it publishes one{faults}",
            self.description
        )
    }

    /// The notice of a failure: whether the last good keys are still used, or there are none.
    pub(super) fn failure_notice(&self, failure: &FetchError) -> (NoticeKind, String) {
        match &*self.snapshot.load() {
            Some(_) => (NoticeKind::KeySetUnavailable, failure.to_string()),
            None => (NoticeKind::KeySetMissing, format!("no keys yet, so tokens of this issuer get 503: {failure}")),
        }
    }

    /// The notices of a set that was read.
    pub(super) fn notices(
        &self,
        before: Option<&Snapshot>,
        keys: &KeyIndex,
        remarks: &Remarks,
    ) -> Vec<(NoticeKind, String)> {
        let mut notices = Vec::new();
        // P7: a fault that stays is reported once.
        let mut report = |kind, texts: &[String], reported: Option<&Vec<String>>| {
            let unreported = texts.iter().filter(|text| reported.is_none_or(|reported| !reported.contains(text)));
            notices.extend(unreported.map(|text| (kind, text.clone())));
        };
        report(NoticeKind::KeySkipped, &remarks.skipped, before.map(|before| &before.remarks.skipped));
        report(NoticeKind::KeyRepaired, &remarks.repaired, before.map(|before| &before.remarks.repaired));
        let was_empty = before.is_some_and(|before| before.keys.is_empty());
        if !keys.is_empty() {
            let difference = before.and_then(|before| keys.difference(&before.keys));
            notices.extend(difference.map(|difference| (NoticeKind::KeySetChanged, difference)));
        } else if !was_empty {
            notices.push((NoticeKind::KeySetEmptied, self.emptied_text(remarks)));
        }
        notices
    }

    /// Decides about unknown `kid`s with a set that was read.
    pub(super) fn settle_doubts(&self, before: Option<&Snapshot>, read: &Snapshot, cooldown: Duration) {
        let mut doubts = self.doubts();
        doubts.read(&read.keys, Instant::now(), cooldown);
        // The issuer has stated that these keys do not verify tokens.
        let removed = before.iter().flat_map(|before| before.keys.kids());
        for kid in removed.chain(read.remarks.unused_kids.iter().map(String::as_str)) {
            if !read.keys.has_kid(kid) {
                doubts.decide(kid);
            }
        }
    }

    pub(super) fn doubts(&self) -> MutexGuard<'_, Doubts> {
        self.doubts.lock().unwrap_or_else(PoisonError::into_inner)
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
