//! What a client may know of a rejection: [`RejectionKind`].

use super::ClientView;
use crate::base::has_value;
use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

/// Names a rejection as its client may know it.
///
/// Rejections that differ in their reason only have the same kind, so a layer and an error format
/// may show it to the client. The reason is in the event.
///
/// ```
/// use auth_runtime::decision::RejectionKind;
/// use auth_runtime::{Rejection, events::Reason};
///
/// let expired = Rejection::InvalidToken(Reason::Expired);
/// assert_eq!(expired.kind(), RejectionKind::InvalidToken);
/// assert_eq!(expired.kind(), Rejection::InvalidToken(Reason::BadSignature).kind());
/// ```
// P8: the response is made from this type, which has no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RejectionKind {
    /// 401 with a bare challenge: the request has no token where tokens are accepted.
    MissingCredentials,
    /// 400 `invalid_request`: the request has more than one credential.
    InvalidRequest,
    /// 401 `invalid_token`.
    InvalidToken,
    /// 403 `insufficient_scope`: the caller lacks a permission.
    InsufficientScope {
        /// The missing scope, if [`scope!`](crate::scope) declared the permission.
        scope: Option<&'static str>,
    },
    /// 403: a rule does not permit the object to the caller, or another site sent the cookie.
    NotPermitted,
    /// 404: the object does not exist, or a rule hides it.
    NotFound,
    /// 401: the signature of the request is missing, invalid, too old or a replay.
    InvalidSignature,
    /// 200: the sender repeated a delivery that was handled.
    AlreadyDelivered,
    /// 413: the body of a signed request is too long.
    BodyTooLarge,
    /// 408: the body of a signed request was not received in time.
    BodyNotReceived,
    /// 500: the handler is wrong, so its answer is withheld.
    ///
    /// Not 503, because a client that repeats the request would make the handler run again.
    AnswerWithheld,
    /// 503 with `Retry-After`: the decision could not be made.
    Unavailable,
}

impl RejectionKind {
    /// Returns the status of the response.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::InvalidRequest => StatusCode::BAD_REQUEST,
            Self::MissingCredentials | Self::InvalidToken | Self::InvalidSignature => StatusCode::UNAUTHORIZED,
            Self::InsufficientScope { .. } | Self::NotPermitted => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::AlreadyDelivered => StatusCode::OK,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyNotReceived => StatusCode::REQUEST_TIMEOUT,
            Self::AnswerWithheld => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Returns the missing scope of a 403 (RFC 6750 section 3.1).
    #[must_use]
    pub fn scope(self) -> Option<&'static str> {
        match self {
            Self::InsufficientScope { scope } => scope,
            _ => None,
        }
    }

    /// Returns the `error` of the challenge of RFC 6750 section 3, which may be empty.
    fn error(self) -> Option<&'static str> {
        match self {
            Self::MissingCredentials | Self::InvalidSignature => Some(""),
            Self::InvalidRequest => Some("invalid_request"),
            Self::InvalidToken => Some("invalid_token"),
            Self::InsufficientScope { .. } => Some("insufficient_scope"),
            // A challenge asks for another token, which would not help here.
            Self::NotPermitted
            | Self::NotFound
            | Self::Unavailable
            | Self::AlreadyDelivered
            | Self::BodyTooLarge
            | Self::BodyNotReceived
            | Self::AnswerWithheld => None,
        }
    }

    fn body(self) -> &'static str {
        match self {
            Self::MissingCredentials | Self::InvalidToken | Self::InvalidSignature => {
                r#"{"type":"about:blank","title":"Unauthorized","status":401}"#
            }
            Self::InvalidRequest => r#"{"type":"about:blank","title":"Bad Request","status":400}"#,
            Self::InsufficientScope { .. } | Self::NotPermitted => {
                r#"{"type":"about:blank","title":"Forbidden","status":403}"#
            }
            Self::NotFound => r#"{"type":"about:blank","title":"Not Found","status":404}"#,
            Self::AlreadyDelivered => r#"{"type":"about:blank","title":"OK","status":200}"#,
            Self::BodyTooLarge => r#"{"type":"about:blank","title":"Content Too Large","status":413}"#,
            Self::BodyNotReceived => r#"{"type":"about:blank","title":"Request Timeout","status":408}"#,
            Self::AnswerWithheld => r#"{"type":"about:blank","title":"Internal Server Error","status":500}"#,
            Self::Unavailable => r#"{"type":"about:blank","title":"Service Unavailable","status":503}"#,
        }
    }

    /// Makes the default response.
    pub(crate) fn response(self, view: &ClientView) -> Response {
        let mut response = Response::new(Body::from(self.body()));
        self.complete(view, &mut response);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }

    /// Sets all that a response needs to be this rejection, whatever it had before.
    pub(crate) fn complete(self, view: &ClientView, response: &mut Response) {
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        // What reads the headers comes first, while a new response has none.
        match self {
            Self::Unavailable => headers.insert(RETRY_AFTER, HeaderValue::from_static("5")),
            _ if has_value(headers, &RETRY_AFTER, |_| true) => headers.remove(RETRY_AFTER),
            _ => None,
        };
        view.vary(headers);
        // RFC 6750 section 5.3 and RFC 9111: no cache may store a response that depends on a token.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self.error() {
            Some(error) => view.challenge(headers, error, self.scope()),
            None => drop(headers.remove(WWW_AUTHENTICATE)),
        }
    }
}
