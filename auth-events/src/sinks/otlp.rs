//! OpenTelemetry log records, over HTTP. The records and their encoding are those of OpenTelemetry's own crates; when they
//! are sent, again and from where is ours, since the crates' batching drops without a count what it can't send.

use super::delivery::{Delivery, Outcome, Protocol};
use super::http_endpoint::{ANSWER, HttpEndpoint, failed, retry_after, unanswered, words};
use super::record::{Kind, Record};
use async_trait::async_trait;
use auth_base::ConfigError;
use auth_base::http::client::{HttpClient as Client, bounded};
use auth_base::http::url::CheckedUrl;
use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::logs::{AnyValue, LogRecord, Logger, LoggerProvider, Severity};
use opentelemetry::{InstrumentationScope, Key};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{LogExporter, RetryPolicy, WithExportConfig, WithHttpConfig};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceResponse;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::{LogBatch, LogExporter as _, SdkLogRecord, SdkLogger, SdkLoggerProvider};
use prost::Message;
use serde_json::Value;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// A collector of OpenTelemetry's logs (OTLP over HTTP, protobuf); for [`EventsBuilder::otlp`](crate::EventsBuilder::otlp).
///
/// ```
/// # use auth_runtime::{ConfigError, Events, Otlp};
/// # fn events(folder: &std::path::Path) -> Result<Events, ConfigError> {
/// let otlp = Otlp::at("https://collector.example.com:4318").service("orders").spool(folder.join("otlp"), 64 << 20);
/// Events::builder().stderr().otlp(otlp)?.build()
/// # }
/// ```
///
/// Batches go out twice a second. While the collector is down, what could not be sent waits: 8 MiB in memory, or as much as
/// [`spool`](Self::spool) allows on disk. What finds no room, and what the collector refuses, is counted in
/// [`Events::lost`](crate::Events::lost) and said on stderr.
///
/// Each record arrives at least once; `log.record.uid` is the same in each copy. A collector answers once it has a record in
/// its memory: what it loses after that can't be known here.
#[derive(Clone)]
#[must_use = "nothing goes there until a stream has it"]
pub struct Otlp {
    endpoint: HttpEndpoint,
    service: Option<String>,
    headers: Vec<(String, String)>,
}

impl Otlp {
    /// The collector at this address (`https://collector.example.com:4318`), to which `/v1/logs` is added.
    pub fn at(url: impl Into<String>) -> Self {
        Self { endpoint: HttpEndpoint::at(url), service: None, headers: Vec::new() }
    }

    /// The resource's `service.name`. By default that of `OTEL_SERVICE_NAME`, as everywhere in OpenTelemetry.
    pub fn service(self, name: impl Into<String>) -> Self {
        Self { service: Some(name.into()), ..self }
    }

    /// A header of each request: what the collector asks for to let us in. Shown nowhere.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
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
        const PATH: &str = "/v1/logs";
        self.service.as_deref().map_or(Ok(()), |name| auth_base::label("OpenTelemetry service", name))?;
        let (mut url, client) = self.endpoint.checked()?;
        if !url.path().ends_with(PATH) {
            url = url.under(PATH);
        }
        let name = format!("the OpenTelemetry collector at {}", url.host_and_port());
        let unfit = |why: String| ConfigError::Sink { name: name.clone(), why };
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let known = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_str(value).ok());
            // Without the value: it is a secret.
            let (name, mut value) = known.ok_or_else(|| unfit(format!("`{name}` is not fit for a header")))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let answered = Answered::default();
        let mut exporter = LogExporter::builder()
            .with_http()
            .with_http_client(Http { client, url: url.clone(), headers, answered: Arc::clone(&answered) })
            .with_endpoint(url.as_str())
            .with_protocol(opentelemetry_otlp::Protocol::HttpBinary)
            // It would sleep on our thread.
            .with_retry_policy(RetryPolicy::disabled())
            .build()
            .map_err(|error| unfit(error.to_string()))?;
        let resource = Resource::builder();
        let resource = match self.service {
            Some(service) => resource.with_service_name(service),
            None => resource,
        };
        exporter.set_resource(&resource.build());
        let logger = SdkLoggerProvider::builder().build().logger("auth_runtime");
        let scope = InstrumentationScope::builder("auth_runtime").with_version(env!("CARGO_PKG_VERSION")).build();
        let logs = Logs { url, exporter, logger, scope, answered };
        Ok((Delivery::start(logs, self.endpoint.spool)?, name))
    }
}

impl From<&str> for Otlp {
    fn from(url: &str) -> Self {
        Self::at(url)
    }
}

impl From<String> for Otlp {
    fn from(url: String) -> Self {
        Self::at(url)
    }
}

/// Without the headers' values.
impl fmt::Debug for Otlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Otlp").field("endpoint", &self.endpoint).field("headers", &headers).finish_non_exhaustive()
    }
}

struct Logs {
    url: CheckedUrl,
    exporter: LogExporter,
    /// Makes empty records; nothing is emitted through it.
    logger: SdkLogger,
    scope: InstrumentationScope,
    answered: Answered,
}

/// What came of the last request. The exporter itself gives only words.
type Answered = Arc<Mutex<Option<Outcome>>>;

fn take(answered: &Answered) -> Option<Outcome> {
    answered.lock().unwrap_or_else(PoisonError::into_inner).take()
}

impl Protocol for Logs {
    fn name(&self) -> String {
        format!("the OpenTelemetry collector at {}", self.url.host_and_port())
    }

