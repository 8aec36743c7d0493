//! Tests of the conditions of alerts.

use super::Detector;
use crate::pager::{Alert, Page, PageState, Thresholds};
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

/// A service may start before its issuer. Then it has no last good keys.
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
