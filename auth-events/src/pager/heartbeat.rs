//! Posts to the dead man's switch while events and pages are delivered.

use crate::diagnostics;
use crate::refusal_counters::Sample;
use auth_base::http::client::HttpClient;
use auth_base::http::error_chain::request_error;
use auth_base::http::url::CheckedUrl;
use std::time::{Duration, Instant};

/// The heartbeat of a pager.
pub(super) struct Heartbeat {
    client: HttpClient,
    url: CheckedUrl,
    every: Duration,
    /// When the next one is due.
    pub(super) due: Instant,
    /// A request is on its way, and the next one waits for it.
    pub(super) is_sending: bool,
    /// The stream's heartbeats at the last one of ours.
    heartbeats: Option<u64>,
    dropped: u64,
}

impl Heartbeat {
    pub(super) fn new(client: HttpClient, url: CheckedUrl, every: Duration) -> Self {
        Self { client, url, every, due: Instant::now(), is_sending: false, heartbeats: None, dropped: 0 }
    }

    /// Returns the request that is due now.
    ///
    /// P7: only while the stream moves and drops nothing, and pages are accepted. Otherwise it
    /// stops, so that the dead man's switch fires.
    pub(super) fn beat(
        &mut self,
        now: Instant,
        sample: &dyn Fn() -> Sample,
        is_stuck: bool,
    ) -> Option<impl Future<Output = ()> + Send + use<>> {
        if self.is_sending || now < self.due {
            return None;
        }
        self.due = now + self.every;
        let now = sample();
        let stands = self.heartbeats.replace(now.heartbeats) == Some(now.heartbeats);
        let drops = std::mem::replace(&mut self.dropped, now.dropped) < now.dropped;
        if stands || drops || now.failing || is_stuck {
            return None;
        }
        self.is_sending = true;
        let (client, url) = (self.client.clone(), self.url.clone());
        Some(async move {
            let sent = client.post(&url).send().await;
            if let Err(error) = sent.and_then(reqwest::Response::error_for_status) {
                diagnostics::report(&format!("the heartbeat was not accepted: {}", request_error(error)));
            }
        })
    }
}
