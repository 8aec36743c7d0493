//! Passes events from a bounded queue to the sinks, on a thread of its own.
//!
//! Only [`Stream::refused`] and [`Stream::notice`] run on a request's path, and they do not block.

#[cfg(feature = "pager")]
use crate::refusal_counters::Sample;
use crate::refusal_counters::{Detail, RefusalCounters};
use crate::sink_handle::SinkHandle;
use crate::worker::{StillRunning, Worker};
use crate::{AuthEvent, EventSink, Notice, NoticeKind, Reason, diagnostics, metrics};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many events may wait; at some 400 bytes each, below 2 MB.
const QUEUE: usize = 4096;

/// Notices are few, and must not wait behind a flood of events.
const NOTICES: usize = 256;

/// How often summaries are emitted.
const TICK: Duration = Duration::from_secs(1);

/// P7: the longest that the end of a stream may take, whatever sinks, spools, pagers and pipes do.
///
/// It is below the ten seconds after which a container is killed.
const SHUTDOWN: Duration = Duration::from_secs(6);

/// How much of it the stream's own thread has for the queue. The sinks and the pager share the
/// rest, in parallel.
const DRAIN: Duration = Duration::from_secs(3);

/// How long a thread that must stop may take for its current record.
const LAST_RECORD: Duration = Duration::from_millis(250);

/// How long the diagnostics may take after that.
const LAST_DIAGNOSTICS: Duration = Duration::from_secs(1);

/// How many events of a kind are emitted within a second. A flood must not fill a disk, and more
/// details would give nothing new.
const MOST: u64 = 100;

pub(crate) struct Stream {
    /// `None` only while it is dropped.
    queue: Option<SyncSender<Box<AuthEvent>>>,
    state: Arc<StreamState>,
    sinks: Vec<SinkHandle>,
    thread: Worker,
    /// Taken when the stream is dropped.
    stop: Option<Stop>,
}

/// A task beside the stream: the pager.
#[derive(Default)]
pub(crate) struct Companion {
    /// Receives each notice, after the sinks. Must not block.
    pub(crate) listener: Option<Listener>,
    /// Asks it to end, without waiting for it.
    pub(crate) stop: Option<Stop>,
}

type Listener = Box<dyn Fn(&Notice) + Send>;
type Stop = Box<dyn FnOnce() -> Worker + Send + Sync>;

/// The state that the stream, its thread and the pager share.
///
/// It holds no sink, because a sink is foreign code that may block also when it is dropped.
pub(crate) struct StreamState {
    counters: Arc<RefusalCounters>,
    notices: Mutex<Vec<Notice>>,
    /// How many events this stream has dropped.
    dropped: AtomicU64,
    /// How many events each sink had dropped after it had taken them, when it was last asked.
    dropped_by_sinks: Vec<Arc<AtomicU64>>,
    /// How many events are in the queue.
    waiting: AtomicUsize,
    /// How many events the thread has not passed to all sinks yet.
    pending: AtomicU64,
    /// Grows once a second, unless a sink blocks the thread.
    heartbeats: AtomicU64,
    /// A sink has not taken the notice about dropped events yet.
    failing: AtomicBool,
    /// Set when the time limit is reached: the thread passes on nothing more.
    cut_off: AtomicBool,
    /// Set once the events that were pending then are counted.
    settled: AtomicBool,
}

/// What was reported about dropped events up to the last tick.
#[derive(Default)]
struct Reported {
    dropped: u64,
    dropping: bool,
    /// For each sink, whether it has not taken the notice yet.
    owed: Vec<bool>,
}

impl Stream {
    /// Starts the thread. `companion` makes the pager from the state that it may read.
    pub(crate) fn start(
        sinks: Vec<(Box<dyn EventSink>, String)>,
        counters: Arc<RefusalCounters>,
        detail: String,
        companion: impl FnOnce(&Arc<StreamState>) -> io::Result<Companion>,
    ) -> io::Result<Self> {
        let sinks: Vec<_> = sinks.into_iter().map(|(sink, name)| SinkHandle::new(sink, name)).collect();
        let state = Arc::new(StreamState {
            counters,
            notices: Mutex::default(),
            dropped: AtomicU64::new(0),
            dropped_by_sinks: sinks.iter().map(|sink| Arc::clone(&sink.dropped)).collect(),
            waiting: AtomicUsize::new(0),
            pending: AtomicU64::new(0),
            heartbeats: AtomicU64::new(0),
            failing: AtomicBool::new(false),
            cut_off: AtomicBool::new(false),
            settled: AtomicBool::new(false),
        });
        let Companion { listener, stop } = companion(&state)?;
        let (queue, events) = sync_channel(QUEUE);
        let reported = Reported { owed: vec![false; sinks.len()], ..Reported::default() };
        let runner = Runner { sinks: sinks.clone(), state: Arc::clone(&state), listener, reported };
        let thread = Worker::spawn("auth-events", move || runner.run(&events, detail))?;
        Ok(Self { queue: Some(queue), state, sinks, thread, stop })
    }

