//! Sends events as OpenTelemetry log records over HTTP.
//!
//! Records and encoding come from OpenTelemetry's own crates. Queue, retries and spool are ours,
//! because the batching of those crates drops records without a count.

use super::delivery::Delivery;
use super::http_endpoint::HttpEndpoint;
use super::message::Message;
use super::otlp_client::{Answered, OtlpClient, take};
use super::otlp_record::fill;
use super::protocol::{Outcome, Protocol};
use auth_base::ConfigError;
use auth_base::http::url::CheckedUrl;
use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::InstrumentationScope;
use opentelemetry::logs::{Logger, LoggerProvider};
use opentelemetry_otlp::{LogExporter, RetryPolicy, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::{LogBatch, LogExporter as _, SdkLogger, SdkLoggerProvider};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

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
/// Batches are sent twice a second. While the collector is down, some 8 MiB of events wait in
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
            .with_http_client(OtlpClient { client, url: url.clone(), headers, answered: Arc::clone(&answered) })
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

impl Protocol for Logs {
    fn name(&self) -> String {
        format!("the OpenTelemetry collector at {}", self.url.host_and_port())
    }

    async fn send(&self, messages: &[Message]) -> Outcome {
        let records: Vec<_> = messages
            .iter()
            .map(|message| {
                let mut record = self.logger.create_log_record();
                fill(&mut record, message);
                record
            })
            .collect();
        let scoped: Vec<_> = records.iter().map(|record| (record, &self.scope)).collect();
        take(&self.answered);
        let exported = self.exporter.export(LogBatch::new(&scoped)).await;
        take(&self.answered).unwrap_or_else(|| {
            let why = exported.map_or_else(|error| error.to_string(), |()| "it made no request".to_owned());
            Outcome::Never(format!("the exporter did not send them: {why}"))
        })
    }
}
