//! Counts through the `metrics` facade, into the recorder that the service has installed.

use super::names;
use crate::NoticeKind;
use crate::kind::Kind;
use ::metrics::{Counter, Key, Label, Level, Metadata, with_recorder};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// The series of one verifier.
///
/// Their keys are made once, except the key of the route, which is made for each decision. No
/// handle of the facade is kept, because one that was taken before a recorder was installed never
/// counts.
pub struct Meters {
    verifier: Arc<str>,
    accepted: Key,
    guest: Key,
    /// By [`Kind::index`].
    rejected: Vec<(Kind, Key)>,
    abandoned: Key,
    accepted_after: Key,
    rejected_after: Key,
}

const ACCEPTED: &str = "accepted";
/// The outcome and the class of a guest. Not the class of an accepted request, because a service
/// that rejects every token would otherwise look healthy to an alert.
const GUEST: &str = "guest";
const REJECTED: &str = "rejected";
/// The class and reason of an accepted request, and the route of one that matched none.
const NONE: &str = "none";
/// The claims that verifiers check, as labels.
const CHECKED_CLAIMS: [&str; 18] = [
    "iss",
    "aud",
    "sub",
    "exp",
    "nbf",
    "iat",
    "jti",
    "sid",
    "client_id",
    "cnf",
    "typ",
    "token_type",
    "token_use",
    "nonce",
    "at_hash",
    "azp",
    "events",
    OTHER_CLAIM,
];
const OTHER_CLAIM: &str = "other";

impl Meters {
    /// Makes the series of a verifier with these issuers and audiences.
    #[must_use]
    pub fn new(issuers: &Arc<str>, audiences: &Arc<str>) -> Self {
        // Senders of signed requests have no audience.
        let verifier: Arc<str> =
            if audiences.is_empty() { Arc::clone(issuers) } else { format!("{audiences} of {issuers}").into() };
        let decisions = |outcome, class, reason| {
            let of = Label::new("verifier", Arc::clone(&verifier));
            let labels = [("outcome", outcome), ("class", class), ("reason", reason)];
            let labels = labels.map(|(name, value)| Label::from_static_parts(name, value));
            Key::from_parts(names::DECISIONS, labels.into_iter().chain([of]).collect::<Vec<_>>())
        };
        let after = |outcome| {
            let labels =
                vec![Label::from_static_parts("outcome", outcome), Label::new("verifier", Arc::clone(&verifier))];
            Key::from_parts(names::SECONDS, labels)
        };
        let rejected = |kind: Kind| (kind, decisions(REJECTED, kind.class.as_str(), kind.reason.as_str()));
        let meters = Self {
            accepted: decisions(ACCEPTED, NONE, NONE),
            guest: decisions(GUEST, GUEST, NONE),
            rejected: Kind::all().map(rejected).collect(),
            abandoned: Key::from_parts(names::ABANDONED, vec![Label::new("verifier", Arc::clone(&verifier))]),
            accepted_after: after(ACCEPTED),
            rejected_after: after(REJECTED),
            verifier,
        };
        meters.register();
        meters
    }

    /// Registers all series with zero.
    ///
    /// P7: `rate` and `increase` see a series grow and do not see it appear, so the first failure
    /// would not raise an alert.
    pub fn register(&self) {
        describe();
        let single = [&self.accepted, &self.guest, &self.abandoned];
        let rejected = self.rejected.iter().filter(|(kind, _)| kind.is_expected()).map(|(_, key)| key);
        single.into_iter().chain(rejected).for_each(|key| counter(key).increment(0));
        for claim in CHECKED_CLAIMS {
            counter(&self.claim(claim)).increment(0);
        }
        for kind in NoticeKind::ALL {
            notices(*kind).increment(0);
        }
        counter(&DROPPED).increment(0);
        with_recorder(|recorder| {
            let _ = recorder.register_histogram(&self.accepted_after, &METADATA);
            let _ = recorder.register_histogram(&self.rejected_after, &METADATA);
        });
    }

    /// Counts a token that was found good.
    pub fn accepted(&self, route: Option<&str>) {
        counter(&self.accepted).increment(1);
        counter(&self.on_route(ACCEPTED, NONE, route)).increment(1);
    }

    /// Counts a request without a credential, on a route that serves guests too.
    pub fn guest(&self, route: Option<&str>) {
        counter(&self.guest).increment(1);
        counter(&self.on_route(GUEST, GUEST, route)).increment(1);
    }

    /// Counts a rejection.
    pub fn refused(&self, kind: Kind, route: Option<&str>) {
        if let Some((_, key)) = self.rejected.get(kind.index()) {
            counter(key).increment(1);
        }
        counter(&self.on_route(REJECTED, kind.class.as_str(), route)).increment(1);
    }

