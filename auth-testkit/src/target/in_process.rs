//! Requests to a router in this process, with a probe of the gate.

use super::body::WatchedBody;
use super::grpc;
use super::log_watch::LogWatch;
use super::response::{GateRecord, NoResponse, ServiceResponse};
use auth_runtime::testing::RequestProbe;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::response::Response;
use http::Request;
use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tower::{Service, ServiceExt};

/// Longer than any rejection takes. A handler that streams sends its head before.
pub(super) const TIMEOUT: Duration = Duration::from_secs(20);

/// How many bytes of a body are read.
pub(super) const BODY_LIMIT: usize = 64 * 1024;

/// Sends a request whose body counts what the service reads of it.
pub(super) async fn send<S>(
    service: S,
    request: Request<Body>,
    logs: Option<&LogWatch>,
) -> Result<ServiceResponse, NoResponse>
where
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Send + 'static,
    S::Future: Send + 'static,
{
    let (parts, body) = request.into_parts();
    let is_grpc = grpc::is_grpc(&parts.headers);
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let (body, read) = WatchedBody::watch(bytes);
    let probe = RequestProbe::new();
    let mut request = Request::from_parts(parts, body);
    request.extensions_mut().insert(probe.clone());

    let (headers, uri) = (request.headers().clone(), request.uri().clone());
    let answered = async move {
        let Ok(response) = service.oneshot(request).await;
        let (mut head, body) = response.into_parts();
        if is_grpc {
            head.status = grpc::status(head.status, &head.headers);
        }
        let is_empty = body.size_hint().exact() == Some(0);
        let failed = head.status.is_client_error() || head.status.is_server_error();
        let is_short = body.size_hint().exact().is_some_and(|length| length <= BODY_LIMIT as u64);
        let body = if failed || is_short { to_bytes(body, BODY_LIMIT).await.unwrap_or_default() } else { Bytes::new() };
        (head, body, is_empty)
    };
    // In a separate task, because a handler that panics must not end the test.
    let task = match logs {
        Some(logs) => tokio::spawn(logs.run(&headers, &uri, answered)),
        None => tokio::spawn(async move { (answered.await, Vec::new()) }),
    };
    let abort = task.abort_handle();
    let Ok(joined) = tokio::time::timeout(TIMEOUT, task).await else {
        abort.abort();
        return Err(NoResponse::TimedOut);
    };
    let ((head, body, body_is_empty), logged) = joined.map_err(|_| NoResponse::Panicked)?;
    let gate = GateRecord { admitted: probe.admitted(), ran: probe.ran(), refused: probe.refused() };
    let bytes_read = read.load(Ordering::Relaxed);
    Ok(ServiceResponse { status: head.status, headers: head.headers, body, body_is_empty, bytes_read, gate, logged })
}
