//! Decides, once a second, which alerts begin and end.

use super::super::refusal_counters::Sample;
use super::super::{Class, Notice, NoticeKind};
use super::page::{Alert, Page, PageState};
use crate::Reason;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// When an alert begins and ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thresholds {
    /// More invalid tokens than this within half a minute are a spike.
    pub(super) invalid: u64,
    /// How long the condition must be gone before the alert ends, so that one that comes and goes is one alert.
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
    /// The last minute, one a second, oldest first.
    samples: VecDeque<Sample>,
    /// What is unreachable according to notices, and of which issuer.
    out_of_reach: BTreeSet<(&'static str, Option<Arc<str>>)>,
    /// The issuers that publish no usable key.
    emptied: BTreeSet<Option<Arc<str>>>,
    active: BTreeMap<Alert, Active>,
}

struct Active {
    began: SystemTime,
    said: String,
    /// Seconds since it was last so, and since it was last said.
    quiet: u64,
    unsaid: u64,
}

const MINUTE: usize = 60;
/// How often, in seconds, a page is repeated for receivers that forget it (Alertmanager: after five minutes).
const REMIND: u64 = 60;
/// After so many seconds with one sink, the stream is stuck.
const STUCK: usize = 10;

/// The last good keys are still used.
const FETCH: &str = "keys to fetch";
/// The last good keys are too old.
const KEYS: &str = "the issuer's keys";
const REVOCATIONS: &str = "the revocations";

impl Detector {
    pub(super) fn new(service: Arc<str>, thresholds: Thresholds) -> Self {
        let samples = VecDeque::from([Sample::default()]);
        Self {
            service,
            thresholds,
            samples,
            out_of_reach: BTreeSet::new(),
            emptied: BTreeSet::new(),
            active: BTreeMap::new(),
        }
    }

    /// Takes a notice into account.
    pub(super) fn notice(&mut self, notice: &Notice) {
        // P7: one issuer that is back is not all of them.
        let of = |what| (what, notice.issuer.clone());
        match notice.notice {
            NoticeKind::KeySetUnavailable => self.out_of_reach.insert(of(FETCH)),
            NoticeKind::KeySetTooOld => self.out_of_reach.insert(of(KEYS)),
            NoticeKind::KeySetRestored => self.out_of_reach.remove(&of(KEYS)) | self.out_of_reach.remove(&of(FETCH)),
            NoticeKind::KeySetEmptied => self.emptied.insert(notice.issuer.clone()),
            // Emitted only for a set that has keys. A set that could be fetched again may still be empty.
            NoticeKind::KeySetChanged => self.emptied.remove(&notice.issuer),
            NoticeKind::RevocationsUnavailable => self.out_of_reach.insert(of(REVOCATIONS)),
            NoticeKind::RevocationsRestored => self.out_of_reach.remove(&of(REVOCATIONS)),
            _ => false,
        };
    }

    /// To be called once a second.
    pub(super) fn look(&mut self, sample: &Sample) -> Vec<Page> {
        self.samples.push_back(*sample);
        if self.samples.len() > MINUTE + 1 {
            self.samples.pop_front();
        }
        Alert::WATCHED.into_iter().filter_map(|alert| self.settle(alert)).collect()
    }

    /// Compares the condition of an alert with its state, and makes the page that follows.
    fn settle(&mut self, alert: Alert) -> Option<Page> {
        let now = self.holds(alert);
        let calm = self.thresholds.calm.as_secs();
        let page = |said: &str, state, began| Some(Page::new(&self.service, alert, state, began, said));
        let page = match (now, self.active.get_mut(&alert)) {
            (None, None) => None,
            (Some(said), None) => {
                let began = SystemTime::now();
                let page = page(&said, PageState::Triggered, began);
                self.active.insert(alert, Active { began, said, quiet: 0, unsaid: 0 });
                page
            }
            (Some(said), Some(active)) => {
                (active.said, active.quiet) = (said, 0);
                active.unsaid += 1;
                (active.unsaid >= REMIND).then(|| active.unsaid = 0);
                if active.unsaid == 0 { page(&active.said, PageState::Ongoing, active.began) } else { None }
            }
            (None, Some(active)) => {
                active.quiet += 1;
                active.unsaid += 1;
                if active.quiet > calm {
                    let page = page(&active.said, PageState::Resolved, active.began);
                    self.active.remove(&alert);
                    page
                } else {
                    None
                }
            }
        };
        page.map(|page| Page { reasons: self.reasons(30), ..page })
    }

