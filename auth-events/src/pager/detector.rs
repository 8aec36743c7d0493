//! Decides, once a second, which alerts begin and end.

use super::cause::{cause, cause_of};
use super::page::{Alert, Page, PageState};
use super::thresholds::Thresholds;
use super::window::{Counts, Window};
use crate::refusal_counters::Sample;
use crate::{Class, Notice, NoticeKind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::SystemTime;

pub(super) struct Detector {
    service: Arc<str>,
    thresholds: Thresholds,
    window: Window,
    /// The unreachable dependencies according to notices, each with its issuer.
    unreachable: BTreeSet<(&'static str, Option<Arc<str>>)>,
    /// The issuers that publish no usable key.
    emptied: BTreeSet<Option<Arc<str>>>,
    active: BTreeMap<Alert, Active>,
}

struct Active {
    began: SystemTime,
    text: String,
    /// Seconds since the condition last held.
    quiet: u64,
    /// Seconds since the last page.
    since_page: u64,
}

/// How often, in seconds, a page is repeated for receivers that drop alerts after a time
/// (Alertmanager: after five minutes).
const REMIND: u64 = 60;
/// After so many seconds with one sink, the stream is stuck.
const STUCK: usize = 10;

/// Keys were never fetched.
const FIRST_KEYS: &str = "the first keys";
/// Keys cannot be fetched, and the last good ones are still used.
const FETCH: &str = "keys to fetch";
/// Keys cannot be fetched, and the last good ones are too old.
const KEYS: &str = "the issuer's keys";
const REVOCATIONS: &str = "the revocations";
/// Opaque tokens cannot be introspected.
const INTROSPECTION: &str = "the introspection of opaque tokens";

impl Detector {
    pub(super) fn new(service: Arc<str>, thresholds: Thresholds) -> Self {
        Self {
            service,
            thresholds,
            window: Window::default(),
            unreachable: BTreeSet::new(),
            emptied: BTreeSet::new(),
            active: BTreeMap::new(),
        }
    }

    /// Takes a notice into account.
    pub(super) fn notice(&mut self, notice: &Notice) {
        // P7: if one issuer is reachable again, the others may not be.
        let of = |what| (what, notice.issuer.clone());
        match notice.notice {
            NoticeKind::KeySetUnavailable => self.unreachable.insert(of(FETCH)),
            NoticeKind::KeySetMissing => self.unreachable.insert(of(FIRST_KEYS)),
            NoticeKind::KeySetTooOld => self.unreachable.insert(of(KEYS)),
            NoticeKind::KeySetRestored => {
                [KEYS, FETCH, FIRST_KEYS].into_iter().fold(false, |any, what| self.unreachable.remove(&of(what)) | any)
            }
            NoticeKind::KeySetEmptied => self.emptied.insert(notice.issuer.clone()),
            // Only a set with keys makes this notice. A set that is fetched again may still be
            // empty.
            NoticeKind::KeySetChanged => self.emptied.remove(&notice.issuer),
            NoticeKind::RevocationsUnavailable => self.unreachable.insert(of(REVOCATIONS)),
            NoticeKind::RevocationsRestored => self.unreachable.remove(&of(REVOCATIONS)),
            NoticeKind::IntrospectionUnavailable | NoticeKind::IntrospectionClientRefused => {
                self.unreachable.insert(of(INTROSPECTION))
            }
            NoticeKind::IntrospectionRestored => self.unreachable.remove(&of(INTROSPECTION)),
            _ => false,
        };
    }

    /// Evaluates a sample, once a second, and returns the pages to send.
    pub(super) fn look(&mut self, sample: &Sample) -> Vec<Page> {
        self.window.push(sample);
        Alert::WATCHED.into_iter().filter_map(|alert| self.evaluate(alert)).collect()
    }

    /// Compares the condition of an alert with its state, and makes the page for a change.
    fn evaluate(&mut self, alert: Alert) -> Option<Page> {
        let now = self.holds(alert);
        let calm = self.thresholds.calm.as_secs();
        let page = |text: &str, state, began| Some(Page::new(&self.service, alert, state, began, text));
        let page = match (now, self.active.get_mut(&alert)) {
            (None, None) => None,
            (Some(text), None) => {
                let began = SystemTime::now();
                let page = page(&text, PageState::Triggered, began);
                self.active.insert(alert, Active { began, text, quiet: 0, since_page: 0 });
                page
            }
            (Some(text), Some(active)) => {
                (active.text, active.quiet) = (text, 0);
                active.since_page += 1;
                (active.since_page >= REMIND).then(|| active.since_page = 0);
                if active.since_page == 0 { page(&active.text, PageState::Ongoing, active.began) } else { None }
            }
            (None, Some(active)) => {
                active.quiet += 1;
                active.since_page += 1;
                if active.quiet > calm {
                    let page = page(&active.text, PageState::Resolved, active.began);
                    self.active.remove(&alert);
                    page
                } else {
                    None
                }
            }
        };
        page.map(|page| Page { reasons: self.window.minute().reasons(), claims: self.window.claims(), ..page })
    }

    /// Describes the condition of an alert if it holds now.
    fn holds(&self, alert: Alert) -> Option<String> {
        let (minute, most) = (self.window.minute(), &self.thresholds);
        match alert {
            Alert::InvalidSpike => {
                let invalid = minute.of(Class::Invalid);
                (invalid > most.invalid && minute.exceeds(invalid, most.invalid_share)).then(|| {
                    let cause = cause_of(Class::Invalid, &minute, &self.window.claims());
                    format!("{invalid} invalid tokens within a minute: {cause}")
                })
            }
            // P8: a denied caller is authenticated.
            Alert::Blackout => (self.are_many(&minute) && minute.known() == 0).then(|| {
                self.explained(&format!("all of {} attempts have failed within a minute", minute.attempts()), &minute)
            }),
            Alert::FailureRatio => {
                let (failed, all) = (minute.failures(), minute.attempts());
                let is_most = all >= most.ratio_attempts && minute.exceeds(failed, most.ratio_share);
                // If all have failed, the alert is `Blackout`.
                (is_most && self.are_many(&minute) && failed < all).then(|| {
                    self.explained(&format!("{failed} of {all} attempts have failed within a minute"), &minute)
                })
            }
            Alert::Unavailable => {
                let undecided = minute.of(Class::Unavailable);
                let decisive =
                    self.unreachable.iter().map(|(what, _)| *what).filter(|what| ![FETCH, FIRST_KEYS].contains(what));
                let mut unreachable: Vec<_> = decisive.collect();
                unreachable.dedup();
                if !unreachable.is_empty() {
                    return Some(format!("{} cannot be reached", unreachable.join(" and ")));
                }
                (undecided > most.unavailable && minute.exceeds(undecided, most.unavailable_share))
                    .then(|| format!("authentication could not be decided for {undecided} requests within a minute"))
            }
            Alert::KeysUnavailable => {
                let any = |wanted| self.unreachable.iter().any(|(what, _)| *what == wanted);
                match (any(FIRST_KEYS), any(FETCH)) {
                    (true, _) => {
                        Some("an issuer has no keys yet: its tokens get 503 until they are fetched".to_owned())
                    }
                    (_, true) => {
                        Some("the issuer's keys cannot be fetched: the last good keys are still used".to_owned())
                    }
                    _ => None,
                }
            }
            Alert::KeySetEmptied => (!self.emptied.is_empty()).then(|| {
                let issuers: Vec<_> = self.emptied.iter().flatten().map(AsRef::as_ref).collect();
                format!("an issuer publishes no usable key, so all of its tokens get 401: {}", issuers.join(" and "))
            }),
            Alert::EventsDropped => {
                let failing = self.window.last().failing;
                match (minute.dropped, failing) {
                    (0, false) => None,
                    (0, true) => Some("a sink has dropped events and still takes none".to_owned()),
                    (dropped, _) => Some(format!("{dropped} events were dropped within a minute")),
                }
            }
            Alert::StreamStuck => (self.window.before(STUCK)?.heartbeats == self.window.last().heartbeats)
                .then(|| format!("the event stream has not moved for {STUCK} seconds: a sink blocks")),
            Alert::Drill => None,
        }
    }

    /// Returns whether there are enough failures for an alert about their share.
    ///
    /// Expired tokens and refused claims alone say little on an idle service, because a forgotten
    /// browser tab sends them too.
    fn are_many(&self, minute: &Counts) -> bool {
        minute.hard_failures() >= self.thresholds.hard_failures || minute.failures() >= self.thresholds.failures
    }

    /// Adds the cause to a condition.
    fn explained(&self, text: &str, minute: &Counts) -> String {
        format!("{text}: {}", cause(minute, &self.window.claims()))
    }
}

#[cfg(test)]
#[path = "detector_tests.rs"]
mod tests;