    /// Counts a rejection, and queues its event unless the limit of its kind is reached.
    pub(crate) fn refused(&self, reason: Reason, route: Option<&str>, event: impl FnOnce() -> AuthEvent) {
        let StreamState { counters, waiting, pending, .. } = &*self.state;
        if counters.refused(reason, route, MOST) == Detail::Suppressed {
            return;
        }
        let event = Box::new(event());
        // Before it is queued, because the thread must not take out an event that is not counted
        // yet.
        let now = waiting.fetch_add(1, Ordering::Relaxed) + 1;
        pending.fetch_add(1, Ordering::Relaxed);
        let sent = self.queue.as_ref().map(|queue| queue.try_send(event));
        if let Some(Ok(())) = sent {
            metrics::waiting(now);
        } else {
            waiting.fetch_sub(1, Ordering::Relaxed);
            self.state.passed_on(1);
        }
        match sent {
            Some(Ok(())) => {}
            // P7: an event for which there is no room is in the next summary.
            Some(Err(TrySendError::Full(_))) => counters.found_no_room(reason, route),
            // P7: the thread has ended, and only this count is left.
            Some(Err(TrySendError::Disconnected(_))) | None => self.state.drop_events(1),
        }
    }

    pub(crate) fn notice(&self, notice: &Notice) {
        let mut notices = self.state.notices();
        if notices.len() < NOTICES {
            notices.push(notice.clone());
        } else {
            self.state.drop_events(notice.event_count());
        }
    }

    /// Returns how many events the stream and its sinks have dropped.
    pub(crate) fn dropped(&self) -> u64 {
        self.sinks.iter().for_each(SinkHandle::ask);
        self.state.dropped()
    }
}

impl StreamState {
    /// Returns how many events were dropped, for the sinks as of the last tick: asking them could
    /// block.
    fn dropped(&self) -> u64 {
        let by_sinks = self.dropped_by_sinks.iter().map(|dropped| dropped.load(Ordering::Relaxed));
        self.dropped.load(Ordering::Relaxed) + by_sinks.sum::<u64>()
    }

    #[cfg(feature = "pager")]
    pub(crate) fn sample(&self) -> Sample {
        let heartbeats = self.heartbeats.load(Ordering::Relaxed);
        let failing = self.failing.load(Ordering::Relaxed);
        Sample { totals: self.counters.totals(), dropped: self.dropped(), failing, heartbeats }
    }

    fn notices(&self) -> MutexGuard<'_, Vec<Notice>> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn drop_events(&self, events: u64) {
        self.dropped.fetch_add(events, Ordering::Relaxed);
        metrics::dropped(events);
    }

    fn passed_on(&self, events: u64) {
        let _ = self.pending.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |all| Some(all.saturating_sub(events)));
    }

    fn is_cut_off(&self) -> bool {
        self.cut_off.load(Ordering::SeqCst)
    }

    /// P7: counts, once, the events for which the thread had no time.
    fn settle(&self) {
        if self.settled.swap(true, Ordering::SeqCst) {
            return;
        }
        let notices: u64 = self.notices().drain(..).map(|notice| notice.event_count()).sum();
        let suppressed: u64 = self.counters.summaries().iter().map(|summary| summary.suppressed).sum();
        self.drop_events(self.pending.swap(0, Ordering::SeqCst) + notices + suppressed);
    }
}

/// The work of the stream's thread.
struct Runner {
    sinks: Vec<SinkHandle>,
    state: Arc<StreamState>,
    listener: Option<Listener>,
    reported: Reported,
}

