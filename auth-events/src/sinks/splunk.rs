//! Sends events to Splunk's HTTP Event Collector (HEC).

use super::delivery::Delivery;
use super::hec_event::HecEvent;
use super::http_endpoint::{ANSWER, HttpEndpoint, failed, retry_after, to_log_line, unanswered};
use super::message::Message;
use super::protocol::{Outcome, Protocol};
use auth_base::ConfigError;
use auth_base::http::backoff::backoff;
use auth_base::http::client::{HttpClient, bounded};
use auth_base::http::url::CheckedUrl;
use aws_lc_rs::rand;
use http::HeaderValue;
use http::header::AUTHORIZATION;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Sends events to Splunk's HTTP Event Collector (HEC).
///
/// For [`EventsBuilder::splunk`](crate::EventsBuilder::splunk).
///
/// ```
/// # use auth_runtime::{ConfigError, Events, events::Splunk};
/// # fn events(token: &str, folder: &std::path::Path) -> Result<Events, ConfigError> {
/// let splunk = Splunk::at("https://splunk.example.com:8088", token)
///     .spool(folder.join("splunk"), 64 << 20);
/// Events::builder().stderr().splunk(splunk)?.build()
/// # }
/// ```
///
/// Batches are sent twice a second. While Splunk is down, some 8 MiB of events wait in memory, or
/// as much as [`spool`](Self::spool) allows on disk. Events for which there is no room, and events
/// that Splunk rejects (most 4xx, for instance an index that is not allowed), are dropped:
/// [`Events::dropped`](crate::Events::dropped) counts them, and stderr reports them.
///
/// Each event arrives at least once. HEC does not recognise duplicates, but the field `id` is the
/// same in each copy (search with `| dedup id`).
#[derive(Clone)]
#[must_use = "no events are sent until a stream has this sink"]
pub struct Splunk {
    endpoint: HttpEndpoint,
    token: String,
    source: String,
    index: Option<String>,
    acknowledged: Option<Duration>,
}

impl Splunk {
    /// Sets the collector's URL (`https://splunk.example.com:8088`), without a path, and its token.
    pub fn at(url: impl Into<String>, token: impl Into<String>) -> Self {
        Self {
            endpoint: HttpEndpoint::at(url),
            token: token.into(),
            source: "auth-runtime".to_owned(),
            index: None,
            acknowledged: None,
        }
    }

    /// Sets the `source` of the events: the service's name. It is `auth-runtime` by default.
    pub fn source(self, source: impl Into<String>) -> Self {
        Self { source: source.into(), ..self }
    }

    /// Sets the index. By default it is the token's.
    pub fn index(self, index: impl Into<String>) -> Self {
        Self { index: Some(index.into()), ..self }
    }

    /// Waits for the indexer's acknowledgement, and sends batches without one again.
    ///
    /// The token must be configured for acknowledgements. One batch (500 events) is sent at a time.
    pub fn acknowledged(self, within: Duration) -> Self {
        Self { acknowledged: Some(within), ..self }
    }

    /// Keeps unsent events on disk, in this folder and up to so many bytes.
    ///
    /// The next run sends them. No other sink may use the folder. A crash of the process loses the
    /// events in memory (half a second of them), which cannot be counted.
    pub fn spool(mut self, folder: impl Into<PathBuf>, most_bytes: u64) -> Self {
        self.endpoint.spool = Some((folder.into(), most_bytes));
        self
    }

    /// Also trusts the certificates in a PEM file.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.endpoint.root_certificates.push(pem.into());
        self
    }

    pub(crate) fn start(self) -> Result<(Delivery, String), ConfigError> {
        if self.token.trim().is_empty() {
            return Err(ConfigError::Empty("token of Splunk's collector"));
        }
        auth_base::label("source of Splunk's events", &self.source)?;
        self.index.as_deref().map_or(Ok(()), |index| auth_base::label("index of Splunk's events", index))?;
        if self.acknowledged.is_some_and(|within| within < Duration::from_secs(1)) {
            return Err(ConfigError::OutOfBounds { name: "acknowledged", why: "a second at least" });
        }
        let (url, client) = self.endpoint.checked()?;
        // Without the token, because it is a secret.
        let unfit = |_| ConfigError::Sink {
            name: "Splunk".to_owned(),
            why: "the token is not a valid header value: correct it".to_owned(),
        };
        let mut authorization = HeaderValue::from_str(&format!("Splunk {}", self.token)).map_err(unfit)?;
        authorization.set_sensitive(true);
        let hec = Hec {
            event: url.under("/services/collector/event"),
            ack: url.under("/services/collector/ack"),
            client,
            authorization,
            channel: channel()?,
            token: self.token,
            source: self.source,
            index: self.index,
            acknowledged: self.acknowledged,
        };
        let name = hec.name();
        Ok((Delivery::start(hec, self.endpoint.spool)?, name))
    }
}

