//! The task that reads the keys again, and what requests see of it.

use super::super::VerifyingKey;
use super::super::held::HeldKeys;
use super::Options;
use super::discovery::Location;
use super::fetch::{Answer, FetchError, Fetcher};
use super::freshness::jittered;
use super::published::Published;
use crate::config_error::ConfigError;
use crate::events::{Events, Notice, NoticeKind};
use crate::rejection::{Reason, Refusal, Rejection};
use crate::verifier::{contain, whole};
use arc_swap::ArcSwapOption;
use http::HeaderValue;
use reqwest::Url;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;
use tokio::time::Instant;

/// How long the wait between failing attempts may become.
const MAX_BACKOFF: Duration = Duration::from_mins(1);

/// Published keys, kept fresh. The task ends with the last handle.
pub(in super::super) struct Remote {
    shared: Arc<Shared>,
    task: AbortHandle,
    ended: OnceLock<FetchError>,
}

impl Drop for Remote {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What requests see.
struct Shared {
    snapshot: ArcSwapOption<Snapshot>,
    attempts: watch::Sender<Attempts>,
    /// Asks for an attempt before its time.
    wake: Notify,
    /// Who is told: the events of each verifier with these keys, and the name of the issuer there.
    listeners: Mutex<Vec<(Events, Arc<str>)>>,
    cooldown: Duration,
    max_age: Duration,
    issuer: Option<String>,
    description: String,
}

/// The keys as they were at one time.
struct Snapshot {
    keys: Arc<HeldKeys>,
    skipped: Vec<String>,
    /// What the answer of which URL is called.
    etag: Option<(Url, HeaderValue)>,
    asked_at: Instant,
    /// What the verifier's clock said to the first request that saw it: the second of two clocks, for machines that were
    /// suspended, or restored from an image, meanwhile.
    seen_at: OnceLock<SystemTime>,
    too_old_was_said: AtomicBool,
}

impl Snapshot {
    /// By the clock that says more.
    fn age(&self, now: SystemTime) -> Duration {
        let seen_at = *self.seen_at.get_or_init(|| now);
        self.asked_at.elapsed().max(now.duration_since(seen_at).unwrap_or_default())
    }
}

/// What was tried so far.
#[derive(Clone, Default)]
struct Attempts {
    started: u64,
    finished: u64,
    last_started: Option<Instant>,
    /// Why the latest failed, if it has. Many in a row are one outage.
    failure: Option<FetchError>,
    in_a_row: u32,
}

impl Attempts {
    fn are_cooling_down(&self, cooldown: Duration) -> bool {
        self.last_started.is_some_and(|started| started.elapsed() < cooldown)
    }
}

impl Remote {
    /// The keys, unless they are too old or not there yet.
    pub(in super::super) fn current(&self, now: SystemTime) -> Result<Arc<HeldKeys>, Refusal> {
        // The last good keys hold for a while, as in any outage.
        let _ = self.ended();
        let Some(snapshot) = self.shared.snapshot.load_full() else {
            return Err(unavailable("the keys of the issuer are not there yet"));
        };
        // P6: what an issuer may have taken back long ago verifies nothing.
        if snapshot.age(now) > self.shared.max_age {
            if !snapshot.too_old_was_said.swap(true, Ordering::Relaxed) {
                let said = "they could not be read again; tokens get 503".to_owned();
                self.shared.settle(|| vec![(NoticeKind::KeySetTooOld, said)]);
            }
            return Err(unavailable("the keys of the issuer are too old"));
        }
        Ok(Arc::clone(&snapshot.keys))
    }

    /// The one key for a token; the keys are read again when it names one that isn't there.
    pub(in super::super) async fn find(
        &self,
        kid: Option<&str>,
        algorithm: &str,
        now: SystemTime,
    ) -> Result<VerifyingKey, Refusal> {
        if let Ok(keys) = self.current(now) {
            match keys.find(kid, algorithm) {
                // Of a token without a name it is known that more keys won't help. Of one with a name it is not, also where
                // a key without a name was tried in its place.
                Err(Refusal {
                    rejection: Rejection::InvalidToken(Reason::UnknownKey | Reason::AlgorithmNotAllowed),
                    ..
                }) if kid.is_some() => {}
                found => return found.cloned(),
            }
        }
        let failure = self.attempted().await;
        match (self.current(now)?.find(kid, algorithm), failure) {
            // P6: it may be good, and nobody can tell.
            (
                Err(Refusal {
                    rejection: Rejection::InvalidToken(Reason::UnknownKey | Reason::AlgorithmNotAllowed),
                    ..
                }),
                Some(_),
            ) => Err(unavailable("no key of this name, and the issuer can't be asked")),
            (found, _) => found.cloned(),
        }
    }