impl Runner {
    fn run(mut self, events: &Receiver<Box<AuthEvent>>, detail: String) {
        self.pass_on_notice(&Notice::new(NoticeKind::Started, None, detail));
        let mut tick = Instant::now() + TICK;
        loop {
            match events.recv_timeout(tick.saturating_duration_since(Instant::now())) {
                Ok(event) => {
                    self.state.waiting.fetch_sub(1, Ordering::Relaxed);
                    self.pass_on(1, |sink| sink.record(&event));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            // Also in a flood, in which the queue is never empty.
            if Instant::now() >= tick {
                self.tick();
                tick = Instant::now() + TICK;
            }
            if self.state.is_cut_off() {
                break;
            }
        }
        self.tick();
        self.pass_on_notice(&Notice::new(NoticeKind::Stopped, None, ""));
        if self.state.is_cut_off() {
            self.state.settle();
        }
    }

    fn tick(&mut self) {
        if self.state.is_cut_off() {
            return;
        }
        self.state.heartbeats.fetch_add(1, Ordering::Relaxed);
        metrics::heartbeat(self.state.waiting.load(Ordering::Relaxed));
        let notices: Vec<_> = self.state.notices().drain(..).collect();
        let summaries = self.state.counters.summaries();
        // All of them are counted before the first is passed on, because the sink may block there.
        let taken =
            notices.iter().map(Notice::event_count).chain(summaries.iter().map(|summary| summary.suppressed)).sum();
        self.state.pending.fetch_add(taken, Ordering::Relaxed);
        for notice in notices {
            self.pass_on(notice.event_count(), |sink| sink.notice(&notice));
            self.listener.iter().for_each(|listener| listener(&notice));
        }
        for summary in summaries {
            self.pass_on(summary.suppressed, |sink| sink.summary(&summary));
        }
        self.sinks.iter().for_each(SinkHandle::ask);
        self.report_losses();
    }

    fn report_losses(&mut self) {
        let dropped = self.state.dropped();
        let dropping = dropped > self.reported.dropped;
        // P7: on stderr too, because the sink that fails may be the only one. Once an outage, not
        // once a second.
        if dropping && !self.reported.dropping {
            diagnostics::report(&format!("events are dropped, {dropped} since the start: a sink does not take them"));
        }
        (self.reported.dropped, self.reported.dropping) = (dropped, dropping);
        if dropping {
            self.reported.owed.fill(true);
        }
        // P7: a sink that does not take the notice gets it each second until it does, and the
        // heartbeat stops until then.
        let notice = losses(dropped);
        for (sink, owed) in self.sinks.iter().zip(&mut self.reported.owed) {
            if *owed && !self.state.is_cut_off() {
                *owed = !sink.takes(|sink| sink.notice(&notice));
            }
        }
        self.state.failing.store(self.reported.owed.contains(&true), Ordering::Relaxed);
    }

    fn pass_on_notice(&self, notice: &Notice) {
        if self.state.is_cut_off() {
            return;
        }
        self.state.pending.fetch_add(notice.event_count(), Ordering::Relaxed);
        self.pass_on(notice.event_count(), |sink| sink.notice(notice));
    }

    /// Passes a record to each sink.
    ///
    /// P7: a sink that fails or panics has dropped the record, which counts as the `events` that it
    /// stands for. The other sinks still get it.
    fn pass_on(&self, events: u64, what: impl Fn(&dyn EventSink) -> io::Result<()>) {
        for sink in &self.sinks {
            // The rest stays pending and is counted as such.
            if self.state.is_cut_off() {
                return;
            }
            if !sink.takes(&what) && !self.state.settled.load(Ordering::SeqCst) {
                self.state.drop_events(events);
            }
        }
        self.state.passed_on(events);
    }
}

fn losses(dropped: u64) -> Notice {
    Notice::new(NoticeKind::EventsDropped, None, format!("{dropped} since the start"))
}

/// Waits, with a limit, until all records are passed on.
impl Drop for Stream {
    fn drop(&mut self) {
        let start = Instant::now();
        let limit = start + SHUTDOWN;
        self.queue = None;
        let was_cut_off = self.thread.wait_until(start + DRAIN) == Err(StillRunning);
        if was_cut_off {
            self.state.cut_off.store(true, Ordering::SeqCst);
            // A sink that is slow and not stuck finishes its record, and then the thread counts.
            let _ = self.thread.wait_until(Instant::now() + LAST_RECORD);
        }
        // Counts nothing if the thread has ended.
        self.state.settle();
        let notice = was_cut_off.then(|| losses(self.state.dropped()));
        // In parallel and with one limit, each sink on a thread of its own.
        let pager = self.stop.take().map(|stop| stop());
        let flushes: Vec<_> =
            self.sinks.drain(..).map(|sink| (Arc::clone(&sink.name), sink.end(notice.clone()))).collect();
        for (name, flush) in flushes {
            match flush.map(|flush| flush.wait_until(limit)) {
                Ok(Ok(())) => {}
                // P7: only the sink knows how many events it still holds.
                Ok(Err(StillRunning)) => {
                    diagnostics::report(&format!("{name} did not end in time: the events that it holds are dropped"));
                }
                Err(error) => diagnostics::report(&format!("{name} could not be flushed: {error}")),
            }
        }
        if pager.is_some_and(|pager| pager.wait_until(limit) == Err(StillRunning)) {
            diagnostics::report("the pager did not end in time: its last pages may be dropped");
        }
        let dropped = self.state.dropped();
        if dropped > 0 {
            diagnostics::report(&format!("the event stream has ended: {dropped} events were dropped since the start"));
        }
        diagnostics::flush(Instant::now() + LAST_DIAGNOSTICS);
    }
}
