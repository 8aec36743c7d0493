//! The task that reads the keys again.

use super::discovery::Location;
use super::fetch::{Answer, FetchError, Fetcher};
use super::handle::{Remote, Shared, Snapshot};
use super::published::Published;
use super::remote_key_set::Options;
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

/// How long the wait between failing attempts may become.
const MAX_BACKOFF: Duration = Duration::from_mins(1);

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
                format_duration(options.freshness.most),
                format_duration(options.max_age)
            ),
        };
        let now = Instant::now();
        Self { shared: Arc::new(shared), fetcher, location, options, due: now, document_due: now }
    }

    /// The first attempt, on which the start of a service depends.
    pub(super) async fn first(&mut self) -> Result<(), ConfigError> {
        self.attempt().await;
        if let Some(failure) = self.shared.attempts.borrow().failure.clone() {
            return Err(failure.into());
        }
        match &*self.shared.snapshot.load() {
            Some(snapshot) if snapshot.keys.is_empty() => {
                Err(ConfigError::KeySetEmpty { url: self.location.source(), skipped: snapshot.skipped.join("; ") })
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
        let read = isolate(limit, async { Ok(self.read(with_document, asked_at).await) }).await;
        let read = read.unwrap_or_else(|_| {
            Err(FetchError::new(self.shared.description.as_str(), "the attempt did not come to an end"))
        });
        let wait = match &read {
            Ok(read) => jittered(read.fresh, 0.9),
            Err(_) => backoff(self.options.cooldown, MAX_BACKOFF, failed_before.saturating_add(1)),
        };
        let next = asked_at + wait;
        if with_document {
            self.document_due = next;
        }
        self.due = next.min(self.document_due).max(asked_at + self.options.cooldown);
        let was_read = read.is_ok();
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
        if was_read {
            shared.read_now();
        }
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
                return Err(FetchError::of(&url, "server sent 304 Not Modified to an unconditional request"));
            }
            (Answer::Document { body, etag, headers }, before) => {
                let Published { keys, skipped } = Published::parse(&body, self.options.algorithm)
                    .map_err(|error| FetchError::of(&url, error.to_string()))?;
                let known = before.as_ref().map_or(&[][..], |before| &before.skipped);
                let news = skipped.iter().filter(|skipped| !known.contains(skipped));
                notices.extend(news.map(|skipped| (NoticeKind::KeySkipped, skipped.clone())));
                let was_empty = before.as_ref().is_some_and(|before| before.keys.is_empty());
                if keys.is_empty() {
                    // P7: emptied once, said once.
                    notices.extend((!was_empty).then(|| (NoticeKind::KeySetEmptied, self.shared.emptied())));
                } else {
                    let difference = before.as_ref().and_then(|before| keys.difference(&before.keys));
                    notices.extend(difference.map(|difference| (NoticeKind::KeySetChanged, difference)));
                }
                (headers, snapshot(Arc::new(keys), skipped, etag.map(|etag| (url, etag))))
            }
        };
        Ok(Read { snapshot, fresh: self.options.freshness.of(&headers), notices })
    }
}
