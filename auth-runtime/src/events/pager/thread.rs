//! The thread: looks, and sends. A sink that blocks does not stop it.

use super::super::aloud::aloud;
use super::super::tally::Sample;
use super::super::{Notice, NoticeKind};
use super::Checked;
use super::detector::Detector;
use super::page::{Alert, Page, PageState};
use super::record::DrillRecord;
use super::sender::send;
use crate::base::http::client::{HttpClient, HttpClientError, HttpOptions, Redirects};
use crate::base::http::error_chain::request_error;
use crate::base::http::url::CheckedUrl;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// How long a request may take. Pages have a shorter limit of their own.
const TIMEOUT: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_secs(1);
/// How long what still waits may take when the stream ends.
const FLUSH: Duration = Duration::from_secs(2);

/// What it looks at.
pub(in super::super) type Watched = Arc<dyn Fn() -> Sample + Send + Sync>;

/// Who waits for a drill to arrive, and since when.
pub(in super::super) type Drills = Arc<Mutex<Vec<(Instant, oneshot::Sender<Duration>)>>>;

/// What is to be done once a drill has arrived.
pub(super) struct Tried {
    pub(super) waiting: Drills,
    pub(super) record: Option<DrillRecord>,
}

impl Tried {
    pub(super) fn arrived(&self) {
        for (since, drill) in self.waiting.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = drill.send(since.elapsed());
        }
        self.record.iter().for_each(DrillRecord::note);
    }
}

/// The client of all targets.
pub(super) fn client() -> Result<HttpClient, HttpClientError> {
    HttpClient::new(&HttpOptions {
        connect_timeout: TIMEOUT,
        timeout: TIMEOUT,
        redirects: Redirects::Refused,
        root_certificates: &[],
    })
}

pub(in super::super) struct PagerThread {
    notices: Option<UnboundedSender<Notice>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl PagerThread {
    pub(in super::super) fn start(pager: Checked, watched: Watched, drills: Drills) -> std::io::Result<Self> {
        let (notices, heard) = unbounded_channel();
        let client = client().map_err(std::io::Error::other)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new().name("auth-pager".to_owned()).spawn(move || {
            runtime.block_on(run(pager, client, watched, drills, heard));
        })?;
        Ok(Self { notices: Some(notices), thread: Some(thread) })
    }

    pub(in super::super) fn notice(&self, notice: &Notice) {
        // When the thread is gone, so is the service.
        let _ = self.notices.as_ref().map(|notices| notices.send(notice.clone()));
    }
}

/// Waits, for a while, until the pages that wait are sent.
impl Drop for PagerThread {
    fn drop(&mut self) {
        self.notices = None;
        // It gives up by itself in time.
        let _ = self.thread.take().map(std::thread::JoinHandle::join);
    }
}

async fn run(
    pager: Checked,
    client: HttpClient,
    watched: Watched,
    drills: Drills,
    mut heard: UnboundedReceiver<Notice>,
) {
    let Checked { service, targets, heartbeat, record, thresholds } = pager;
    let service: Arc<str> = service.into();
    let (found, waiting) = unbounded_channel();
    let stuck = Arc::<AtomicBool>::default();
    let drills = Tried { waiting: drills, record };
    let sender = tokio::spawn(send(targets, client.clone(), waiting, drills, Arc::clone(&stuck)));
    let beat = heartbeat.map(|(url, every)| tokio::spawn(beat(client, url, every, Arc::clone(&watched), stuck)));

    let mut detector = Detector::new(Arc::clone(&service), thresholds);
    let mut tick = interval(TICK);
    // After a pause one look is enough.
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let news = tokio::select! {
            _ = tick.tick() => {
                detector.look(watched())
            }
            notice = heard.recv() => match notice {
                None => {
                    // P7: what happened since the last look, and nobody will look at any more.
                    for page in detector.look(watched()) {
                        let _ = found.send(page);
                    }
                    break;
                }
                Some(notice) if notice.notice == NoticeKind::Drill => {
                    let said = "TEST: a drill of the pager; nothing has happened";
                    let page = |state| Page::new(&service, Alert::Drill, state, SystemTime::now(), said);
                    vec![page(PageState::Triggered), page(PageState::Resolved)]
                }
                Some(notice) => {
                    detector.notice(&notice);
                    Vec::new()
                }
            },
        };
        for page in news {
            let _ = found.send(page);
        }
    }
    drop(found);
    if let Some(beat) = beat {
        beat.abort();
    }
    let _ = tokio::time::timeout(FLUSH, sender).await;
}

/// P7: as long as the stream moves, tells everything, and pages are taken. When that isn't so, silence is what tells.
async fn beat(client: HttpClient, url: CheckedUrl, every: Duration, watched: Watched, stuck: Arc<AtomicBool>) {
    let mut tick = interval(every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut rounds, mut lost) = (None, 0);
    loop {
        tick.tick().await;
        let now = watched();
        let stands = rounds.replace(now.rounds) == Some(now.rounds);
        let loses = std::mem::replace(&mut lost, now.lost) < now.lost;
        if stands || loses || stuck.load(Ordering::Relaxed) {
            continue;
        }
        let sent = client.post(&url).send().await;
        let sent = sent.and_then(reqwest::Response::error_for_status);
        if let Err(error) = sent {
            aloud(&format!("the heartbeat was not taken: {}", request_error(error)));
        }
    }
}
