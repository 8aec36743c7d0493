//! Splunk's HTTP Event Collector.

use super::delivery::{Delivery, Outcome, Protocol};
use super::http_endpoint::{ANSWER, HttpEndpoint, failed, retry_after, unanswered, words};
use super::record::{Kind, Record};
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

/// Splunk's HTTP Event Collector; for [`EventsBuilder::splunk`](crate::EventsBuilder::splunk).
///
/// ```
/// # use auth_runtime::{ConfigError, Events, Splunk};
/// # fn events(token: &str, folder: &std::path::Path) -> Result<Events, ConfigError> {
/// let splunk = Splunk::at("https://splunk.example.com:8088", token).spool(folder.join("splunk"), 64 << 20);
/// Events::builder().stderr().splunk(splunk)?.build()
/// # }
/// ```
///
/// Batches go out twice a second. While Splunk is down, what could not be sent waits: 8 MiB in memory, or as much as
/// [`spool`](Self::spool) allows on disk. What finds no room, and what Splunk refuses (4xx: a wrong token, an index that
/// isn't allowed), is counted in [`Events::lost`](crate::Events::lost) and said on stderr.
///
/// Each event arrives at least once. HEC itself recognises no duplicates; the field `id` is the same in each copy (search
/// with `| dedup id`).
#[derive(Clone)]
#[must_use = "nothing goes there until a stream has it"]
pub struct Splunk {
    endpoint: HttpEndpoint,
    token: String,
    source: String,
    index: Option<String>,
    acknowledged: Option<Duration>,
}

impl Splunk {
    /// The collector at this address (`https://splunk.example.com:8088`), with a token of it. The path is known.
    pub fn at(url: impl Into<String>, token: impl Into<String>) -> Self {
        Self {
            endpoint: HttpEndpoint::at(url),
            token: token.into(),
            source: "auth-runtime".to_owned(),
            index: None,
            acknowledged: None,
        }
    }

    /// The `source` of the events: the service's name. `auth-runtime` by default.
    pub fn source(self, source: impl Into<String>) -> Self {
        Self { source: source.into(), ..self }
    }

    /// The index, if it isn't to be the token's default.
    pub fn index(self, index: impl Into<String>) -> Self {
        Self { index: Some(index.into()), ..self }
    }

    /// Waits for the indexer's acknowledgement, and sends again what it doesn't get one for in time. The token has to be
    /// set up for it.
    ///
    /// One batch (500 events) is under way at a time.
    pub fn acknowledged(self, within: Duration) -> Self {
        Self { acknowledged: Some(within), ..self }
    }

    /// Keeps on disk, in this folder and up to so many bytes, what could not be sent yet; also for the next run. The folder
    /// belongs to this sink alone.
    ///
    /// What a crash of the process finds in memory (half a second of events) is lost, and can't be counted.
    pub fn spool(mut self, folder: impl Into<PathBuf>, most_bytes: u64) -> Self {
        self.endpoint.spool = Some((folder.into(), most_bytes));
        self
    }

    /// Trusts the certificates in a PEM file as well.
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
        // Never in the error: it is a secret.
        let unfit =
            |_| ConfigError::Sink { name: "Splunk".to_owned(), why: "the token is not fit for a header".to_owned() };
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

/// The name under which Splunk keeps our acknowledgements: a GUID of our own (RFC 9562, version 4).
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
    /// To keep it out of what is reported.
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

    async fn send(&mut self, records: &[Record]) -> Outcome {
        let mut request = self.post(&self.event);
        if self.acknowledged.is_some() {
            request = request.header("x-splunk-request-channel", &self.channel);
        }
        // One object after another, not an array.
        let body: String = records.iter().map(|record| self.said(record).to_string()).collect();
        let answer = match request.body(body).send().await {
            Ok(answer) if answer.status().is_success() => answer,
            Ok(answer) => return self.refusal(answer).await,
            Err(error) => return unanswered(error),
        };
        let Some(within) = self.acknowledged else { return Outcome::Taken };
        match read(answer).await.as_ref().and_then(|answer| answer["ackId"].as_u64()) {
            Some(id) => self.acknowledgement(id, within).await,
            None => Outcome::Never("it gives no acknowledgements; the token has to be set up for them".to_owned()),
        }
    }
}

impl Hec {
    fn post(&self, url: &CheckedUrl) -> RequestBuilder {
        let request = self.client.post(url).header(AUTHORIZATION, &self.authorization);
        request.header("content-type", "application/json")
    }

    fn said(&self, record: &Record) -> Value {
        let sourcetype = match record.kind {
            Kind::Event => "auth_runtime:event",
            Kind::Summary => "auth_runtime:summary",
            Kind::Notice => "auth_runtime:notice",
        };
        let time = Duration::from_micros(record.at).as_secs_f64();
        let mut said =
            json!({ "time": time, "source": self.source, "sourcetype": sourcetype, "event": record.named() });
        if let Some(index) = &self.index {
            said["index"] = index.as_str().into();
        }
        said
    }

    /// HEC says why in `text` and `code`.
    async fn refusal(&self, answer: Response) -> Outcome {
        let (status, wait) = (answer.status(), retry_after(answer.headers()));
        let said = read(answer).await.and_then(|said| {
            let text = words(said["text"].as_str()?, &[&self.token]);
            Some(said["code"].as_i64().map_or_else(|| text.clone(), |code| format!("{text} (code {code})")))
        });
        failed(status, wait, said)
    }

    /// An acknowledgement that doesn't come is a batch that may be lost: it is sent again.
    async fn acknowledgement(&self, id: u64, within: Duration) -> Outcome {
        const FIRST: Duration = Duration::from_millis(250);
        const LONGEST: Duration = Duration::from_secs(5);
        let (until, mut asked) = (Instant::now() + within, 0_u32);
        let url = self.ack.with_query("channel", &self.channel);
        while Instant::now() < until {
            asked = asked.saturating_add(1);
            sleep(backoff(FIRST, LONGEST, asked)).await;
            let answer = match self.post(&url).body(json!({ "acks": [id] }).to_string()).send().await {
                Ok(answer) if answer.status().is_success() => answer,
                // Whatever it says of our question, it says nothing of the events.
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
