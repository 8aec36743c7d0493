//! Runs the pager's thread, which a blocked sink does not stop.

use super::super::refusal_counters::Sample;
use super::super::stream::Companion;
use super::super::worker::Worker;
use super::super::{Notice, NoticeKind, diagnostics};
use super::Checked;
use super::detector::Detector;
use super::page::{Alert, Page, PageState};
use super::record::DrillRecord;
use super::sender::send;
use auth_base::http::client::{HttpClient, HttpClientError, HttpOptions, Redirects};
use auth_base::http::error_chain::request_error;
use auth_base::http::url::CheckedUrl;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// How long a request may take. Pages have a shorter limit of their own.
const TIMEOUT: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_secs(1);
/// How long the last pages may take when the stream ends.
const FLUSH: Duration = Duration::from_secs(2);

/// Returns the current counts of the stream.
pub(in super::super) type Watched = Arc<dyn Fn() -> Sample + Send + Sync>;

/// The calls of `Events::drill` that wait for their page, with their start.
pub(in super::super) type Drills = Arc<Mutex<Vec<(Instant, oneshot::Sender<Duration>)>>>;

/// Completes drills once a target has accepted their page.
pub(super) struct DrillTracker {
    pub(super) waiting: Drills,
    pub(super) record: Option<DrillRecord>,
}

impl DrillTracker {
    pub(super) fn arrived(&self) {
        for (since, drill) in self.waiting.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = drill.send(since.elapsed());
        }
        self.record.iter().for_each(DrillRecord::write);
    }
}

/// The progress of the sender.
#[derive(Default)]
pub(super) struct Progress {
    /// No target has accepted the last page.
    pub(super) stuck: AtomicBool,
    /// How many pages were made and neither delivered nor dropped.
    pub(super) unsent: AtomicUsize,
}

/// Makes the client of all targets, without redirects, which could send a page elsewhere.
pub(super) fn client() -> Result<HttpClient, HttpClientError> {
    HttpClient::new(&HttpOptions {
        connect_timeout: TIMEOUT,
        timeout: TIMEOUT,
        redirects: Redirects::Refused,
        root_certificates: &[],
    })
}

/// Starts the thread. It ends when the stream stops it or is dropped.
pub(in super::super) fn start(pager: Checked, watched: Watched, drills: Drills) -> std::io::Result<Companion> {
    let (sender, notices) = unbounded_channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let client = client().map_err(std::io::Error::other)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let thread = Worker::spawn("auth-pager", move || {
        runtime.block_on(run(pager, client, watched, drills, notices, stopped));
        // Not a drop: that would wait for a name server that does not answer.
        runtime.shutdown_background();
    })?;
    let listener = move |notice: &Notice| drop(sender.send(notice.clone()));
    let stop = move || {
        drop(stop);
        thread
    };
    Ok(Companion { listener: Some(Box::new(listener)), stop: Some(Box::new(stop)) })
}

async fn run(
    pager: Checked,
    client: HttpClient,
    watched: Watched,
    drills: Drills,
    mut notices: UnboundedReceiver<Notice>,
    mut stopped: oneshot::Receiver<()>,
) {
    let Checked { service, targets, heartbeat, record, thresholds } = pager;
    let service: Arc<str> = service.into();
    let (found, waiting) = unbounded_channel();
    let progress = Arc::<Progress>::default();
    let drills = DrillTracker { waiting: drills, record };
    let sender = tokio::spawn(send(targets, client.clone(), waiting, drills, Arc::clone(&progress)));
    let beats = Arc::clone(&progress);
    let beat = heartbeat.map(|(url, every)| tokio::spawn(beat(client, url, every, Arc::clone(&watched), beats)));
    let page = |page: Page| {
        progress.unsent.fetch_add(1, Ordering::Relaxed);
        let _ = found.send(page);
    };

    let mut detector = Detector::new(Arc::clone(&service), thresholds);
    let mut tick = interval(TICK);
    // After a pause, one tick is enough.
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => detector.look(&watched()).into_iter().for_each(page),
            Some(notice) = notices.recv() => react(&mut detector, &service, &notice, page),
            _ = &mut stopped => break,
        }
    }
    // P7: the notices and counts since the last tick.
    while let Ok(notice) = notices.try_recv() {
        react(&mut detector, &service, &notice, page);
    }
    detector.look(&watched()).into_iter().for_each(page);
    drop(found);
    if let Some(beat) = beat {
        beat.abort();
    }
    let abort = sender.abort_handle();
    let _ = tokio::time::timeout(FLUSH, sender).await;
    // This also kills a command that does not end.
    abort.abort();
    let unsent = progress.unsent.load(Ordering::Relaxed);
    if unsent > 0 {
        diagnostics::report(&format!("{unsent} pages were dropped at the end: no target has accepted them in time"));
    }
}

fn react(detector: &mut Detector, service: &Arc<str>, notice: &Notice, mut page: impl FnMut(Page)) {
    if notice.notice == NoticeKind::Drill {
        let text = "TEST: a drill of the pager; there is no incident";
        for state in [PageState::Triggered, PageState::Resolved] {
            page(Page::new(service, Alert::Drill, state, SystemTime::now(), text));
        }
    } else {
        detector.notice(notice);
    }
}

/// Posts the heartbeat.
///
/// P7: only while the stream moves and drops nothing, and pages are accepted. Otherwise it stops,
/// so that the dead man's switch fires.
async fn beat(client: HttpClient, url: CheckedUrl, every: Duration, watched: Watched, progress: Arc<Progress>) {
    let mut tick = interval(every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut heartbeats, mut dropped) = (None, 0);
    loop {
        tick.tick().await;
        let now = watched();
        let stands = heartbeats.replace(now.heartbeats) == Some(now.heartbeats);
        let drops = std::mem::replace(&mut dropped, now.dropped) < now.dropped;
        if stands || drops || now.failing || progress.stuck.load(Ordering::Relaxed) {
            continue;
        }
        let sent = client.post(&url).send().await;
        let sent = sent.and_then(reqwest::Response::error_for_status);
        if let Err(error) = sent {
            diagnostics::report(&format!("the heartbeat was not accepted: {}", request_error(error)));
        }
    }
}
