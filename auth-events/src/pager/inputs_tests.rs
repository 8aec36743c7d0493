//! Tests which inputs page at night, second by second.

use super::detector::Detector;
use super::{Alert, Page, PageState, Thresholds};
use crate::Reason;
use crate::kind::Kind;
use crate::refusal_counters::{RefusalCounters, Sample};

const HOUR: u64 = 3600;

/// A service whose requests are simulated.
struct Night {
    detector: Detector,
    counters: RefusalCounters,
    heartbeats: u64,
}

impl Night {
    fn with(thresholds: Thresholds) -> Self {
        let detector = Detector::new("orders".into(), thresholds);
        Self { detector, counters: RefusalCounters::default(), heartbeats: 0 }
    }

    fn new() -> Self {
        Self::with(Thresholds::default())
    }

    fn accepts(&self, requests: u64) {
        (0..requests).for_each(|_| self.counters.accepted());
    }

    fn rejects(&self, kind: impl Into<Kind>, requests: u64) {
        let kind = kind.into();
        (0..requests).for_each(|_| _ = self.counters.refused(kind, Some("/orders"), 100));
    }

    /// Ends a second, and returns the alerts that begin.
    fn tick(&mut self) -> Vec<Page> {
        self.heartbeats += 1;
        let (totals, claims) = (self.counters.totals(), self.counters.claims());
        let sample = Sample { totals, claims, heartbeats: self.heartbeats, ..Sample::default() };
        let pages = self.detector.look(&sample);
        pages.into_iter().filter(|page| page.state == PageState::Triggered).collect()
    }

    /// Runs some seconds, and returns the alerts that begin.
    fn run(&mut self, seconds: u64, mut each: impl FnMut(&Self, u64)) -> Vec<Page> {
        let second = |second| {
            each(self, second);
            self.tick()
        };
        (0..seconds).flat_map(second).collect()
    }
}

fn alerts(pages: &[Page]) -> Vec<Alert> {
    pages.iter().map(|page| page.alert).collect()
}

/// A tab sends its token every five seconds, whatever the response.
fn one_tab(kind: impl Into<Kind> + Copy) -> impl FnMut(&Night, u64) {
    move |night, second| night.rejects(kind, u64::from(second.is_multiple_of(5)))
}

#[test]
fn one_browser_tab_with_an_expired_token_every_five_seconds_does_not_page() {
    assert_eq!(alerts(&Night::new().run(HOUR, one_tab(Reason::Expired))), []);
    // With some callers, it is most of the attempts.
    let mut tab = one_tab(Reason::Expired);
    let pages = Night::new().run(HOUR, |night, second| {
        tab(night, second);
        night.accepts(u64::from(second % 7 == 0));
    });
    assert_eq!(alerts(&pages), []);
}

#[test]
fn two_browser_tabs_with_expired_tokens_do_not_page() {
    let pages = Night::new().run(HOUR, |night, second| {
        night.rejects(Reason::Expired, 2 * u64::from(second.is_multiple_of(5)));
    });
    assert_eq!(alerts(&pages), []);
}

#[test]
fn placeholder_tokens_of_a_front_end_do_not_page() {
    let pages = Night::new().run(HOUR, |night, _| night.rejects(Reason::PlaceholderToken, 5));
    assert_eq!(alerts(&pages), []);
}

#[test]
fn a_client_whose_tokens_have_a_good_signature_and_refused_claims_does_not_page() {
    for reason in [Reason::MalformedClaims, Reason::WrongIssuer, Reason::WrongTokenType, Reason::WrongAudience] {
        let pages = Night::new().run(HOUR, one_tab(Kind::with_good_signature(reason)));
        assert_eq!(alerts(&pages), [], "{reason}");
    }
    // The same on a busy service is not a spike of invalid tokens either.
    let pages = Night::new().run(600, |night, _| {
        night.accepts(20);
        night.rejects(Reason::MalformedClaims, 5);
    });
    assert_eq!(alerts(&pages), []);
}

#[test]
fn a_claim_that_a_providers_upgrade_has_removed_is_named_by_the_page() {
    let mut night = Night::new();
    assert_eq!(alerts(&night.run(120, |night, _| night.accepts(5))), []);
    let pages = night.run(120, |night, _| {
        night.rejects(Reason::MalformedClaims, 5);
        (0..5).for_each(|_| night.counters.claim(&"client_id".into()));
    });
    assert_eq!(alerts(&pages), [Alert::FailureRatio, Alert::Blackout]);
    let page = &pages[1];
    assert_eq!(
        page.summary,
        "orders: all of 300 attempts have failed within a minute: good signature, claims refused: `client_id` (300)"
    );
    assert_eq!(page.claims.get("client_id"), Some(&300));
    assert_eq!(page.details(), "malformed_claims 300; refused claims: client_id 300");
}

