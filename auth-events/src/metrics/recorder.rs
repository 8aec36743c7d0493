//! Through the `metrics` facade, to whatever recorder the service has installed.

use super::names;
use crate::{NoticeKind, Reason};
use ::metrics::{Counter, Key, Label, Level, Metadata, with_recorder};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// What a verifier counts. The names of its series are made once; only that of the route is made for each decision.
///
/// The facade is asked each time, and no handle is kept: one that was taken before there was a recorder would count into
/// nothing for ever.
pub struct Meters {
    verifier: Arc<str>,
    accepted: Key,
    /// In the order of [`Reason::ALL`].
    refused: Vec<Key>,
    abandoned: Key,
    accepted_after: Key,
    refused_after: Key,
}

const ACCEPTED: &str = "accepted";
const REFUSED: &str = "refused";
/// The class and the reason of what was not refused, and the route of what had none.
const NONE: &str = "none";

impl Meters {
    /// For a verifier of these issuers and audiences.
    #[must_use]
    pub fn new(issuers: &Arc<str>, audiences: &Arc<str>) -> Self {
        let verifier: Arc<str> = format!("{audiences} of {issuers}").into();
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
        let refused = Reason::ALL.iter().map(|reason| decisions(REFUSED, reason.class().as_str(), reason.as_str()));
        let meters = Self {
            accepted: decisions(ACCEPTED, NONE, NONE),
            refused: refused.collect(),
            abandoned: Key::from_parts(names::ABANDONED, vec![Label::new("verifier", Arc::clone(&verifier))]),
            accepted_after: after(ACCEPTED),
            refused_after: after(REFUSED),
            verifier,
        };
        meters.register();
        meters
    }

    /// P7: everything stands there with zero before the first of it happens. `rate` and `increase` see a series grow, and
    /// do not see it appear: the first failure would be seen by nobody.
    pub fn register(&self) {
        describe();
        [&self.accepted, &self.abandoned].into_iter().chain(&self.refused).for_each(|key| counter(key).increment(0));
        for kind in NoticeKind::ALL {
            notices(*kind).increment(0);
        }
        counter(&LOST).increment(0);
        with_recorder(|recorder| {
            let _ = recorder.register_histogram(&self.accepted_after, &METADATA);
            let _ = recorder.register_histogram(&self.refused_after, &METADATA);
        });
    }

    /// Counts a token that was found good.
    pub fn accepted(&self, route: Option<&str>) {
        counter(&self.accepted).increment(1);
        counter(&self.on_route(ACCEPTED, NONE, route)).increment(1);
    }

    /// Counts a rejection.
    pub fn refused(&self, reason: Reason, route: Option<&str>) {
        if let Some(key) = self.refused.get(reason as usize) {
            counter(key).increment(1);
        }
        counter(&self.on_route(REFUSED, reason.class().as_str(), route)).increment(1);
    }

    /// Counts a decision that had no outcome.
    pub fn abandoned(&self) {
        counter(&self.abandoned).increment(1);
    }

    /// Records how long a decision took.
    pub fn took(&self, started: Stopwatch, accepted: bool) {
        let key = if accepted { &self.accepted_after } else { &self.refused_after };
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
static LOST: Key = Key::from_static_name(names::LOST);
static QUEUE: Key = Key::from_static_name(names::QUEUE);
static ROUNDS: Key = Key::from_static_name(names::ROUNDS);

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

pub(crate) fn lost(events: u64) {
    counter(&LOST).increment(events);
}

/// How many events wait.
#[expect(clippy::cast_precision_loss, reason = "the queue is short")]
pub(crate) fn waiting(events: usize) {
    with_recorder(|recorder| recorder.register_gauge(&QUEUE, &METADATA).set(events as f64));
}

/// The stream's thread has been around.
pub(crate) fn round(events: usize) {
    waiting(events);
    counter(&ROUNDS).increment(1);
}

/// The keys of an issuer were read so long ago, and so many of them can be used.
///
/// When, not how old they are: an age that somebody has to go on writing stands still when that somebody does.
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
    describe_counter!(names::DECISIONS, "Decisions about callers; pre-registered with zero");
    describe_counter!(names::ON_ROUTES, "The same decisions by route, once a route has had one");
    describe_counter!(names::ABANDONED, "Decisions whose client was gone before there was an outcome");
    describe_histogram!(names::SECONDS, Unit::Seconds, "How long a decision took");
    describe_counter!(names::NOTICES, "What happened to authentication itself");
    describe_counter!(names::LOST, "Events that could not be told, to one sink at least");
    describe_gauge!(names::QUEUE, "Events that wait to be told");
    describe_counter!(
        names::ROUNDS,
        "How often the stream's thread has been around; once a second unless a sink blocks"
    );
    describe_gauge!(
        names::KEYS_READ,
        Unit::Seconds,
        "When the keys of an issuer were last read, in seconds since 1970"
    );
    describe_gauge!(names::KEYS_USABLE, "How many published keys of an issuer can verify tokens");
}
