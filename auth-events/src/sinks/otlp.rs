//! Sends events as OpenTelemetry log records over HTTP.
//!
//! Records and encoding come from OpenTelemetry's own crates. Queue, retries and spool are ours,
//! because the batching of those crates drops records without a count.

use super::delivery::{Delivery, Outcome, Protocol};
use super::http_endpoint::{ANSWER, HttpEndpoint, failed, retry_after, to_log_line, unanswered};
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

/// Sends events to an OpenTelemetry collector (OTLP over HTTP, protobuf).
///
/// For [`EventsBuilder::otlp`](crate::EventsBuilder::otlp).
///
/// ```
/// # use auth_runtime::{ConfigError, Events, events::Otlp};
/// # fn events(folder: &std::path::Path) -> Result<Events, ConfigError> {
/// let otlp = Otlp::at("https://collector.example.com:4318")
///     .service("orders").spool(folder.join("otlp"), 64 << 20);
/// Events::builder().stderr().otlp(otlp)?.build()
/// # }
/// ```
///
/// Batches are sent twice a second. While the collector is down, up to 8 MiB of events wait in
/// memory, or as much as [`spool`](Self::spool) allows on disk. Events for which there is no room,
/// and events that the collector rejects, are dropped: [`Events::dropped`](crate::Events::dropped)
/// counts them, and stderr reports them.
///
/// Each record arrives at least once, and `log.record.uid` is the same in each copy. A collector
/// responds once it has a record in its memory, so a later loss in the collector is not known here.
#[derive(Clone)]
#[must_use = "no events are sent until a stream has this sink"]
pub struct Otlp {
    endpoint: HttpEndpoint,
    service: Option<String>,
    headers: Vec<(String, String)>,
}

impl Otlp {
    /// Sets the collector's URL (`https://collector.example.com:4318`), to which `/v1/logs` is
    /// added.
    pub fn at(url: impl Into<String>) -> Self {
        Self { endpoint: HttpEndpoint::at(url), service: None, headers: Vec::new() }
    }

    /// Sets the resource's `service.name`. By default it is `OTEL_SERVICE_NAME`.
    pub fn service(self, name: impl Into<String>) -> Self {
        Self { service: Some(name.into()), ..self }
    }

    /// Adds a header to each request, for instance the collector's credential. It is never logged.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
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
            // Without the value, because it is a secret.
            let (name, mut value) =
                known.ok_or_else(|| unfit(format!("`{name}` is not a valid header: correct its name or value")))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let answered = Answered::default();
        let mut exporter = LogExporter::builder()
            .with_http()
            .with_http_client(Http { client, url: url.clone(), headers, answered: Arc::clone(&answered) })
            .with_endpoint(url.as_str())
            .with_protocol(opentelemetry_otlp::Protocol::HttpBinary)
            // Because it would sleep on our thread.
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

/// The outcome of the last request, because the exporter itself gives only text.
type Answered = Arc<Mutex<Option<Outcome>>>;

fn take(answered: &Answered) -> Option<Outcome> {
    answered.lock().unwrap_or_else(PoisonError::into_inner).take()
}

impl Protocol for Logs {
    fn name(&self) -> String {
        format!("the OpenTelemetry collector at {}", self.url.host_and_port())
    }

