//! Where rejections are reported: [`Events`].

use super::json_lines::JsonLines;
use super::refusal_counters::RefusalCounters;
use super::sink::{Discarding, Tracing};
use super::stream::{Companion, Stream};
use super::{AuthEvent, Collected, Counts, EventSink, EventsBuilder, Notice, Reason, metrics};
#[cfg(feature = "pager")]
use super::{DrillError, NoticeKind};
#[cfg(feature = "pager")]
use auth_base::ConfigError;
use std::borrow::Cow;
use std::io::Write;
use std::sync::Arc;
#[cfg(feature = "pager")]
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
#[cfg(feature = "pager")]
use std::time::Duration;

/// Where refusals are reported. A verifier can't be built without one: someone must hear it.
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
/// A rejection is counted and put into a queue of 4096. A thread passes it to the sinks, as one JSON object each. A request
/// never waits for that, even if a pipe is not read any more. Of rejections for one reason on one route, 100 a second are
/// emitted one by one. A [`Summary`] gives the number of the others at the end of the second, so that the counts are exact in
/// any flood. Dropped events are counted ([`lost`](Self::lost)) and reported ([`NoticeKind::EventsLost`]).
///
/// # The end
///
/// Dropping the last clone blocks until queued events are written, at most for six seconds, and then for one more until its
/// diagnostics are. Events that could not be written by then are dropped. Their number goes to stderr, to `tracing` and to the
/// metrics.
///
/// Cheap to clone; clones share the stream.
///
/// [`NoticeKind::EventsLost`]: crate::NoticeKind::EventsLost
/// [`Summary`]: crate::Summary
#[derive(Clone)]
pub struct Events {
    shared: Arc<Shared>,
}

struct Shared {
    counters: Arc<RefusalCounters>,
    told: Told,
    lost: AtomicU64,
    name: Cow<'static, str>,
    #[cfg(feature = "pager")]
    drills: Option<super::pager::Drills>,
}

impl Shared {
    fn new(counters: Arc<RefusalCounters>, told: Told, name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            counters,
            told,
            lost: AtomicU64::new(0),
            name: name.into(),
            #[cfg(feature = "pager")]
            drills: None,
        }
    }
}

enum Told {
    /// Passed on by the stream's thread.
    Later(Stream),
    /// Passed on by the request itself: for tests, and for `tracing`, which adds the request's spans.
    AtOnce(Box<dyn EventSink>),
}

impl Events {
    /// Starts a builder, for more than one sink.
    pub fn builder() -> EventsBuilder {
        EventsBuilder::default()
    }

    /// Writes JSON lines to stderr.
    #[must_use]
    pub fn stderr() -> Self {
        Self::only(JsonLines::new(std::io::stderr()), "JSON lines on stderr")
    }

    /// Writes JSON lines to a writer of your own, such as a pipe or a socket. One write for each line.
    #[must_use]
    pub fn writer(writer: impl Write + Send + 'static) -> Self {
        Self::only(JsonLines::new(writer), "JSON lines to a writer of the service's own")
    }

    /// Passes events to a sink of your own.
    #[must_use]
    pub fn sink(sink: impl EventSink) -> Self {
        Self::only(sink, "a sink of the service's own")
    }

    /// Emits each event to `tracing` within the spans of its request: level `WARN` (`ERROR` for 503), target `auth_events`.
    ///
    /// Check that the subscriber's filter admits this target: otherwise rejections are silent.
    #[must_use]
    pub fn tracing() -> Self {
        Self::at_once(Tracing, "tracing, target auth_events")
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
        (Self::at_once(collected.clone(), "the memory of a test"), collected)
    }

    /// To nobody. That is said where the service's other diagnostics go, and in the posture, with the reason.
    ///
    /// An attack on such a service is noticed by those who are harmed by it.
    ///
    /// # Panics
    ///
    /// When a reader cannot read the reason: blank, with invisible characters, or longer than 200 bytes.
    #[must_use]
    #[track_caller]
    pub fn discard(reason: &'static str) -> Self {
        auth_base::assert_words("the reason for events without a sink", reason);
        super::diagnostics::report(&format!("NOBODY HEARS of refused authentication: {reason}"));
        Self::at_once(Discarding, format!("NOBODY: {reason}"))
    }

    fn only(sink: impl EventSink, name: &'static str) -> Self {
        Self::stream(vec![(Box::new(sink), name.to_owned())], name)
    }

    pub(super) fn stream(sinks: Vec<(Box<dyn EventSink>, String)>, name: impl Into<Cow<'static, str>>) -> Self {
        let counters = Arc::<RefusalCounters>::default();
        let name = name.into();
        let stream = Stream::start(sinks, Arc::clone(&counters), name.to_string(), |_| Ok(Companion::default()));
        // P7: a machine that has no thread left for it is in no state to serve.
        let told = Told::Later(stream.expect("a thread for the stream of refusals"));
        Self { shared: Arc::new(Shared::new(counters, told, name)) }
    }