/// Without the token.
impl fmt::Debug for Splunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Splunk").field("endpoint", &self.endpoint).field("index", &self.index).finish_non_exhaustive()
    }
}

/// Makes the channel of our acknowledgements: a random GUID (RFC 9562, version 4).
fn channel() -> Result<String, ConfigError> {
    let mut random = [0; 16];
    rand::fill(&mut random).map_err(|_| ConfigError::Sink {
        name: "Splunk".to_owned(),
        why: "the system has no random numbers".to_owned(),
    })?;
    let bits = u128::from_be_bytes(random) & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{bits:032x}");
    Ok([&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))
}

struct Hec {
    event: CheckedUrl,
    ack: CheckedUrl,
    client: HttpClient,
    authorization: HeaderValue,
    /// Kept to remove it from reported messages.
    token: String,
    channel: String,
    source: String,
    index: Option<String>,
    acknowledged: Option<Duration>,
}

impl Protocol for Hec {
    fn name(&self) -> String {
        format!("Splunk at {}", self.event.host_and_port())
    }

    async fn send(&self, messages: &[Message]) -> Outcome {
        let mut request = self.post(&self.event);
        if self.acknowledged.is_some() {
            request = request.header("x-splunk-request-channel", &self.channel);
        }
        // One object after another, not an array.
        let mut body = Vec::new();
        for message in messages {
            if let Err(error) =
                serde_json::to_writer(&mut body, &HecEvent::new(message, &self.source, self.index.as_deref()))
            {
                return Outcome::Never(format!("an event could not be encoded: {error}"));
            }
        }
        let answer = match request.body(body).send().await {
            Ok(answer) if answer.status().is_success() => answer,
            Ok(answer) => return self.rejection(answer).await,
            Err(error) => return unanswered(error),
        };
        let Some(within) = self.acknowledged else { return Outcome::Taken };
        match read(answer).await.as_ref().and_then(|answer| answer["ackId"].as_u64()) {
            Some(id) => self.acknowledgement(id, within).await,
            None => Outcome::Never("it sends no acknowledgements: configure the token for them".to_owned()),
        }
    }
}

impl Hec {
    fn post(&self, url: &CheckedUrl) -> RequestBuilder {
        let request = self.client.post(url).header(AUTHORIZATION, &self.authorization);
        request.header("content-type", "application/json")
    }

    /// Reads why HEC rejected a batch, from `text` and `code`.
    async fn rejection(&self, answer: Response) -> Outcome {
        let (status, wait) = (answer.status(), retry_after(answer.headers()));
        let message = read(answer).await.and_then(|reply| {
            let text = to_log_line(reply["text"].as_str()?, &[&self.token]);
            Some(reply["code"].as_i64().map_or_else(|| text.clone(), |code| format!("{text} (code {code})")))
        });
        failed(status, wait, message)
    }

    /// Waits for an acknowledgement. Without one the batch may be lost, so it is sent again.
    async fn acknowledgement(&self, id: u64, within: Duration) -> Outcome {
        const FIRST: Duration = Duration::from_millis(250);
        const LONGEST: Duration = Duration::from_secs(5);
        let (until, mut attempts) = (Instant::now() + within, 0_u32);
        let url = self.ack.with_query("channel", &self.channel);
        while Instant::now() < until {
            attempts = attempts.saturating_add(1);
            sleep(backoff(FIRST, LONGEST, attempts)).await;
            let answer = match self.post(&url).body(json!({ "acks": [id] }).to_string()).send().await {
                Ok(answer) if answer.status().is_success() => answer,
                // An error for this query says nothing about the events.
                Ok(answer) => return Outcome::Later(format!("it answered {}", answer.status()), None),
                Err(error) => return unanswered(error),
            };
            if read(answer).await.is_some_and(|answer| answer["acks"][id.to_string()] == true) {
                return Outcome::Taken;
            }
        }
        Outcome::Later(format!("it has not acknowledged them within {within:?}"), None)
    }
}

async fn read(answer: Response) -> Option<Value> {
    serde_json::from_slice(&bounded(answer, ANSWER).await.ok()?).ok()
}