    async fn send(&mut self, records: &[Record]) -> Outcome {
        let records: Vec<_> = records.iter().map(|record| self.said(record)).collect();
        let scoped: Vec<_> = records.iter().map(|record| (record, &self.scope)).collect();
        take(&self.answered);
        let exported = self.exporter.export(LogBatch::new(&scoped)).await;
        take(&self.answered).unwrap_or_else(|| {
            let why = exported.map_or_else(|error| error.to_string(), |()| "it was not asked".to_owned());
            Outcome::Never(format!("the exporter has not sent them: {why}"))
        })
    }
}

impl Logs {
    fn said(&self, record: &Record) -> SdkLogRecord {
        let word = |field: &str| record.event.get(field).and_then(Value::as_str).unwrap_or_default();
        let mut said = self.logger.create_log_record();
        let time = SystemTime::UNIX_EPOCH + Duration::from_micros(record.at);
        said.set_timestamp(time);
        said.set_observed_timestamp(time);
        let (name, body) = match record.kind {
            Kind::Event => ("auth.refused", word("reason")),
            Kind::Summary => ("auth.refused.more", word("reason")),
            Kind::Notice => ("auth.notice", word("notice")),
        };
        said.set_event_name(name);
        said.set_body(body.to_owned().into());
        let (number, text) = match (record.kind, word("severity")) {
            (Kind::Notice, _) if is_good_news(word("notice")) => (Severity::Info, "informational"),
            (_, "informational") => (Severity::Info, "informational"),
            (_, "low") => (Severity::Info4, "low"),
            (_, "medium") => (Severity::Warn, "medium"),
            (Kind::Notice, _) | (_, "high") => (Severity::Error, "high"),
            (_, _) => (Severity::Fatal, "critical"),
        };
        said.set_severity_number(number);
        said.set_severity_text(text);
        said.add_attribute("log.record.uid", record.id.clone());
        for (field, value) in &record.event {
            // The first two are the record's own.
            if let ("time" | "severity", _) | (_, Value::Null) = (field.as_str(), value) {
                continue;
            }
            if field == "peer"
                && let Some((address, port)) = value.as_str().and_then(|peer| peer.rsplit_once(':'))
            {
                let bare = address.trim_start_matches('[').trim_end_matches(']');
                said.add_attribute("network.peer.address", bare.to_owned());
                said.add_attribute("network.peer.port", port.parse().unwrap_or(0_i64));
                continue;
            }
            said.add_attribute(attribute(field), any(value));
        }
        said
    }
}

/// Where OpenTelemetry has a name for it, that one.
fn attribute(field: &str) -> Key {
    match field {
        "reason" => Key::from_static_str("error.type"),
        "status" => Key::from_static_str("http.response.status_code"),
        "method" => Key::from_static_str("http.request.method"),
        "route" => Key::from_static_str("http.route"),
        "subject" => Key::from_static_str("user.id"),
        field => Key::new(format!("auth.{field}")),
    }
}

fn any(value: &Value) -> AnyValue {
    match value {
        Value::String(text) => text.clone().into(),
        Value::Bool(yes) => (*yes).into(),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| number.as_f64().unwrap_or_default().into(), AnyValue::Int)
        }
        other => other.to_string().into(),
    }
}

fn is_good_news(notice: &str) -> bool {
    matches!(notice, "started" | "stopped" | "drill" | "key_set_changed") || notice.ends_with("_restored")
}

/// Asks once, and remembers what was answered.
#[derive(Debug)]
struct Http {
    client: Client,
    /// Where requests go, whatever the exporter makes of its environment.
    url: CheckedUrl,
    headers: HeaderMap,
    answered: Answered,
}

#[async_trait]
impl HttpClient for Http {
    async fn send_bytes(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        request.headers_mut().extend(self.headers.clone());
        let outcome = self.ask(request).await;
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).replace(outcome);
        // The exporter has nothing to add to the outcome.
        Ok(Response::new(Bytes::new()))
    }
}

impl Http {
    async fn ask(&self, request: Request<Bytes>) -> Outcome {
        let (parts, body) = request.into_parts();
        let request = self.client.post(&self.url).headers(parts.headers).body(body);
        let answer = match request.send().await {
            Ok(answer) if answer.status().is_success() => answer,
            Ok(answer) => return self.refusal(answer).await,
            Err(error) => return unanswered(error),
        };
        // It has them by now, whatever becomes of its answer.
        let said =
            bounded(answer, ANSWER).await.ok().and_then(|body| ExportLogsServiceResponse::decode(body.as_slice()).ok());
        let Some(partial) = said.and_then(|said| said.partial_success) else { return Outcome::Taken };
        // P7: what it has rejected of a batch that it took must not be sent again, and is dropped. With nothing rejected, the
        // message is a warning (OTLP specification, "Partial Success").
        let rejected = u64::try_from(partial.rejected_log_records).unwrap_or_default();
        match (rejected, partial.error_message.as_str()) {
            (0, "") => Outcome::Taken,
            (rejected, message) => Outcome::TakenInPart { rejected, why: self.words(message) },
        }
    }

    /// A failure is a `google.rpc.Status` in protobuf (OTLP specification, "Failures").
    async fn refusal(&self, answer: reqwest::Response) -> Outcome {
        let (status, wait) = (answer.status(), retry_after(answer.headers()));
        let kind = answer.headers().get(http::header::CONTENT_TYPE);
        let is_protobuf = kind.is_some_and(|kind| kind == "application/x-protobuf");
        let said = if is_protobuf { bounded(answer, ANSWER).await.ok() } else { None };
        let said = said.and_then(|body| Status::decode(body.as_slice()).ok());
        let said = said.map(|said| format!("{} (code {})", self.words(&said.message), said.code));
        failed(status, wait, said)
    }

    fn words(&self, text: &str) -> String {
        let headers: Vec<_> = self.headers.values().filter_map(|value| value.to_str().ok()).collect();
        words(text, &headers)
    }
}

/// `google.rpc.Status`, without its details.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}