    async fn send(&mut self, records: &[Record]) -> Outcome {
        let records: Vec<_> = records.iter().map(|record| self.log_record(record)).collect();
        let scoped: Vec<_> = records.iter().map(|record| (record, &self.scope)).collect();
        take(&self.answered);
        let exported = self.exporter.export(LogBatch::new(&scoped)).await;
        take(&self.answered).unwrap_or_else(|| {
            let why = exported.map_or_else(|error| error.to_string(), |()| "it made no request".to_owned());
            Outcome::Never(format!("the exporter did not send them: {why}"))
        })
    }
}

impl Logs {
    fn log_record(&self, record: &Record) -> SdkLogRecord {
        let word = |field: &str| record.event.get(field).and_then(Value::as_str).unwrap_or_default();
        let mut log = self.logger.create_log_record();
        let time = SystemTime::UNIX_EPOCH + Duration::from_micros(record.at);
        log.set_timestamp(time);
        log.set_observed_timestamp(time);
        let (name, body) = match record.kind {
            Kind::Event => ("auth.rejected", word("reason")),
            Kind::Summary => ("auth.rejected.summary", word("reason")),
            Kind::Notice => ("auth.notice", word("notice")),
        };
        log.set_event_name(name);
        log.set_body(body.to_owned().into());
        let (number, text) = match (record.kind, word("severity")) {
            (Kind::Notice, _) if is_good_news(word("notice")) => (Severity::Info, "informational"),
            (_, "informational") => (Severity::Info, "informational"),
            (_, "low") => (Severity::Info4, "low"),
            (_, "medium") => (Severity::Warn, "medium"),
            (Kind::Notice, _) | (_, "high") => (Severity::Error, "high"),
            (_, _) => (Severity::Fatal, "critical"),
        };
        log.set_severity_number(number);
        log.set_severity_text(text);
        log.add_attribute("log.record.uid", record.id.clone());
        for (field, value) in &record.event {
            // `time` and `severity` are parts of the log record itself.
            if let ("time" | "severity", _) | (_, Value::Null) = (field.as_str(), value) {
                continue;
            }
            if field == "peer"
                && let Some((address, port)) = value.as_str().and_then(|peer| peer.rsplit_once(':'))
            {
                let bare = address.trim_start_matches('[').trim_end_matches(']');
                log.add_attribute("network.peer.address", bare.to_owned());
                log.add_attribute("network.peer.port", port.parse().unwrap_or(0_i64));
                continue;
            }
            log.add_attribute(attribute(field), any(value));
        }
        log
    }
}

/// Returns OpenTelemetry's name for a field, where there is one.
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

/// Sends each request once and keeps its outcome.
#[derive(Debug)]
struct Http {
    client: Client,
    /// The destination, regardless of the exporter's environment variables.
    url: CheckedUrl,
    headers: HeaderMap,
    answered: Answered,
}

#[async_trait]
impl HttpClient for Http {
    async fn send_bytes(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        request.headers_mut().extend(self.headers.clone());
        let outcome = self.request(request).await;
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).replace(outcome);
        // The exporter has nothing to add to the outcome.
        Ok(Response::new(Bytes::new()))
    }
}

impl Http {
    async fn request(&self, request: Request<Bytes>) -> Outcome {
        let (parts, body) = request.into_parts();
        let request = self.client.post(&self.url).headers(parts.headers).body(body);
        let answer = match request.send().await {
            Ok(answer) if answer.status().is_success() => answer,
            Ok(answer) => return self.rejection(answer).await,
            Err(error) => return unanswered(error),
        };
        // The collector has the batch now, even if its response cannot be read.
        let body = bounded(answer, ANSWER).await.ok();
        let response = body.and_then(|body| ExportLogsServiceResponse::decode(body.as_slice()).ok());
        let Some(partial) = response.and_then(|response| response.partial_success) else { return Outcome::Taken };
        // P7: records that were rejected from an accepted batch must not be sent again, and are
        // dropped. If none was rejected, the message is a warning (OTLP specification, "Partial
        // Success").
        let rejected = u64::try_from(partial.rejected_log_records).unwrap_or_default();
        match (rejected, partial.error_message.as_str()) {
            (0, "") => Outcome::Taken,
            (rejected, message) => Outcome::TakenInPart { rejected, why: self.to_log_line(message) },
        }
    }

    /// Reads a failure, which is a `google.rpc.Status` in protobuf (OTLP specification,
    /// "Failures").
    async fn rejection(&self, answer: reqwest::Response) -> Outcome {
        let (status, wait) = (answer.status(), retry_after(answer.headers()));
        let kind = answer.headers().get(http::header::CONTENT_TYPE);
        let is_protobuf = kind.is_some_and(|kind| kind == "application/x-protobuf");
        let body = if is_protobuf { bounded(answer, ANSWER).await.ok() } else { None };
        let reply = body.and_then(|body| Status::decode(body.as_slice()).ok());
        let message = reply.map(|reply| format!("{} (code {})", self.to_log_line(&reply.message), reply.code));
        failed(status, wait, message)
    }

    fn to_log_line(&self, text: &str) -> String {
        let headers: Vec<_> = self.headers.values().filter_map(|value| value.to_str().ok()).collect();
        to_log_line(text, &headers)
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
