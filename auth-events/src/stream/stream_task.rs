//! Passes records to the sinks, on the stream's thread.

use super::companion::Companion;
use super::state::StreamState;
use crate::record::{Outgoing, Record};
use crate::sink_handle::SinkHandle;
use crate::worker::{Next, Task};
use crate::{AuthEvent, Notice, NoticeKind, diagnostics, metrics};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How often summaries are emitted.
const TICK: Duration = Duration::from_secs(1);

/// The work of the stream's thread. Its sinks may block.
pub(super) struct StreamTask {
    sinks: Vec<SinkHandle>,
    state: Arc<StreamState>,
    companion: Option<Companion>,
    /// The notice of the start, until it is passed on.
    started: Option<Notice>,
    /// When the next summaries are emitted.
    tick: Instant,
    reported: Reported,
    is_ending: bool,
}

/// What was reported about dropped events up to the last tick.
#[derive(Default)]
struct Reported {
    dropped: u64,
    dropping: bool,
    /// For each sink, whether it has not taken the notice yet.
    owed: Vec<bool>,
}

impl Task for StreamTask {
    type Item = Arc<AuthEvent>;
    type Done = Infallible;

    fn take(&mut self, event: Arc<AuthEvent>) {
        self.state.waiting.fetch_sub(1, Ordering::Relaxed);
        self.start();
        self.pass_on(Record::Event(event));
    }

    fn act(&mut self, now: Instant) -> Next<Infallible> {
        self.start();
        if self.is_ending {
            return Next::Idle;
        }
        // Also in a flood, in which the queue is never empty.
        if now >= self.tick {
            // Before it, so that a panic does not repeat at each event.
            self.tick = now + TICK;
            self.tick();
            self.tick = Instant::now() + TICK;
        }
        Next::At(self.tick)
    }

    fn ending(&mut self) {
        self.is_ending = true;
    }

    fn close(&mut self) {
        self.tick();
        self.pass_on_notice(Notice::new(NoticeKind::Stopped, None, ""));
        if self.state.is_cut_off() {
            self.state.settle();
        }
    }
}

impl StreamTask {
    pub(super) fn new(
        sinks: Vec<SinkHandle>,
        state: Arc<StreamState>,
        companion: Option<Companion>,
        detail: String,
    ) -> Self {
        let reported = Reported { owed: vec![false; sinks.len()], ..Reported::default() };
        let started = Some(Notice::new(NoticeKind::Started, None, detail));
        Self { sinks, state, companion, started, tick: Instant::now() + TICK, reported, is_ending: false }
    }

    /// Passes on the notice of the start, before any other record.
    fn start(&mut self) {
        if let Some(started) = self.started.take() {
            self.pass_on_notice(started);
        }
    }

    fn tick(&mut self) {
        if self.state.is_cut_off() {
            return;
        }
        self.state.heartbeats.fetch_add(1, Ordering::Relaxed);
        metrics::heartbeat(self.state.waiting.load(Ordering::Relaxed));
        let notices: Vec<_> = self.state.notices().drain(..).map(Arc::new).collect();
        let summaries = self.state.counters.summaries();
        // All of them are counted before the first is passed on, because the sink may block there.
        let taken =
            notices.iter().map(|notice| notice.event_count()).chain(summaries.iter().map(|summary| summary.suppressed));
        self.state.ledger.hold(taken.sum());
        for notice in notices {
            self.pass_on(Record::Notice(Arc::clone(&notice)));
            if let Some(companion) = &self.companion {
                companion.notice(&notice);
            }
        }
        for summary in summaries {
            self.pass_on(Record::Summary(Arc::new(summary)));
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
        if self.reported.owed.contains(&true) {
            let notice = Outgoing::from(losses(dropped));
            for (sink, owed) in self.sinks.iter().zip(&mut self.reported.owed) {
                if *owed && !self.state.is_cut_off() {
                    *owed = !sink.takes(&notice);
                }
            }
        }
        self.state.failing.store(self.reported.owed.contains(&true), Ordering::Relaxed);
    }

    fn pass_on_notice(&self, notice: Notice) {
        if self.state.is_cut_off() {
            return;
        }
        self.state.ledger.hold(notice.event_count());
        self.pass_on(Record::Notice(Arc::new(notice)));
    }

    /// Passes a record to each sink.
    ///
    /// P7: a sink that fails or panics has dropped the record, which counts as the events that it
    /// stands for. The other sinks still get it.
    fn pass_on(&self, record: Record) {
        let events = record.event_count();
        let outgoing = Outgoing::new(record);
        for sink in &self.sinks {
            // The rest stays held and is counted as such.
            if self.state.is_cut_off() {
                return;
            }
            if !sink.takes(&outgoing) && !self.state.settled.load(Ordering::SeqCst) {
                self.state.drop_events(events);
            }
        }
        self.state.ledger.release(events);
    }
}

/// Makes the notice about dropped events.
pub(super) fn losses(dropped: u64) -> Notice {
    Notice::new(NoticeKind::EventsDropped, None, format!("{dropped} since the start"))
}
