//! Where rejections are reported: [`Events`].

use super::json_lines::JsonLines;
use super::kind::Kind;
use super::record_sink::{OwnSink, RecordSink};
use super::refusal_counters::RefusalCounters;
use super::sink::Tracing;
use super::stream::Stream;
use super::{AuthEvent, Collected, Counts, EventSink, Notice, metrics};
#[cfg(feature = "pager")]
use super::{DrillError, NoticeKind};
#[cfg(feature = "pager")]
use auth_base::ConfigError;
use std::borrow::Cow;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
#[cfg(feature = "pager")]
use std::time::Duration;

/// Reports rejections to sinks. A verifier cannot be built without it.
///
/// ```
/// # use auth_runtime::{ConfigError, Events};
/// # fn events() -> Result<Events, ConfigError> {
/// Events::builder().stderr().file("/var/log/orders/auth.jsonl")?.build()
/// # }
/// ```
///
/// # From a rejection to a sink
///
/// A rejection is counted and put into a queue of 4096. A thread passes it to the sinks, as one
/// JSON object each. A request never waits for a sink, even if a pipe is no longer read.
///
/// Of rejections for one reason on one route, 100 a second are emitted one by one. The others are
/// suppressed: a [`Summary`] gives their number at the end of the second, so that the counts are
/// exact in any flood. Dropped events are counted ([`dropped`](Self::dropped)) and reported
/// ([`NoticeKind::EventsDropped`]).
///
/// # The end
///
/// Dropping the last clone blocks until queued events are written, at most for six seconds, and
/// then for one more until its diagnostics are written. Events that could not be written by then
/// are dropped. Their number goes to stderr, to `tracing` and to the metrics.
///
/// Cheap to clone; clones share the stream.
///
/// [`NoticeKind::EventsDropped`]: crate::NoticeKind::EventsDropped
/// [`Summary`]: crate::Summary
#[derive(Clone)]
pub struct Events {
    shared: Arc<Shared>,
}

struct Shared {
    counters: Arc<RefusalCounters>,
    dispatch: Dispatch,
    dropped: AtomicU64,
    /// `reported to ..` or `discarded: ..`, for the posture.
    destination: Cow<'static, str>,
    #[cfg(feature = "pager")]
    drills: Option<super::pager::Drills>,
}

impl Shared {
    fn new(counters: Arc<RefusalCounters>, dispatch: Dispatch, destination: impl Into<Cow<'static, str>>) -> Self {
        Self {
            counters,
            dispatch,
            dropped: AtomicU64::new(0),
            destination: destination.into(),
            #[cfg(feature = "pager")]
            drills: None,
        }
    }
}

enum Dispatch {
    /// The stream's thread calls the sinks.
    Queued(Stream),
    /// The request calls the sink: for tests, and for `tracing`, which adds the request's spans.
    Immediate(Box<dyn EventSink>),
    /// Rejections are counted, and no event is made.
    Discarded,
}

impl Events {
    /// Writes JSON lines to stderr.
    #[must_use]
    pub fn stderr() -> Self {
        Self::only(JsonLines::new(std::io::stderr()), "JSON lines on stderr")
    }

    /// Writes JSON lines to a writer of your own, such as a pipe or a socket. One write for each
    /// line.
    #[must_use]
    pub fn writer(writer: impl Write + Send + 'static) -> Self {
        Self::only(JsonLines::new(writer), "JSON lines to a writer of the service's own")
    }

    /// Passes events to a sink of your own.
    #[must_use]
    pub fn sink(sink: impl EventSink) -> Self {
        Self::only(OwnSink(sink), "a sink of the service's own")
    }

    /// Emits each event to `tracing`, with the target `auth_events`, within the spans of its
    /// request.
    ///
    /// The level is `WARN`, and `ERROR` for 503. Check that the subscriber's filter admits this
    /// target, because otherwise rejections are not reported.
    #[must_use]
    pub fn tracing() -> Self {
        Self::immediate(Tracing, "reported to tracing, target auth_events")
    }

    /// Collects events in memory, for tests.
    ///
    /// ```
    /// let (events, collected) = auth_runtime::Events::collect();
    /// assert!(collected.take().is_empty());
    /// # drop(events);
    /// ```
    #[must_use]
    pub fn collect() -> (Self, Collected) {
        let collected = Collected::default();
        (Self::immediate(collected.clone(), "reported to the memory of a test"), collected)
    }

    /// Discards all events. The diagnostics and the posture give the reason.
    ///
    /// An attack on such a service is noticed only when it has done harm.
    ///
    /// # Panics
    ///
    /// If the reason is not readable: blank, with invisible characters, or longer than 200 bytes.
    #[must_use]
    #[track_caller]
    pub fn discard(reason: &'static str) -> Self {
        auth_base::assert_words("the reason for events without a sink", reason);
        super::diagnostics::report(&format!("rejections are discarded: {reason}"));
        let shared = Shared::new(Arc::default(), Dispatch::Discarded, format!("discarded: {reason}"));
        Self { shared: Arc::new(shared) }
    }

    fn only(sink: impl RecordSink, name: &'static str) -> Self {
        Self::stream(vec![(Box::new(sink), name.to_owned())], name)
    }

    pub(super) fn stream(sinks: Vec<(Box<dyn RecordSink>, String)>, names: &str) -> Self {
        let counters = Arc::<RefusalCounters>::default();
        let destination = format!("reported to {names}");
        let stream = Stream::start(sinks, Arc::clone(&counters), destination.clone(), |_| Ok(None));
        // P7: a machine without a free thread cannot serve.
        let dispatch = Dispatch::Queued(stream.expect("a thread for the event stream"));
        Self { shared: Arc::new(Shared::new(counters, dispatch, destination)) }
    }