    /// Waits for an attempt that is under way or due; within the cooldown of the last one, for nothing. What is wrong
    /// with the latest, if something is.
    ///
    /// The attempt is the task's, and one for all who wait: who stops waiting stops nothing.
    async fn attempted(&self) -> Option<FetchError> {
        let shared = &*self.shared;
        if let Some(ended) = self.ended() {
            return Some(ended);
        }
        let mut attempts = shared.attempts.subscribe();
        let seen = attempts.borrow_and_update().clone();
        let awaited = if seen.started > seen.finished {
            seen.started
        } else if seen.are_cooling_down(shared.cooldown) {
            return seen.failure;
        } else {
            shared.wake.notify_one();
            seen.finished + 1
        };
        let attempts = attempts.wait_for(|attempts| attempts.finished >= awaited).await;
        attempts.ok().and_then(|attempts| attempts.failure.clone())
    }

    /// P7: nobody reads the keys any more when the runtime is gone in which they were read. An outage without end, which
    /// is said once, to the first request that sees it.
    fn ended(&self) -> Option<FetchError> {
        if !self.task.is_finished() {
            return None;
        }
        let failure = self.ended.get_or_init(|| {
            let why = "the runtime in which they were read has ended; nobody reads them any more";
            let failure = FetchError::new(&self.shared.description, why);
            self.shared.settle(|| {
                let mut notices = Vec::new();
                self.shared.attempts.send_modify(|attempts| {
                    if attempts.failure.replace(failure.clone()).is_none() {
                        notices.push((NoticeKind::KeySetUnavailable, failure.said()));
                    }
                });
                notices
            });
            failure
        });
        Some(failure.clone())
    }

    /// Tells these events from now on, and of what went wrong before they were there; once, however often it is asked.
    pub(in super::super) fn report_to(&self, events: &Events, issuer: &Arc<str>) {
        let shared = &*self.shared;
        let (failure, snapshot) = {
            let mut listeners = shared.listeners();
            if listeners.iter().any(|(known, of)| known.are(events) && of == issuer) {
                return;
            }
            listeners.push((events.clone(), Arc::clone(issuer)));
            (shared.attempts.borrow().failure.clone(), shared.snapshot.load_full())
        };
        let tell = |kind, detail: &str| events.notice(&Notice::new(kind, Some(Arc::clone(issuer)), detail));
        if let Some(failure) = failure {
            tell(NoticeKind::KeySetUnavailable, &failure.said());
        }
        for skipped in snapshot.iter().flat_map(|snapshot| &snapshot.skipped) {
            tell(NoticeKind::KeySkipped, skipped);
        }
    }

    /// The issuer whose document names the keys.
    pub(in super::super) fn issuer(&self) -> Option<&str> {
        self.shared.issuer.as_deref()
    }
}

impl Shared {
    fn listeners(&self) -> MutexGuard<'_, Vec<(Events, Arc<str>)>> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a change, and then tells of it.
    ///
    /// In this order, since a sink may be slow, and who acts on a notice has to find it true. Who begins to listen
    /// meanwhile is either told here, or finds the change made.
    fn settle(&self, change: impl FnOnce() -> Vec<(NoticeKind, String)>) {
        let (notices, listeners) = {
            let listeners = self.listeners();
            (change(), listeners.clone())
        };
        for (kind, detail) in &notices {
            for (events, issuer) in &listeners {
                events.notice(&Notice::new(*kind, Some(Arc::clone(issuer)), detail.as_str()));
            }
        }
    }
}

fn unavailable(detail: &'static str) -> Refusal {
    Refusal::because(Rejection::Unavailable(Reason::VerifierUnavailable), detail)
}

impl FetchError {
    fn said(&self) -> String {
        format!("{}: {}", self.url, self.why)
    }
}

/// What the task owns.
pub(super) struct Refresher {
    shared: Arc<Shared>,
    fetcher: Fetcher,
    location: Location,
    options: Options,
    /// When to try again without being asked.
    due: Instant,
    /// When to read the document that says where the keys are, whoever asks.
    document_due: Instant,
}

/// What an attempt has brought.
struct Read {
    snapshot: Arc<Snapshot>,
    /// How long it is fresh.
    fresh: Duration,
    notices: Vec<(NoticeKind, String)>,
}

impl Refresher {
    pub(super) fn new(fetcher: Fetcher, location: Location, options: Options) -> Self {
        let shared = Shared {
            snapshot: ArcSwapOption::empty(),
            attempts: watch::Sender::default(),
            wake: Notify::new(),
            listeners: Mutex::default(),
            cooldown: options.cooldown,
            max_age: options.max_age,
            issuer: location.issuer().map(str::to_owned),
            description: format!(
                "{location}, read again after {} at most and used for {} at most",
                whole(options.freshness.most),
                whole(options.max_age)
            ),
        };
        let now = Instant::now();
        Self { shared: Arc::new(shared), fetcher, location, options, due: now, document_due: now }
    }

    /// The first attempt, on which the start of a service depends.
    pub(super) async fn first(&mut self) -> Result<(), ConfigError> {
        self.attempt().await;
        self.shared.attempts.borrow().failure.clone().map_or(Ok(()), |failure| Err(failure.into()))
    }