    /// Counts the claim for which a token with a good signature is refused.
    ///
    /// Only claims that a verifier checks have a label of their own, because a client must not
    /// choose one. Fields of the service's own claims type are `other`.
    pub fn claim_refused(&self, claim: &str) {
        let known = CHECKED_CLAIMS.iter().find(|known| **known == claim);
        counter(&self.claim(known.copied().unwrap_or(OTHER_CLAIM))).increment(1);
    }

    fn claim(&self, claim: &'static str) -> Key {
        let of = Label::new("verifier", Arc::clone(&self.verifier));
        Key::from_parts(names::CLAIMS_REFUSED, vec![Label::from_static_parts("claim", claim), of])
    }

    /// Counts a decision that had no outcome.
    pub fn abandoned(&self) {
        counter(&self.abandoned).increment(1);
    }

    /// Records how long a decision took.
    pub fn took(&self, started: Stopwatch, accepted: bool) {
        let key = if accepted { &self.accepted_after } else { &self.rejected_after };
        let took = started.0.elapsed().as_secs_f64();
        with_recorder(|recorder| recorder.register_histogram(key, &METADATA).record(took));
    }

    fn on_route(&self, outcome: &'static str, class: &'static str, route: Option<&str>) -> Key {
        let labels = vec![
            Label::from_static_parts("outcome", outcome),
            Label::from_static_parts("class", class),
            route
                .map_or_else(|| Label::from_static_parts("route", NONE), |route| Label::new("route", route.to_owned())),
            Label::new("verifier", Arc::clone(&self.verifier)),
        ];
        Key::from_parts(names::ON_ROUTES, labels)
    }
}

/// Measures how long a decision takes.
#[derive(Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts to measure.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }
}

const METADATA: Metadata<'static> = Metadata::new("auth_runtime", Level::INFO, None);
static DROPPED: Key = Key::from_static_name(names::DROPPED);
static QUEUE: Key = Key::from_static_name(names::QUEUE);
static HEARTBEATS: Key = Key::from_static_name(names::HEARTBEATS);

fn counter(key: &Key) -> Counter {
    with_recorder(|recorder| recorder.register_counter(key, &METADATA))
}

fn notices(kind: NoticeKind) -> Counter {
    let labels = vec![Label::from_static_parts("notice", kind.as_str())];
    counter(&Key::from_parts(names::NOTICES, labels))
}

pub(crate) fn noticed(kind: NoticeKind) {
    notices(kind).increment(1);
}

pub(crate) fn dropped(events: u64) {
    counter(&DROPPED).increment(events);
}

/// Sets how many events are in the queue.
#[expect(clippy::cast_precision_loss, reason = "the queue is short")]
pub(crate) fn waiting(events: usize) {
    with_recorder(|recorder| recorder.register_gauge(&QUEUE, &METADATA).set(events as f64));
}

/// Counts a heartbeat of the stream's thread.
pub(crate) fn heartbeat(events: usize) {
    waiting(events);
    counter(&HEARTBEATS).increment(1);
}

/// Sets when the keys of an issuer were read, and how many of them are usable.
///
/// The metric is a time and not an age, because an age would not grow while its writer is stuck.
#[expect(clippy::cast_precision_loss, reason = "a set holds a hundred keys at most")]
pub fn keys_read(issuer: &Arc<str>, ago: Duration, usable: usize) {
    let at = SystemTime::now().checked_sub(ago).and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
    let key = Key::from_parts(names::KEYS_READ, vec![Label::new("issuer", Arc::clone(issuer))]);
    with_recorder(|recorder| recorder.register_gauge(&key, &METADATA).set(at.unwrap_or_default().as_secs_f64()));
    let key = Key::from_parts(names::KEYS_USABLE, vec![Label::new("issuer", Arc::clone(issuer))]);
    with_recorder(|recorder| recorder.register_gauge(&key, &METADATA).set(usable as f64));
}

fn describe() {
    use ::metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_counter!(names::DECISIONS, "Decisions about callers; registered with zero at the start");
    describe_counter!(names::ON_ROUTES, "Decisions by route, once a route has had one");
    describe_counter!(names::ABANDONED, "Decisions whose client closed its connection before the outcome");
    describe_counter!(names::CLAIMS_REFUSED, "Tokens with a good signature, by the claim for which they are refused");
    describe_histogram!(names::SECONDS, Unit::Seconds, "Duration of a decision");
    describe_counter!(names::NOTICES, "Notices about authentication itself");
    describe_counter!(names::DROPPED, "Events that at least one sink did not take");
    describe_gauge!(names::QUEUE, "Events in the queue");
    describe_counter!(names::HEARTBEATS, "Heartbeats of the stream's thread; one a second unless a sink blocks");
    describe_gauge!(
        names::KEYS_READ,
        Unit::Seconds,
        "When the keys of an issuer were last read, in seconds since 1970"
    );
    describe_gauge!(names::KEYS_USABLE, "How many published keys of an issuer can verify tokens");
}