    #[cfg(feature = "pager")]
    pub(super) fn paged(
        sinks: Vec<(Box<dyn EventSink>, String)>,
        pager: super::pager::Checked,
        name: String,
    ) -> Result<Self, ConfigError> {
        let (counters, drills) = (Arc::<RefusalCounters>::default(), super::pager::Drills::default());
        // A service that has just started has not tested its pager.
        let said = format!("{name}, {}", pager.tried());
        let stream = Stream::start(sinks, Arc::clone(&counters), said, |state| {
            let state = Arc::clone(state);
            super::pager::start(pager, Arc::new(move || state.sample()), Arc::clone(&drills))
        });
        let stream = stream.map_err(|error| ConfigError::Pager(error.to_string()))?;
        let shared = Shared { drills: Some(drills), ..Shared::new(counters, Told::Later(stream), name) };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Sends a test page on the same way as a real one, and returns how long that took. The sinks get a
    /// [`NoticeKind::Drill`].
    ///
    /// Do it after each deployment, or once a day, because an untested alert may not work.
    ///
    /// # Errors
    ///
    /// [`DrillError`], when there is no pager, or no target has taken the page within 30 seconds.
    #[cfg(feature = "pager")]
    pub async fn drill(&self) -> Result<Duration, DrillError> {
        const PATIENCE: Duration = Duration::from_secs(30);
        let drills = self.shared.drills.as_ref().ok_or(DrillError::NoPager)?;
        let (taken, waits) = tokio::sync::oneshot::channel();
        drills.lock().unwrap_or_else(PoisonError::into_inner).push((tokio::time::Instant::now(), taken));
        self.notice(&Notice::new(NoticeKind::Drill, None, "TEST: nothing has happened"));
        match tokio::time::timeout(PATIENCE, waits).await {
            Ok(Ok(took)) => Ok(took),
            Ok(Err(_)) | Err(_) => Err(DrillError::NotTaken(PATIENCE)),
        }
    }

    fn at_once(sink: impl EventSink, name: impl Into<Cow<'static, str>>) -> Self {
        let shared = Shared::new(Arc::default(), Told::AtOnce(Box::new(sink)), name);
        Self { shared: Arc::new(shared) }
    }

    /// Returns the number of dropped events, summed over the sinks: an event that two sinks have dropped counts twice.
    ///
    /// A summary counts as the events that it stands for, and a notice as one event. [`NoticeKind::EventsLost`] counts as none.
    /// Each sink is asked ([`EventSink::lost`]).
    ///
    /// [`NoticeKind::EventsLost`]: crate::NoticeKind::EventsLost
    #[must_use]
    pub fn lost(&self) -> u64 {
        match &self.shared.told {
            Told::Later(stream) => stream.lost(),
            Told::AtOnce(_) => self.shared.lost.load(Ordering::Relaxed),
        }
    }

    /// Returns the number of decisions so far, of all verifiers with these events.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let totals = self.shared.counters.totals();
        Counts::of(totals.accepted, totals.abandoned, Reason::ALL.iter().copied().zip(totals.refused))
    }

    /// The names of the sinks, for the posture.
    pub(crate) fn name(&self) -> &str {
        &self.shared.name
    }

    /// Whether these are the same: what goes to one arrives at the other.
    pub(crate) fn are(&self, others: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &others.shared)
    }

    /// A token was found good.
    pub(crate) fn accepted(&self) {
        self.shared.counters.accepted();
    }

    /// A decision had no outcome: its client is gone.
    pub(crate) fn abandoned(&self) {
        self.shared.counters.abandoned();
    }

    /// P7: each rejection makes one event, or one more in a summary. `event` is made only if it is emitted.
    pub(crate) fn refused(&self, reason: Reason, route: Option<&str>, event: impl FnOnce() -> AuthEvent) {
        match &self.shared.told {
            Told::Later(stream) => stream.refused(reason, route, event),
            Told::AtOnce(sink) => {
                let _ = self.shared.counters.refused(reason, route, u64::MAX);
                let event = event();
                self.deliver(reason.as_str(), || sink.record(&event));
            }
        }
    }

    pub(crate) fn notice(&self, notice: &Notice) {
        metrics::noticed(notice.notice);
        match &self.shared.told {
            Told::Later(stream) => stream.notice(notice),
            Told::AtOnce(sink) => self.deliver(notice.notice.as_str(), || sink.notice(notice)),
        }
    }

    /// A sink that fails or panics costs its event, never the refusal.
    fn deliver(&self, what: &'static str, deliver: impl FnOnce() -> std::io::Result<()>) {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(deliver))
            .unwrap_or_else(|_| Err(std::io::Error::other("the sink panicked")));
        if let Err(error) = outcome {
            // P7: dropped events are counted and reported.
            let lost = self.shared.lost.fetch_add(1, Ordering::Relaxed) + 1;
            metrics::lost(1);
            tracing::error!(target: "auth_events", reason = what, lost, %error, "event lost");
        }
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").field("to", &self.shared.name).field("lost", &self.lost()).finish_non_exhaustive()
    }
}