    pub(super) fn start(mut self) -> Remote {
        let shared = Arc::clone(&self.shared);
        let task = tokio::spawn(async move { self.run().await }).abort_handle();
        Remote { shared, task, ended: OnceLock::new() }
    }

    async fn run(&mut self) {
        loop {
            let asked = tokio::select! {
                () = tokio::time::sleep_until(self.due) => false,
                () = self.shared.wake.notified() => true,
            };
            // A call for an attempt that came while one was under way was answered by it.
            if asked && self.shared.attempts.borrow().are_cooling_down(self.options.cooldown) {
                continue;
            }
            self.attempt().await;
        }
    }

    /// Reads the keys, whatever comes of it.
    async fn attempt(&mut self) {
        let shared = Arc::clone(&self.shared);
        let asked_at = Instant::now();
        let failed_before = shared.attempts.borrow().in_a_row;
        shared.attempts.send_modify(|attempts| {
            attempts.started += 1;
            attempts.last_started = Some(asked_at);
        });
        // T15: tokens with made-up names make us ask for keys, and must not put off that we ask where they are.
        let with_document = failed_before > 0 || asked_at >= self.document_due;
        // Three requests at most, each within its own limit. A panic must not end the task.
        let limit = self.options.timeout * 4;
        let read = contain(limit, async { Ok(self.read(with_document, asked_at).await) }).await;
        let read = read
            .unwrap_or_else(|_| Err(FetchError::new(&self.shared.description, "the attempt did not come to an end")));
        let wait = match &read {
            Ok(read) => jittered(read.fresh),
            Err(_) => jittered(self.options.cooldown * 2_u32.saturating_pow(failed_before.min(16))).min(MAX_BACKOFF),
        };
        let next = asked_at + wait;
        if with_document {
            self.document_due = next;
        }
        self.due = next.min(self.document_due).max(asked_at + self.options.cooldown);
        shared.settle(|| {
            let (notices, failure) = match read {
                Ok(Read { snapshot, mut notices, .. }) => {
                    let before = shared.snapshot.swap(Some(snapshot));
                    if failed_before > 0 || before.is_some_and(|before| before.too_old_was_said.load(Ordering::Relaxed))
                    {
                        notices.push((NoticeKind::KeySetRestored, shared.description.clone()));
                    }
                    (notices, None)
                }
                // Many in a row are one outage, which is said once.
                Err(failure) if failed_before > 0 => (Vec::new(), Some(failure)),
                Err(failure) => (vec![(NoticeKind::KeySetUnavailable, failure.said())], Some(failure)),
            };
            shared.attempts.send_modify(|attempts| {
                attempts.finished = attempts.started;
                attempts.in_a_row = if failure.is_some() { failed_before.saturating_add(1) } else { 0 };
                attempts.failure = failure;
            });
            notices
        });
    }

    async fn read(&mut self, with_document: bool, asked_at: Instant) -> Result<Read, FetchError> {
        let url = self.location.keys(&self.fetcher, with_document).await?;
        let before = self.shared.snapshot.load_full();
        let etag = before.as_ref().and_then(|before| before.etag.as_ref());
        let etag = etag.filter(|(of, _)| *of == url).map(|(_, etag)| etag);
        let snapshot = |keys, skipped, etag| {
            let seen_at = OnceLock::new();
            Arc::new(Snapshot { keys, skipped, etag, asked_at, seen_at, too_old_was_said: AtomicBool::new(false) })
        };
        let mut notices = Vec::new();
        let (headers, snapshot) = match (self.fetcher.get(&url, etag).await?, &before) {
            (Answer::Unchanged { headers }, Some(before)) => {
                (headers, snapshot(Arc::clone(&before.keys), before.skipped.clone(), before.etag.clone()))
            }
            (Answer::Unchanged { .. }, None) => {
                return Err(FetchError::new(&url, "it answered that nothing has changed since nothing"));
            }
            (Answer::Document { body, etag, headers }, before) => {
                let Published { keys, skipped } = Published::parse(&body, self.options.algorithm)
                    .map_err(|error| FetchError::new(&url, error.to_string()))?;
                let known = before.as_ref().map_or(&[][..], |before| &before.skipped);
                let news = skipped.iter().filter(|skipped| !known.contains(skipped));
                notices.extend(news.map(|skipped| (NoticeKind::KeySkipped, skipped.clone())));
                let difference = before.as_ref().and_then(|before| keys.difference(&before.keys));
                notices.extend(difference.map(|difference| (NoticeKind::KeySetChanged, difference)));
                (headers, snapshot(Arc::new(keys), skipped, etag.map(|etag| (url, etag))))
            }
        };
        Ok(Read { snapshot, fresh: self.options.freshness.of(&headers), notices })
    }
}

/// Where the keys come from, for the posture.
impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shared.description)
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("keys", &self.shared.description).finish_non_exhaustive()
    }
}
