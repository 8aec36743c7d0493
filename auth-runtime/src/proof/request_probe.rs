//! What became of one request, for tests that must not take a status' word for it.

use auth_events::AuthEvent;
use http::Extensions;
use std::sync::{Arc, Mutex, PoisonError};

/// Watches one request pass the gate, or not.
///
/// A 401 on the wire doesn't show that no handler ran. Put a clone of a witness into a request's extensions, send the
/// request to an [`AuthRouter`](crate::AuthRouter), and ask it.
///
/// ```
/// # use auth_runtime::{AuthRouter, RequestProbe, public, routing::get};
/// # use tower_service::Service;
/// #[public(reason = "load balancer probe")]
/// async fn health() -> &'static str {
///     "ok"
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let mut app: AuthRouter = AuthRouter::new().route("/health", get(health));
/// let witness = RequestProbe::new();
/// let mut request = http::Request::get("/health").body(axum::body::Body::empty()).unwrap();
/// request.extensions_mut().insert(witness.clone());
/// app.call(request).await.unwrap();
/// assert_eq!((witness.admitted(), witness.ran()), (1, 1));
/// assert!(witness.refused().is_empty());
/// # }
/// ```
// P2: it is written to and never asked by the gate; a layer that puts one in learns what its own service did, and changes
// nothing.
#[derive(Debug, Clone, Default)]
pub struct RequestProbe {
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    admitted: usize,
    ran: usize,
    refused: Vec<AuthEvent>,
}

impl RequestProbe {
    /// One that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How often the decision in front of a handler or a service was to go on: the caller was known, or the handler is
    /// public.
    #[must_use]
    pub fn admitted(&self) -> usize {
        self.seen(|seen| seen.admitted)
    }

    /// How often a handler or a service was called: after the decision, and after everything that the handler extracts.
    #[must_use]
    pub fn ran(&self) -> usize {
        self.seen(|seen| seen.ran)
    }

    /// The events of the refusals, in their order. Each one was handed to the verifier's [`Events`](crate::Events) as
    /// well.
    #[must_use]
    pub fn refused(&self) -> Vec<AuthEvent> {
        self.seen(|seen| seen.refused.clone())
    }

    /// The witness of a request, if somebody watches it.
    pub(crate) fn of(extensions: &Extensions) -> Option<Self> {
        extensions.get::<Self>().cloned()
    }

    pub(crate) fn sees_admission(&self) {
        self.seen(|seen| seen.admitted += 1);
    }

    pub(crate) fn sees_run(&self) {
        self.seen(|seen| seen.ran += 1);
    }

    pub(crate) fn sees_refusal(&self, event: AuthEvent) {
        self.seen(|seen| seen.refused.push(event));
    }

    fn seen<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