    /// Describes the condition if it holds now.
    fn holds(&self, alert: Alert) -> Option<String> {
        let (half, minute) = (self.within(30), self.within(60));
        let attempts = |counts: &Counts| counts.accepted + counts.of(Class::Denied) + failures(counts);
        match alert {
            Alert::InvalidSpike => {
                let invalid = half.of(Class::Invalid);
                (invalid > self.thresholds.invalid)
                    .then(|| format!("{invalid} tokens that were never good within half a minute"))
            }
            // P8: a denied caller is a known one.
            Alert::Blackout => {
                // Expired tokens alone say little on an idle service, for instance those of an old browser tab.
                let never_good = failures(&minute) - minute.of(Class::Expired);
                let many = never_good >= 5 || failures(&minute) >= 20;
                (many && minute.accepted + minute.of(Class::Denied) == 0)
                    .then(|| format!("all of {} attempts have failed within a minute", attempts(&minute)))
            }
            Alert::FailureRatio => {
                let (failed, all) = (failures(&minute), attempts(&minute));
                // If all have failed, it is a blackout.
                (all >= 20 && failed * 2 > all && failed < all)
                    .then(|| format!("{failed} of {all} attempts have failed within a minute"))
            }
            Alert::Unavailable => {
                let undecided = self.within(10).of(Class::Unavailable);
                let decisive = self.out_of_reach.iter().map(|(what, _)| *what).filter(|what| *what != FETCH);
                let mut out_of_reach: Vec<_> = decisive.collect();
                out_of_reach.dedup();
                match (undecided, out_of_reach.is_empty()) {
                    (0, true) => None,
                    (_, false) => Some(format!("{} can't be reached", out_of_reach.join(" and "))),
                    (undecided, true) => {
                        Some(format!("it could not be decided about {undecided} requests within 10 seconds"))
                    }
                }
            }
            Alert::KeysUnavailable => {
                let issuers = self.out_of_reach.iter().filter(|(what, _)| *what == FETCH).count();
                (issuers > 0).then(|| "the issuer's keys can't be fetched; the last good ones hold for now".to_owned())
            }
            Alert::KeySetEmptied => (!self.emptied.is_empty()).then(|| {
                let issuers: Vec<_> = self.emptied.iter().flatten().map(AsRef::as_ref).collect();
                format!("no usable key is published any more, and all tokens get 401: {}", issuers.join(" and "))
            }),
            Alert::EventsLost => {
                let failing = self.samples.back().is_some_and(|sample| sample.failing);
                match (minute.lost, failing) {
                    (0, false) => None,
                    (0, true) => Some("a sink has dropped events, and still takes nothing".to_owned()),
                    (lost, _) => Some(format!("{lost} events could not be told within a minute")),
                }
            }
            Alert::StreamStuck => {
                let then = self.samples.len().checked_sub(STUCK + 1)?;
                let (then, now) = (self.samples.get(then)?, self.samples.back()?);
                (then.heartbeats == now.heartbeats)
                    .then(|| format!("the stream has told nothing for {STUCK} seconds: a sink blocks"))
            }
            Alert::Drill => None,
        }
    }

    /// The difference from so many seconds ago.
    fn within(&self, seconds: usize) -> Counts {
        let now = self.samples.back().copied().unwrap_or_default();
        let then = self.samples.len().saturating_sub(seconds + 1);
        let then = self.samples.get(then).copied().unwrap_or_default();
        let refused = |index: usize| now.totals.refused[index] - then.totals.refused[index];
        Counts {
            accepted: now.totals.accepted - then.totals.accepted,
            refused: std::array::from_fn(refused),
            lost: now.lost - then.lost,
        }
    }

    fn reasons(&self, seconds: usize) -> BTreeMap<&'static str, u64> {
        let counts = self.within(seconds).refused;
        let named = Reason::ALL.iter().zip(counts).filter(|(_, count)| *count > 0);
        named.map(|(reason, count)| (reason.as_str(), count)).collect()
    }
}

/// Counts within a window.
struct Counts {
    accepted: u64,
    refused: [u64; Reason::ALL.len()],
    lost: u64,
}

impl Counts {
    fn of(&self, class: Class) -> u64 {
        let reasons = Reason::ALL.iter().zip(self.refused);
        reasons.filter(|(reason, _)| reason.class() == class).map(|(_, count)| count).sum()
    }
}

/// Failed attempts. A request without a credential is not an attempt, and a denied caller is a known one.
fn failures(counts: &Counts) -> u64 {
    counts.of(Class::Invalid) + counts.of(Class::Expired) + counts.of(Class::Unavailable)
}

#[cfg(test)]
mod tests {
    use super::{Detector, Sample, Thresholds};
    use crate::pager::{Alert, Page, PageState};
    use crate::{Notice, NoticeKind};
    use std::time::Duration;

    fn detector() -> Detector {
        Detector::new("orders".into(), Thresholds { calm: Duration::ZERO, ..Thresholds::default() })
    }

    fn states(pages: &[Page]) -> Vec<PageState> {
        pages.iter().map(|page| page.state).collect()
    }

    /// As long as the last good keys hold, nobody is refused.
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

    /// P7: the notice of a loss is not counted, so the count stands still while a sink fails on a service without requests.
    #[test]
    fn a_sink_that_still_fails_keeps_its_alert_although_nothing_more_is_lost() {
        let mut detector = detector();
        let sample = |failing, heartbeats| Sample { lost: 1, failing, heartbeats, ..Sample::default() };
        assert_eq!(states(&detector.look(&sample(true, 1))), [PageState::Triggered]);
        let pages: Vec<_> = (2..100).flat_map(|beat| states(&detector.look(&sample(true, beat)))).collect();
        assert_eq!(pages, [PageState::Ongoing]);
        assert_eq!(states(&detector.look(&sample(false, 100))), [PageState::Resolved]);
    }

    #[test]
    fn an_emptied_key_set_is_an_alert_until_that_issuer_publishes_a_key() {
        let mut detector = detector();
        let notice = |kind, issuer: &str| Notice::new(kind, Some(issuer.into()), "said");
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
    fn keys_of_one_issuer_that_are_back_do_not_end_the_outage_of_another() {
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
