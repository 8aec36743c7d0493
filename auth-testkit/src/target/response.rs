//! The response of the service under attack.

use super::LoggedCredential;
use auth_runtime::AuthEvent;
use axum::body::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_METHOD, SET_COOKIE, VARY,
};
use http::{HeaderMap, HeaderName, StatusCode};
use serde_json::Value;

/// The response, and what the kit saw inside of the service.
#[derive(Debug, Clone)]
pub(crate) struct ServiceResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The body of a 4xx or 5xx, or one of a known length; a handler may stream without end.
    pub(crate) body: Bytes,
    /// Whether the response announces that it has no body.
    pub(crate) body_is_empty: bool,
    /// How much of the request's body the service has read, in bytes.
    pub(crate) bytes_read: usize,
    pub(crate) gate: GateRecord,
    /// Where the service has logged a credential of the request.
    pub(crate) logged: Vec<LoggedCredential>,
}

impl ServiceResponse {
    /// Whether it is the response of a layer for cross-origin requests to OPTIONS (H20).
    ///
    /// Such a layer answers every OPTIONS request itself (WHATWG Fetch, "CORS-preflight fetch"). The
    /// response is known by its headers, no body and no cookie, because a handler that reveals
    /// something has to put it somewhere.
    pub(crate) fn answers_preflight(&self) -> bool {
        let lists = |name: HeaderName, word: &str| {
            self.headers.get_all(name).iter().any(|value| value.to_str().is_ok_and(|value| value.contains(word)))
        };
        let is_cross_origin = self.headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN)
            || self.headers.contains_key(ACCESS_CONTROL_ALLOW_METHODS)
            || lists(VARY, ACCESS_CONTROL_REQUEST_METHOD.as_str());
        let gate_was_not_asked = self.gate.admitted == 0 && self.gate.ran == 0 && self.gate.refused.is_empty();
        matches!(self.status, StatusCode::OK | StatusCode::NO_CONTENT)
            && is_cross_origin
            && self.body_is_empty
            && !self.headers.contains_key(SET_COOKIE)
            && gate_was_not_asked
    }
}

impl ServiceResponse {
    /// The response as a 401, where its body has one of these texts and no data.
    ///
    /// GraphQL answers 200 with `errors`, and may answer with `data` too.
    pub(super) fn rejected_by_text(self, texts: &[String]) -> Self {
        if texts.is_empty() || !self.status.is_success() {
            return self;
        }
        let body = String::from_utf8_lossy(&self.body);
        let has_data = serde_json::from_slice::<Value>(&self.body).is_ok_and(|json| says_something(&json["data"]));
        let is_rejection = !has_data && texts.iter().any(|text| body.contains(text));
        Self { status: if is_rejection { StatusCode::UNAUTHORIZED } else { self.status }, ..self }
    }
}

fn says_something(json: &Value) -> bool {
    match json {
        Value::Null => false,
        Value::Object(members) => members.values().any(says_something),
        Value::Array(values) => values.iter().any(says_something),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
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
