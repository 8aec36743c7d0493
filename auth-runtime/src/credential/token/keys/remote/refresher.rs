//! The task that refreshes the keys.

use super::super::key_index::KeyIndex;
use super::bearer_file::BearerFile;
use super::discovery::Location;
use super::fetch::{Answer, FetchError, Fetcher};
use super::handle::Remote;
use super::options::Options;
use super::published::Published;
use super::shared::{Shared, Snapshot};
use super::turns::Turns;
use crate::base::ConfigError;
use crate::base::format_duration;
use crate::base::http::backoff::{backoff, jittered};
use crate::rejection::isolate;
use arc_swap::ArcSwapOption;
use auth_events::NoticeKind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// The longest wait between failed attempts.
const MAX_BACKOFF: Duration = Duration::from_secs(60);

/// The state of the task.
pub(super) struct Refresher {
    shared: Arc<Shared>,
    fetcher: Fetcher,
    location: Location,
    options: Options,
    turns: Turns,
    /// When the next attempt is due.
    due: Instant,
    /// When reading the discovery document is due, whatever causes an attempt.
    document_due: Instant,
}

/// The result of a successful attempt.
struct Read {
    snapshot: Arc<Snapshot>,
    /// How long the snapshot is fresh.
    fresh: Duration,
    notices: Vec<(NoticeKind, String)>,
}

impl Refresher {
    pub(super) fn new(location: Location, options: Options) -> Result<Self, ConfigError> {
        let fetcher = fetcher(&location, &options)?;
        let plain_http = options.plain_http.stated();
        let without_tls = plain_http.map(|reason| format!(", PLAIN HTTP ALLOWED: {reason}")).unwrap_or_default();
        let shared = Shared {
            snapshot: ArcSwapOption::empty(),
            attempts: watch::Sender::default(),
            wake: Notify::new(),
            listeners: Mutex::default(),
            cooldown: options.cooldown,
            max_age: options.max_age,
            issuer: location.issuer().map(str::to_owned),
            description: format!(
                "{location}, refreshed after {} at most and used for {} at most{without_tls}",
                format_duration(options.freshness.most),
                format_duration(options.max_age)
            ),
            plain_http,
            doubts: Mutex::default(),
        };
        let now = Instant::now();
        let turns = Turns::default();
        Ok(Self { shared: Arc::new(shared), fetcher, location, options, turns, due: now, document_due: now })
    }

