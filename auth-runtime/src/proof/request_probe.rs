//! Records what became of one request, for tests that do not trust its status.

use auth_events::AuthEvent;
use http::Extensions;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Whether this process has made a probe. Only then requests are searched for one.
static EXISTS: AtomicBool = AtomicBool::new(false);

/// Records whether one request passed the gate, for tests only.
///
/// The status 401 does not show that no handler ran. Put a clone of a probe into the extensions of
/// a request, send the request to an [`AuthRouter`](crate::AuthRouter), and read the probe.
///
/// ```
/// # use auth_runtime::{AuthRouter, public, routing::get, testing::RequestProbe};
/// # use tower_service::Service;
/// #[public(reason = "load balancer probe")]
/// async fn health() -> &'static str {
///     "ok"
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let mut app: AuthRouter = AuthRouter::new().route("/health", get(health));
/// let probe = RequestProbe::new();
/// let mut request = http::Request::get("/health").body(axum::body::Body::empty()).unwrap();
/// request.extensions_mut().insert(probe.clone());
/// app.call(request).await.unwrap();
/// assert_eq!((probe.admitted(), probe.ran()), (1, 1));
/// assert!(probe.refused().is_empty());
/// # }
/// ```
// P2: the gate writes to a probe and never reads it. A layer that adds one learns what its own
// service did, and changes nothing.
#[derive(Debug, Clone)]
pub struct RequestProbe {
    seen: Arc<Mutex<Seen>>,
}

impl Default for RequestProbe {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Debug, Default)]
struct Seen {
    admitted: usize,
    ran: usize,
    refused: Vec<AuthEvent>,
}

impl RequestProbe {
    /// Makes a probe that has recorded nothing.
    #[must_use]
    pub fn new() -> Self {
        EXISTS.store(true, Ordering::Relaxed);
        Self { seen: Arc::default() }
    }

    /// Counts how often a decision admitted the request: its caller is authenticated, or the
    /// handler is public.
    #[must_use]
    pub fn admitted(&self) -> usize {
        self.seen(|seen| seen.admitted)
    }

    /// Counts how often a handler or a service was called, after the decision and the extractors.
    #[must_use]
    pub fn ran(&self) -> usize {
        self.seen(|seen| seen.ran)
    }

    /// Returns the events of the rejections, in their order.
    ///
    /// The verifier's [`Events`](crate::Events) receive each of them too.
    #[must_use]
    pub fn refused(&self) -> Vec<AuthEvent> {
        self.seen(|seen| seen.refused.clone())
    }

    fn seen<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The probe of a request, if a test has added one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Probe(Option<RequestProbe>);

impl Probe {
    #[inline]
    pub(crate) fn of(extensions: &Extensions) -> Self {
        Self(if EXISTS.load(Ordering::Relaxed) { extensions.get().cloned() } else { None })
    }

    #[inline]
    pub(crate) fn admitted(&self) {
        self.record(|seen| seen.admitted += 1);
    }

    #[inline]
    pub(crate) fn ran(&self) {
        self.record(|seen| seen.ran += 1);
    }

    #[inline]
    pub(crate) fn refused(&self, event: impl FnOnce() -> AuthEvent) {
        self.record(|seen| seen.refused.push(event()));
    }

    #[inline]
    fn record(&self, change: impl FnOnce(&mut Seen)) {
        if let Some(probe) = &self.0 {
            probe.seen(change);
        }
    }
}