#[test]
fn clocks_that_differ_by_45_seconds_do_not_page_for_one_client_and_are_named_for_all() {
    assert_eq!(alerts(&Night::new().run(HOUR, one_tab(Reason::IssuedInFuture))), []);
    let mut night = Night::new();
    let pages = night.run(60, |night, _| {
        night.rejects(Reason::NotYetValid, 2);
        (0..2).for_each(|_| night.counters.claim(&"nbf".into()));
    });
    assert_eq!(alerts(&pages), [Alert::Blackout]);
    assert!(pages[0].summary.contains("good signature, clocks differ"), "{}", pages[0].summary);
}

#[test]
fn a_steady_background_of_bad_tokens_on_a_busy_service_does_not_page() {
    let mut random: u64 = 7;
    let pages = Night::new().run(6 * HOUR, |night, second| {
        night.accepts(200);
        // Twelve a minute on average, and not evenly: up to some twenty in one minute.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        night.rejects(Reason::BadSignature, u64::from((random >> 33).is_multiple_of(5)));
        night.rejects(Reason::MalformedToken, u64::from((300..308).contains(&(second % 600))));
    });
    assert_eq!(alerts(&pages), []);
}

#[test]
fn fifty_bad_signatures_in_a_minute_page() {
    for good_a_second in [0, 1, 200] {
        let mut night = Night::new();
        assert_eq!(alerts(&night.run(120, |night, _| night.accepts(good_a_second))), []);
        let pages = night.run(60, |night, second| {
            night.accepts(good_a_second);
            night.rejects(Reason::BadSignature, u64::from(second < 50));
        });
        let spikes: Vec<_> = pages.iter().filter(|page| page.alert == Alert::InvalidSpike).collect();
        assert_eq!(spikes.len(), 1, "{good_a_second} a second: {:?}", alerts(&pages));
        assert!(spikes[0].summary.contains("invalid tokens within a minute: mostly `bad_signature`"), "{pages:?}");
    }
}

#[test]
fn failures_on_a_thousand_paths_are_one_spike() {
    let mut night = Night::new();
    let pages = night.run(60, |night, second| {
        for path in 0..20 {
            let path = format!("/path-{}", second * 20 + path);
            let _ = night.counters.refused(Reason::BadSignature.into(), Some(&path), 100);
        }
        night.accepts(30);
    });
    assert_eq!(alerts(&pages), [Alert::InvalidSpike]);
}

#[test]
fn a_blackout_pages_by_hard_failures_or_by_many_of_any_kind() {
    for (kind, most) in [(Reason::UnknownKey, 9), (Reason::Expired, 29), (Reason::MalformedClaims, 29)] {
        let mut night = Night::new();
        let quiet = night.run(30, |night, second| night.rejects(kind, u64::from(second < most)));
        assert_eq!(alerts(&quiet), [], "{kind}");
        night.rejects(kind, 1);
        assert_eq!(alerts(&night.tick()), [Alert::Blackout], "{kind}");
    }
}

#[test]
fn thresholds_are_configured_in_one_place() {
    let thresholds = Thresholds { invalid: 100, hard_failures: 1000, ..Thresholds::default() };
    let mut night = Night::with(thresholds);
    night.accepts(200);
    night.rejects(Reason::BadSignature, 100);
    assert_eq!(alerts(&night.tick()), []);
    night.rejects(Reason::BadSignature, 1);
    assert_eq!(alerts(&night.tick()), [Alert::InvalidSpike]);
    assert!(thresholds.prometheus_rules("orders").unwrap().contains(r#"{class="invalid"}) > 100"#));
}

#[test]
fn an_undecided_request_pages_unless_it_is_one_in_thousands() {
    let mut night = Night::new();
    night.rejects(Reason::VerifierTimeout, 1);
    assert_eq!(alerts(&night.tick()), [Alert::Unavailable]);
    let mut night = Night::new();
    let pages = night.run(600, |night, second| {
        night.accepts(200);
        night.rejects(Reason::VerifierTimeout, u64::from(second > 60 && second.is_multiple_of(20)));
    });
    assert_eq!(alerts(&pages), []);
}
