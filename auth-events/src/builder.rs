//! Builds the event stream.

use super::file::LogFile;
use super::json_lines::JsonLines;
#[cfg(feature = "pager")]
use super::pager::{Checked, Pager};
#[cfg(feature = "otlp")]
use super::sinks::Otlp;
#[cfg(feature = "splunk")]
use super::sinks::Splunk;
use super::{EventSink, Events};
use crate::record_sink::{OwnSink, RecordSink};
use auth_base::ConfigError;
use std::io::Write;
use std::path::Path;

/// Builds [`Events`] with one or more sinks; see [`Events::builder`]. Each event goes to each sink.
///
/// ```
/// use auth_runtime::Events;
///
/// # fn main() -> Result<(), auth_runtime::ConfigError> {
/// let events = Events::builder().stderr().writer(std::io::sink()).build()?;
/// # drop(events);
/// # Ok(())
/// # }
/// ```
#[must_use = "no events are reported yet; call `.build()`"]
#[derive(Default)]
pub struct EventsBuilder {
    sinks: Vec<(Box<dyn RecordSink>, String)>,
    /// At most one; a second is an error.
    #[cfg(feature = "pager")]
    pager: Option<Checked>,
}

impl Events {
    /// Starts a builder, for more than one sink.
    pub fn builder() -> EventsBuilder {
        EventsBuilder::default()
    }
}

impl EventsBuilder {
    /// Writes JSON lines to stderr.
    pub fn stderr(self) -> Self {
        self.named(JsonLines::new(std::io::stderr()), "JSON lines on stderr".to_owned())
    }

    /// Writes JSON lines to a writer of your own, such as a pipe or a socket. One write for each
    /// line.
    pub fn writer(self, writer: impl Write + Send + 'static) -> Self {
        self.named(JsonLines::new(writer), "JSON lines to a writer of the service's own".to_owned())
    }

    /// Appends JSON lines to a file.
    ///
    /// The file is reopened when it was moved or removed, and on SIGHUP, which from then on does
    /// not end the process. While it cannot be reopened, lines go to the open file as long as it
    /// still has a name.
    ///
    /// # Errors
    ///
    /// [`ConfigError::EventFile`], if the file cannot be opened.
    pub fn file(self, path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let file = LogFile::open(path)
            .map_err(|error| ConfigError::EventFile { path: path.to_owned(), why: error.to_string() })?;
        Ok(self.named(JsonLines::new(file), format!("JSON lines in {}", path.display())))
    }

    /// Adds a sink of your own.
    pub fn sink(self, sink: impl EventSink) -> Self {
        self.named(OwnSink(sink), "a sink of the service's own".to_owned())
    }

    /// Sends events to Splunk's HTTP Event Collector.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], if the URL, the token, a certificate or the spool is not usable.
    #[cfg(feature = "splunk")]
    pub fn splunk(self, splunk: Splunk) -> Result<Self, ConfigError> {
        let (delivery, name) = splunk.start()?;
        Ok(self.named(delivery, name))
    }

    /// Sends events to an OpenTelemetry collector, or to another receiver of OTLP logs.
    ///
    /// For example `.otlp("https://collector.example.com:4318")`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], if the URL, a header, a certificate or the spool is not usable.
    #[cfg(feature = "otlp")]
    pub fn otlp(self, otlp: impl Into<Otlp>) -> Result<Self, ConfigError> {
        let (delivery, name) = otlp.into().start()?;
        Ok(self.named(delivery, name))
    }

    /// Pages the on-call engineer about too many rejections, failures and dropped events.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], if the pager has no target, if a URL or a number is not valid, or if there
    /// is a pager already.
    #[cfg(feature = "pager")]
    pub fn pager(self, pager: Pager) -> Result<Self, ConfigError> {
        if self.pager.is_some() {
            return Err(ConfigError::Duplicate("pager"));
        }
        Ok(Self { pager: Some(pager.checked()?), ..self })
    }

    fn named(mut self, sink: impl RecordSink, name: String) -> Self {
        self.sinks.push((Box::new(sink), name));
        self
    }

    /// Starts the stream.
    ///
    /// # Errors
    ///
    /// [`ConfigError::NoSink`], if there is no sink.
    pub fn build(self) -> Result<Events, ConfigError> {
        let sinks = self.sinks;
        let names: Vec<_> = sinks.iter().map(|(_, name)| name.clone()).collect();
        if sinks.is_empty() {
            return Err(ConfigError::NoSink);
        }
        #[cfg(feature = "pager")]
        if let Some(pager) = self.pager {
            let names = format!("{}; {}", names.join(", "), pager.name());
            return Events::paged(sinks, pager, &names);
        }
        Ok(Events::stream(sinks, &names.join(", ")))
    }
}

impl std::fmt::Debug for EventsBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.sinks.iter().map(|(_, name)| name)).finish()
    }
}
