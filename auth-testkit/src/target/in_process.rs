//! Requests to a router in this process, with everything that can be seen from inside.

use super::body::Watched;
use auth_runtime::{AuthEvent, RequestProbe};
use axum::body::{Body, Bytes, to_bytes};
use axum::response::Response;
use http::{HeaderMap, Request, StatusCode};
use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tower::{Service, ServiceExt};

/// Longer than any refusal takes; a handler that streams has answered before.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// As much of a refusal's body as is looked at.
pub(super) const MOST: usize = 64 * 1024;

/// What came back, and what could be seen inside.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Of refusals and errors; what a handler sends is not waited for.
    pub(crate) body: Bytes,
    pub(crate) body_was_read: bool,
    pub(crate) seen: Seen,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub(crate) admitted: usize,
    pub(crate) ran: usize,
    pub(crate) refused: Vec<AuthEvent>,
}

/// No answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    Panicked,
    TookTooLong,
    /// The connection broke, or there was none.
    #[cfg(feature = "wire")]
    NoAnswer,
}

/// `request`'s body is read first and put into one that is watched.
pub(super) async fn send<S>(service: S, request: Request<Body>) -> Result<Answer, Broken>
where
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Send + 'static,
    S::Future: Send + 'static,
{
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let (body, read) = Watched::watch(bytes);
    let witness = RequestProbe::new();
    let mut request = Request::from_parts(parts, body);
    request.extensions_mut().insert(witness.clone());

    // In a task of its own: a handler that panics ends the task, and not the test.
    let answered = tokio::spawn(async move {
        let Ok(response) = service.oneshot(request).await;
        let (head, body) = response.into_parts();
        let failed = head.status.is_client_error() || head.status.is_server_error();
        let body = if failed { to_bytes(body, MOST).await.unwrap_or_default() } else { Bytes::new() };
        (head, body)
    });
    let abort = answered.abort_handle();
    let Ok(answered) = tokio::time::timeout(PATIENCE, answered).await else {
        abort.abort();
        return Err(Broken::TookTooLong);
    };
    let (head, body) = answered.map_err(|_| Broken::Panicked)?;
    let seen = Seen { admitted: witness.admitted(), ran: witness.ran(), refused: witness.refused() };
    let body_was_read = read.load(Ordering::Relaxed);
    Ok(Answer { status: head.status, headers: head.headers, body, body_was_read, seen })
}
