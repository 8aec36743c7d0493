//! Decides, once a second, which alerts begin and end.

use super::page::{Alert, Page, PageState};
use super::window::{Counts, Window};
use crate::refusal_counters::Sample;
use crate::{Class, Notice, NoticeKind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// When an alert begins and ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thresholds {
    /// More invalid tokens than this within half a minute are a spike.
    pub(super) invalid: u64,
    /// How long the condition must be gone before the alert ends.
    ///
    /// A condition that comes and goes is then one alert.
    pub(super) calm: Duration,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { invalid: 5, calm: Duration::from_mins(1) }
    }
}

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
        page.map(|page| Page { reasons: self.window.reasons(30), ..page })
    }

    /// Describes the condition of an alert if it holds now.
    fn holds(&self, alert: Alert) -> Option<String> {
        let (half, minute) = (self.window.within(30), self.window.within(60));
        let attempts = |counts: &Counts| counts.accepted + counts.of(Class::Denied) + failures(counts);
        match alert {
            Alert::InvalidSpike => {
                let invalid = half.of(Class::Invalid);
                (invalid > self.thresholds.invalid).then(|| format!("{invalid} invalid tokens within half a minute"))
            }
            // P8: a denied caller is authenticated.
            Alert::Blackout => {
                // Expired tokens alone say little on an idle service: an old browser tab sends them
                // too.
                let never_valid = failures(&minute) - minute.of(Class::Expired);
                let many = never_valid >= 5 || failures(&minute) >= 20;
                (many && minute.accepted + minute.of(Class::Denied) == 0)
                    .then(|| format!("all of {} attempts have failed within a minute", attempts(&minute)))
            }
            Alert::FailureRatio => {
                let (failed, all) = (failures(&minute), attempts(&minute));
                // If all have failed, the alert is `Blackout`.
                (all >= 20 && failed * 2 > all && failed < all)
                    .then(|| format!("{failed} of {all} attempts have failed within a minute"))
            }
            Alert::Unavailable => {
                let undecided = self.window.within(10).of(Class::Unavailable);
                let decisive =
                    self.unreachable.iter().map(|(what, _)| *what).filter(|what| ![FETCH, FIRST_KEYS].contains(what));
                let mut unreachable: Vec<_> = decisive.collect();
                unreachable.dedup();
                match (undecided, unreachable.is_empty()) {
                    (0, true) => None,
                    (_, false) => Some(format!("{} cannot be reached", unreachable.join(" and "))),
                    (undecided, true) => {
                        Some(format!("authentication could not be decided for {undecided} requests within 10 seconds"))
                    }
                }
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
}

/// Returns the number of failed attempts.
///
/// A request without a credential is not an attempt, and a denied caller is authenticated.
fn failures(counts: &Counts) -> u64 {
    counts.of(Class::Invalid) + counts.of(Class::Expired) + counts.of(Class::Unavailable)
}

#[cfg(test)]
mod tests {
    use super::{Detector, Thresholds};
    use crate::pager::{Alert, Page, PageState};
    use crate::refusal_counters::Sample;
    use crate::{Notice, NoticeKind};
    use std::time::Duration;

    fn detector() -> Detector {
        Detector::new("orders".into(), Thresholds { calm: Duration::ZERO, ..Thresholds::default() })
    }

    fn states(pages: &[Page]) -> Vec<PageState> {
        pages.iter().map(|page| page.state).collect()
    }

    /// While the last good keys are used, no caller is rejected for it.
    #[test]
    fn keys_that_cannot_be_fetched_are_one_alert_and_keys_that_are_too_old_another() {
        let mut detector = detector();
        let alerts = |pages: Vec<Page>| -> Vec<_> { pages.iter().map(|page| (page.alert, page.state)).collect() };
        detector.notice(&Notice::new(NoticeKind::KeySetUnavailable, None, "down"));
        let began = alerts(detector.look(&Sample::default()));
        assert_eq!(began, [(Alert::KeysUnavailable, PageState::Triggered)]);
        detector.notice(&Notice::new(NoticeKind::KeySetTooOld, None, "an hour"));
        assert_eq!(alerts(detector.look(&Sample::default())), [(Alert::Unavailable, PageState::Triggered)]);
        detector.notice(&Notice::new(NoticeKind::KeySetRestored, None, "up"));
        let over = alerts(detector.look(&Sample::default()));
        assert_eq!(over, [(Alert::Unavailable, PageState::Resolved), (Alert::KeysUnavailable, PageState::Resolved)]);
    }

    /// A service may start before its issuer. Then there are no last good keys.
    #[test]
    fn keys_that_were_never_fetched_are_not_described_as_the_last_good_ones() {
        let mut detector = detector();
        let issuer = || Some("https://a.example".into());
        detector.notice(&Notice::new(NoticeKind::KeySetMissing, issuer(), "down"));
        let began = detector.look(&Sample::default());
        assert_eq!((began[0].alert, began.len()), (Alert::KeysUnavailable, 1));
        assert!(began[0].summary.contains("no keys yet"), "{}", began[0].summary);
        // Another issuer, whose last good keys hold, does not change that.
        detector.notice(&Notice::new(NoticeKind::KeySetUnavailable, Some("https://b.example".into()), "down"));
        detector.notice(&Notice::new(NoticeKind::KeySetRestored, Some("https://b.example".into()), "up"));
        assert_eq!(states(&detector.look(&Sample::default())), []);
        detector.notice(&Notice::new(NoticeKind::KeySetRestored, issuer(), "up"));
        assert_eq!(states(&detector.look(&Sample::default())), [PageState::Resolved]);
    }

    /// P7: a sink that fails on an idle service does not increase the count.
    #[test]
    fn a_sink_that_still_fails_keeps_its_alert_although_no_further_event_is_dropped() {
        let mut detector = detector();
        let sample = |failing, heartbeats| Sample { dropped: 1, failing, heartbeats, ..Sample::default() };
        assert_eq!(states(&detector.look(&sample(true, 1))), [PageState::Triggered]);
        let pages: Vec<_> = (2..100).flat_map(|beat| states(&detector.look(&sample(true, beat)))).collect();
        assert_eq!(pages, [PageState::Ongoing]);
        assert_eq!(states(&detector.look(&sample(false, 100))), [PageState::Resolved]);
    }

    #[test]
    fn an_emptied_key_set_is_an_alert_until_that_issuer_publishes_a_key() {
        let mut detector = detector();
        let notice = |kind, issuer: &str| Notice::new(kind, Some(issuer.into()), "detail");
        detector.notice(&notice(NoticeKind::KeySetEmptied, "https://a.example"));
        let began = detector.look(&Sample::default());
        assert_eq!((began[0].alert, began[0].state, began.len()), (Alert::KeySetEmptied, PageState::Triggered, 1));
        assert!(began[0].summary.contains("https://a.example"), "{}", began[0].summary);
        detector.notice(&notice(NoticeKind::KeySetChanged, "https://b.example"));
        detector.notice(&notice(NoticeKind::KeySetRestored, "https://a.example"));
        for _ in 0..3 {
            assert_eq!(states(&detector.look(&Sample::default())), [], "it can be fetched, and is still empty");
        }
        detector.notice(&notice(NoticeKind::KeySetChanged, "https://a.example"));
        assert_eq!(states(&detector.look(&Sample::default())), [PageState::Resolved]);
    }

    #[test]
    fn restored_keys_of_one_issuer_do_not_end_the_outage_of_another() {
        let mut detector = detector();
        for issuer in ["https://a.example", "https://b.example"] {
            detector.notice(&Notice::new(NoticeKind::KeySetUnavailable, Some(issuer.into()), "down"));
        }
        assert_eq!(states(&detector.look(&Sample::default())), [PageState::Triggered]);
        detector.notice(&Notice::new(NoticeKind::KeySetRestored, Some("https://a.example".into()), "up"));
        for _ in 0..3 {
            assert_eq!(states(&detector.look(&Sample::default())), [], "the other one is still down");
        }
        detector.notice(&Notice::new(NoticeKind::KeySetRestored, Some("https://b.example".into()), "up"));
        assert_eq!(states(&detector.look(&Sample::default())), [PageState::Resolved]);
    }
}