    /// Makes the first attempt. If it fails, the service must not start.
    pub(super) async fn first(&mut self) -> Result<(), ConfigError> {
        self.attempt().await;
        if let Some(failure) = self.shared.attempts.borrow().failure.clone() {
            return Err(failure.into());
        }
        match &*self.shared.snapshot.load() {
            Some(snapshot) if snapshot.keys.is_empty() => {
                Err(ConfigError::KeySetEmpty { url: self.location.source(), skipped: snapshot.remarks.unused() })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn start(mut self) -> Remote {
        let shared = Arc::clone(&self.shared);
        let task = tokio::spawn(async move { self.run().await }).abort_handle();
        Remote { shared, task, ended: OnceLock::new() }
    }

    async fn run(&mut self) {
        loop {
            let requested = tokio::select! {
                () = tokio::time::sleep_until(self.due) => false,
                () = self.shared.wake.notified() => true,
            };
            // The last attempt also answers a request that was made while it was in progress. Only
            // tokens in doubt wait for the next one.
            let cooled = self.shared.attempts.borrow().cooled_at(self.options.cooldown);
            if requested && let Some(cooled) = cooled {
                if self.shared.doubts().are_pending() {
                    self.due = self.due.min(cooled);
                }
                continue;
            }
            self.attempt().await;
        }
    }

    /// Reads the keys, and records success or failure.
    async fn attempt(&mut self) {
        let shared = Arc::clone(&self.shared);
        let requested_at = Instant::now();
        let failed_before = shared.attempts.borrow().failures_in_a_row;
        shared.attempts.send_modify(|attempts| {
            attempts.started += 1;
            attempts.last_started = Some(requested_at);
        });
        // T15: tokens with invented `kid`s cause attempts, which must not delay reading the
        // document.
        let with_document = failed_before > 0 || requested_at >= self.document_due;
        // At most three requests, each with its own time limit. A panic must not end the task.
        let limit = self.options.timeout * 4;
        let read = isolate(limit, async { Ok(self.read(with_document, requested_at).await) }).await;
        let read = read.unwrap_or_else(|_| {
            Err(FetchError::new(self.shared.description.as_str(), "the attempt panicked or exceeded its time limit"))
        });
        let wait = match &read {
            Ok(read) => jittered(read.fresh, 0.9),
            Err(_) => backoff(self.options.cooldown, MAX_BACKOFF, failed_before.saturating_add(1)),
        };
        let next = requested_at + wait;
        if with_document {
            self.document_due = next;
        }
        self.due = next.min(self.document_due).max(requested_at + self.options.cooldown);
        let was_read = read.is_ok();
        shared.change(|| {
            let (notices, failure) = match read {
                Ok(Read { snapshot, mut notices, .. }) => {
                    let before = shared.snapshot.swap(Some(snapshot));
                    if failed_before > 0 || before.is_some_and(|before| before.too_old_reported.load(Ordering::Relaxed))
                    {
                        notices.push((NoticeKind::KeySetRestored, shared.description.clone()));
                    }
                    (notices, None)
                }
                // Consecutive failures are one outage, which is reported once.
                Err(failure) if failed_before > 0 => (Vec::new(), Some(failure)),
                Err(failure) => (vec![shared.failure_notice(&failure)], Some(failure)),
            };
            shared.attempts.send_modify(|attempts| {
                attempts.finished = attempts.started;
                attempts.failures_in_a_row = if failure.is_some() { failed_before.saturating_add(1) } else { 0 };
                attempts.failure = failure;
            });
            notices
        });
        if was_read {
            shared.record_read();
        } else if !self.options.root_certificate_files.is_empty()
            && let Ok(fetcher) = fetcher(&self.location, &self.options)
        {
            // The authority may have been replaced.
            self.fetcher = fetcher;
        }
    }

    async fn read(&mut self, with_document: bool, requested_at: Instant) -> Result<Read, FetchError> {
        let url = self.location.keys(&self.fetcher, with_document).await?;
        let before = self.shared.snapshot.load_full();
        let etag = before.as_ref().and_then(|before| before.etag.as_ref());
        let etag = etag.filter(|(of, _)| *of == url).map(|(_, etag)| etag);
        let snapshot = |keys: KeyIndex, remarks, etag| {
            let (first_used_at, too_old_reported) = (OnceLock::new(), AtomicBool::new(false));
            let keys = Arc::new(keys);
            Arc::new(Snapshot { keys, remarks, etag, requested_at, first_used_at, too_old_reported })
        };
        let (now, most) = (Instant::now(), self.options.freshness.most);
        let invalid = |error: ConfigError| FetchError::of(&url, error.to_string());
        let (headers, snapshot, notices) = match (self.fetcher.get(&url, etag).await?, &before) {
            (Answer::Unchanged { headers }, Some(before)) => {
                let keys = self.turns.unchanged(now, most).map_err(invalid)?;
                (headers, snapshot(keys, before.remarks.clone(), before.etag.clone()), Vec::new())
            }
            (Answer::Unchanged { .. }, None) => {
                return Err(FetchError::of(&url, "server sent 304 Not Modified to an unconditional request"));
            }
            (Answer::Document { body, etag, headers }, before) => {
                let algorithm = self.options.algorithm.or(self.location.algorithm());
                let Published { keys, remarks } = Published::parse(&body, algorithm).map_err(invalid)?;
                let keys = self.turns.completed(keys, now, most).map_err(invalid)?;
                let notices = self.shared.notices(before.as_deref(), &keys, &remarks);
                (headers, snapshot(keys, remarks, etag.map(|etag| (url, etag))), notices)
            }
        };
        self.shared.settle_doubts(before.as_deref(), &snapshot, self.options.cooldown);
        Ok(Read { snapshot, fresh: self.options.freshness.of(&headers), notices })
    }
}

fn fetcher(location: &Location, options: &Options) -> Result<Fetcher, ConfigError> {
    let origin = location.configured().clone();
    let bearer = options.bearer_token_file.clone().map(|path| BearerFile { path, origin });
    if let Some(bearer) = bearer.as_ref().filter(|bearer| !bearer.is_for(&bearer.origin)) {
        let why = "a bearer token must not be sent over `http://`: use `https://`";
        return Err(ConfigError::Url { url: bearer.origin.host_and_port(), why });
    }
    Fetcher::new(options, bearer)
}
