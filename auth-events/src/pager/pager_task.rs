//! Looks at the stream's counts each second, on a thread that a blocked sink does not stop.

use super::detector::Detector;
use super::drills::{DrillTracker, Drills};
use super::heartbeat::Heartbeat;
use super::page::{Alert, Page, PageState};
use super::page_sender::{PageSender, client};
use super::pager::Checked;
use crate::refusal_counters::Sample;
use crate::stream::Companion;
use crate::worker::{Deadline, Ledger, Next, Settings, Task, Worker};
use crate::{Notice, NoticeKind, diagnostics};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

const TICK: Duration = Duration::from_secs(1);
/// How many notices may wait. The stream passes on at most 256 a second.
const QUEUE: usize = 4096;
/// How long the last pages may take when the stream ends.
const FLUSH: Duration = Duration::from_secs(2);

/// Returns the current counts of the stream.
type Watched = Arc<dyn Fn() -> Sample + Send + Sync>;

/// Starts the thread. It ends when the stream stops it or is dropped.
pub(crate) fn start(pager: Checked, watched: Watched, drills: Drills) -> io::Result<Companion> {
    let Checked { service, targets, heartbeat, record, thresholds } = pager;
    let (service, client): (Arc<str>, _) = (service.into(), client().map_err(io::Error::other)?);
    let ledger = Arc::<Ledger>::default();
    let tracker = DrillTracker { waiting: drills, record };
    let task = PagerTask {
        detector: Detector::new(Arc::clone(&service), thresholds),
        service,
        watched,
        look_at: Instant::now(),
        heartbeat: heartbeat.map(|(url, every)| Heartbeat::new(client.clone(), url, every)),
        sender: PageSender::new(targets, client, tracker, Arc::clone(&ledger)),
        ledger: Arc::clone(&ledger),
        is_ending: false,
    };
    let settings = Settings { name: "auth-pager", capacity: QUEUE, ledger, deadline: Deadline::default() };
    Ok(Companion::new(Worker::with_jobs(settings, task)?, FLUSH))
}

/// The work of the pager's thread.
struct PagerTask {
    service: Arc<str>,
    detector: Detector,
    watched: Watched,
    /// When the counts are looked at next.
    look_at: Instant,
    heartbeat: Option<Heartbeat>,
    sender: PageSender,
    /// Holds the pages that were made and neither delivered nor dropped.
    ledger: Arc<Ledger>,
    is_ending: bool,
}

/// The result of a job.
enum Done {
    /// A page was sent, and the target of this index has accepted it.
    Page(Option<usize>),
    Heartbeat,
}

impl Task for PagerTask {
    type Item = Arc<Notice>;
    type Done = Done;

    fn take(&mut self, notice: Arc<Notice>) {
        if notice.notice == NoticeKind::Drill {
            let text = "TEST: a drill of the pager; there is no incident";
            for state in [PageState::Triggered, PageState::Resolved] {
                self.sender.push(Page::new(&self.service, Alert::Drill, state, SystemTime::now(), text));
            }
        } else {
            self.detector.notice(&notice);
        }
    }

    fn act(&mut self, now: Instant) -> Next<Done> {
        if self.is_ending {
            return self.sender.act(now, Done::Page);
        }
        if now >= self.look_at {
            // After a pause, one look is enough.
            self.look_at = now + TICK;
            self.look();
        }
        let is_stuck = self.sender.is_stuck();
        if let Some(beat) = self.heartbeat.as_mut().and_then(|beat| beat.beat(now, &*self.watched, is_stuck)) {
            let beat = async {
                beat.await;
                Done::Heartbeat
            };
            return Next::Start(Box::pin(beat), Done::Heartbeat);
        }
        let next_beat = self.heartbeat.iter().filter(|beat| !beat.is_sending).map(|beat| beat.due);
        let next = next_beat.chain([self.look_at]).min().unwrap_or(self.look_at);
        match self.sender.act(now, Done::Page) {
            Next::Start(job, if_it_panics) => Next::Start(job, if_it_panics),
            Next::At(retry) => Next::At(next.min(retry)),
            Next::Waiting | Next::Idle => Next::At(next),
        }
    }

    fn done(&mut self, done: Done) {
        match done {
            Done::Page(taker) => self.sender.done(taker),
            Done::Heartbeat => self.heartbeat.iter_mut().for_each(|beat| beat.is_sending = false),
        }
    }

    fn ending(&mut self) {
        self.is_ending = true;
        // P7: the counts since the last look.
        self.look();
        self.sender.retry_now();
    }

    fn close(&mut self) {
        let unsent = self.ledger.abandon();
        if unsent > 0 {
            diagnostics::report(&format!(
                "{unsent} pages were dropped at the end: no target has accepted them in time"
            ));
        }
    }
}

impl PagerTask {
    fn look(&mut self) {
        for page in self.detector.look(&(self.watched)()) {
            self.sender.push(page);
        }
    }
}
