//! Reads what a service in this process logs with `tracing` while it is attacked.
//!
//! The subscriber is the default of the task of each request only, and passes everything on to the
//! one that the service has. So it neither takes the place of that one nor has to be installed. It
//! does not see the tasks that a handler spawns.

use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use std::fmt::{self, Write};
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tracing::field::{Field, Visit};
use tracing::instrument::WithSubscriber;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Metadata, Subscriber, dispatcher};

/// The shortest part of a credential that is looked for. A session's id has 22 characters.
const SHORTEST: usize = 22;

/// A place in the source that logs a credential.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct LoggedCredential {
    /// The `target` of the event or the span, usually its module.
    pub(crate) target: String,
    pub(crate) field: String,
    pub(crate) level: String,
    /// The file and the line, if they are known.
    pub(crate) source: Option<String>,
}

/// The subscriber of one attack.
#[derive(Clone)]
pub(crate) struct LogWatch {
    dispatch: Dispatch,
    /// Headers that carry credentials.
    carriers: Arc<[HeaderName]>,
}

tokio::task_local! {
    static SENT: Arc<Sent>;
}

/// The credentials of a request, and where they were logged.
struct Sent {
    /// The values of the headers that carry credentials, and the query of the address.
    values: Vec<HeaderValue>,
    uri: Uri,
    /// Made when something is logged, because most services log little.
    secrets: OnceLock<Vec<String>>,
    logged: Mutex<Vec<LoggedCredential>>,
}

impl LogWatch {
    /// Watches beside the subscriber that is the default now.
    pub(super) fn start(carriers: impl IntoIterator<Item = HeaderName>) -> Self {
        let usual = [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE, SEC_WEBSOCKET_PROTOCOL];
        let service = dispatcher::get_default(Dispatch::clone);
        Self {
            dispatch: Dispatch::new(Watching { service, spans: AtomicU64::new(0) }),
            carriers: usual.into_iter().chain(carriers).collect(),
        }
    }

    /// Runs a request with these headers and this address, and returns which of its credentials were logged.
    pub(super) fn run<F: Future>(
        &self,
        headers: &HeaderMap,
        uri: &Uri,
        request: F,
    ) -> impl Future<Output = (F::Output, Vec<LoggedCredential>)> + use<F> {
        let values = self.carriers.iter().flat_map(|name| headers.get_all(name)).cloned().collect();
        let sent = Sent { values, uri: uri.clone(), secrets: OnceLock::new(), logged: Mutex::default() };
        let sent = Arc::new(sent);
        let watched = SENT.scope(Arc::clone(&sent), request).with_subscriber(self.dispatch.clone());
        async move {
            let output = watched.await;
            let logged = std::mem::take(&mut *sent.logged.lock().unwrap_or_else(PoisonError::into_inner));
            (output, logged)
        }
    }
}

/// Ids of spans that the subscriber of the service does not want. Registries count from one.
const OWN_IDS: u64 = u64::MAX - (1 << 40);

struct Watching {
    /// The subscriber of the service.
    service: Dispatch,
    spans: AtomicU64,
}

impl Watching {
    fn is_own(id: &Id) -> bool {
        id.into_u64() > OWN_IDS
    }

    fn read(metadata: &Metadata<'_>, record: impl FnOnce(&mut Reader<'_>)) {
        let _ = SENT.try_with(|sent| {
            if !sent.values.is_empty() {
                record(&mut Reader { sent, metadata, text: String::new() });
            }
        });
    }
}

impl Subscriber for Watching {
    /// Not `always`, because a callsite keeps the answer, and the service's subscriber may not.
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        Self::read(span.metadata(), |reader| span.record(reader));
        if !self.service.enabled(span.metadata()) {
            return Id::from_u64(u64::MAX - self.spans.fetch_add(1, Ordering::Relaxed) % (u64::MAX - OWN_IDS));
        }
        if span.parent().is_some_and(Self::is_own) {
            return self.service.new_span(&Attributes::new(span.metadata(), span.values()));
        }
        self.service.new_span(span)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        // The metadata of a span is not known here, but that of each field is.
        let _ = SENT.try_with(|sent| {
            if !sent.values.is_empty() {
                values.record(&mut LateReader { sent });
            }
        });
        if !Self::is_own(id) {
            self.service.record(id, values);
        }
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        if !Self::is_own(span) && !Self::is_own(follows) {
            self.service.record_follows_from(span, follows);
        }
    }

    fn event(&self, event: &Event<'_>) {
        Self::read(event.metadata(), |reader| event.record(reader));
        if self.service.enabled(event.metadata()) {
            self.service.event(event);
        }
    }

    fn enter(&self, id: &Id) {
        if !Self::is_own(id) {
            self.service.enter(id);
        }
    }

    fn exit(&self, id: &Id) {
        if !Self::is_own(id) {
            self.service.exit(id);
        }
    }

    fn clone_span(&self, id: &Id) -> Id {
        if Self::is_own(id) { id.clone() } else { self.service.clone_span(id) }
    }

    fn try_close(&self, id: Id) -> bool {
        Self::is_own(&id) || self.service.try_close(id)
    }
}

impl Sent {
    /// The parts of credentials that are long enough to be a secret.
    ///
    /// Not those in the query, because a client puts them there, and a service logs addresses.
    fn secrets(&self) -> &[String] {
        let is_separator = |c: char| matches!(c, ' ' | ',' | ';' | '=' | '.' | '"' | ':');
        self.secrets.get_or_init(|| {
            let query = self.uri.query().unwrap_or_default();
            let texts = self.values.iter().filter_map(|value| value.to_str().ok());
            let parts = texts.flat_map(|text| text.split(is_separator));
            parts.filter(|part| part.len() >= SHORTEST && !query.contains(part)).map(str::to_owned).collect()
        })
    }

    fn look_at(&self, text: &str, metadata: &Metadata<'_>, field: &Field) {
        if !self.secrets().iter().any(|secret| text.contains(secret)) {
            return;
        }
        let source = metadata.file().map(|file| match metadata.line() {
            Some(line) => format!("{file}:{line}"),
            None => file.to_owned(),
        });
        let logged = LoggedCredential {
            target: metadata.target().to_owned(),
            field: field.name().to_owned(),
            level: metadata.level().as_str().to_lowercase(),
            source,
        };
        let mut all = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains(&logged) {
            all.push(logged);
        }
    }
}

/// Reads the fields of an event or of a new span.
struct Reader<'a> {
    sent: &'a Sent,
    metadata: &'a Metadata<'a>,
    text: String,
}

impl Visit for Reader<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.sent.look_at(value, self.metadata, field);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text.clear();
        let _ = write!(self.text, "{value:?}");
        self.sent.look_at(&self.text, self.metadata, field);
    }
}

/// Reads the fields that a span gets after its start.
struct LateReader<'a> {
    sent: &'a Sent,
}

impl Visit for LateReader<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let callsite = field.callsite();
        self.sent.look_at(&format!("{value:?}"), callsite.0.metadata(), field);
    }
}
