//! The response of the service under attack.

use auth_runtime::AuthEvent;
use axum::body::Bytes;
use http::{HeaderMap, StatusCode};

/// The response, and what the kit saw inside of the service.
#[derive(Debug, Clone)]
pub(crate) struct ServiceResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The body of a 4xx or 5xx; empty otherwise, because a handler may stream without end.
    pub(crate) body: Bytes,
    pub(crate) body_was_read: bool,
    pub(crate) gate: GateRecord,
}

/// What the gate of an `AuthRouter` did with the request.
#[derive(Debug, Clone, Default)]
pub(crate) struct GateRecord {
    pub(crate) admitted: usize,
    pub(crate) ran: usize,
    pub(crate) refused: Vec<AuthEvent>,
}

/// Why there is no response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoResponse {
    Panicked,
    TimedOut,
    /// The connection failed or broke.
    #[cfg(feature = "wire")]
    Disconnected,
}