    #[cfg(feature = "pager")]
    pub(super) fn paged(
        sinks: Vec<(Box<dyn RecordSink>, String)>,
        pager: super::pager::Checked,
        names: &str,
    ) -> Result<Self, ConfigError> {
        let (counters, drills) = (Arc::<RefusalCounters>::default(), super::pager::Drills::default());
        let destination = format!("reported to {names}");
        // The notice at the start gives the last test of the pager, because an untested pager may
        // fail.
        let detail = format!("{destination}, {}", pager.last_drill());
        let stream = Stream::start(sinks, Arc::clone(&counters), detail, |state| {
            let state = Arc::clone(state);
            super::pager::start(pager, Arc::new(move || state.sample()), drills.clone()).map(Some)
        });
        let stream = stream.map_err(|error| ConfigError::Pager(error.to_string()))?;
        let shared = Shared { drills: Some(drills), ..Shared::new(counters, Dispatch::Queued(stream), destination) };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Sends a test page on the path of a real one, and returns how long that took.
    ///
    /// The sinks get a [`NoticeKind::Drill`]. Call it after each deployment, or once a day, because
    /// an untested alert may not work.
    ///
    /// # Errors
    ///
    /// [`DrillError`], if there is no pager, or if no target has accepted the page within 30
    /// seconds.
    #[cfg(feature = "pager")]
    pub async fn drill(&self) -> Result<Duration, DrillError> {
        const PATIENCE: Duration = Duration::from_secs(30);
        let drills = self.shared.drills.as_ref().ok_or(DrillError::NoPager)?;
        let waits = drills.start();
        self.notice(&Notice::new(NoticeKind::Drill, None, "TEST: there is no incident"));
        match tokio::time::timeout(PATIENCE, waits).await {
            Ok(Ok(took)) => Ok(took),
            Ok(Err(_)) | Err(_) => Err(DrillError::NotTaken(PATIENCE)),
        }
    }

    fn immediate(sink: impl EventSink, destination: impl Into<Cow<'static, str>>) -> Self {
        let shared = Shared::new(Arc::default(), Dispatch::Immediate(Box::new(sink)), destination);
        Self { shared: Arc::new(shared) }
    }

    /// Returns the number of dropped events, summed over the sinks.
    ///
    /// An event that two sinks have dropped counts twice. A summary counts as the events that it
    /// stands for, and a notice as one event. [`NoticeKind::EventsDropped`] counts as none. Each
    /// sink is asked ([`EventSink::dropped`]).
    ///
    /// [`NoticeKind::EventsDropped`]: crate::NoticeKind::EventsDropped
    #[must_use]
    pub fn dropped(&self) -> u64 {
        match &self.shared.dispatch {
            Dispatch::Queued(stream) => stream.dropped(),
            Dispatch::Immediate(_) | Dispatch::Discarded => self.shared.dropped.load(Ordering::Relaxed),
        }
    }

    /// Returns the number of decisions so far, of all verifiers with these events.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let totals = self.shared.counters.totals();
        Counts::of(totals.accepted, totals.abandoned, Kind::all().zip(totals.refused))
    }

    /// Completes the sentence "rejections are ..", for the posture.
    pub(crate) fn destination(&self) -> &str {
        &self.shared.destination
    }

    /// Returns whether both are clones of one stream.
    pub(crate) fn are(&self, others: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &others.shared)
    }

    /// Counts an accepted token.
    pub(crate) fn accepted(&self) {
        self.shared.counters.accepted();
    }

    /// Counts a decision without an outcome, because its client has closed the connection.
    pub(crate) fn abandoned(&self) {
        self.shared.counters.abandoned();
    }

    /// Counts a rejection, and emits `event()` or suppresses it.
    ///
    /// P7: each rejection makes one event, or adds one to a summary.
    pub(crate) fn refused(&self, kind: Kind, route: Option<&str>, event: impl FnOnce() -> AuthEvent) {
        match &self.shared.dispatch {
            Dispatch::Queued(stream) => stream.refused(kind, route, event),
            Dispatch::Immediate(sink) => {
                let _ = self.shared.counters.refused(kind, route, u64::MAX);
                let event = event();
                self.deliver(kind.reason.as_str(), || sink.record(&event));
            }
            Dispatch::Discarded => {
                let _ = self.shared.counters.refused(kind, route, u64::MAX);
            }
        }
    }

    pub(crate) fn notice(&self, notice: &Notice) {
        metrics::noticed(notice.notice);
        match &self.shared.dispatch {
            Dispatch::Queued(stream) => stream.notice(notice),
            Dispatch::Immediate(sink) => self.deliver(notice.notice.as_str(), || sink.notice(notice)),
            Dispatch::Discarded => {}
        }
    }

    /// Calls a sink. If it fails or panics, the event is dropped and the request is still rejected.
    fn deliver(&self, what: &'static str, deliver: impl FnOnce() -> std::io::Result<()>) {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(deliver))
            .unwrap_or_else(|_| Err(std::io::Error::other("the sink panicked")));
        if let Err(error) = outcome {
            // P7: dropped events are counted and reported.
            let dropped = self.shared.dropped.fetch_add(1, Ordering::Relaxed) + 1;
            metrics::dropped(1);
            tracing::error!(target: "auth_events", reason = what, dropped, %error, "event dropped");
        }
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events")
            .field("destination", &self.shared.destination)
            .field("dropped", &self.dropped())
            .finish_non_exhaustive()
    }
}
