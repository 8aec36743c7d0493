//! Why a request was rejected, and the response to its client.
//!
//! The two are separate: [`Reason`] goes into the event, for the operator of the service. The
//! client gets a status and a challenge.

use auth_events::Reason;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

/// Rejects a request.
///
/// The response is 400, 401, 403, 404 or 503 with an RFC 9457 body, `Cache-Control: no-store` and,
/// where RFC 6750 section 3 requires one, a `WWW-Authenticate` challenge. Every 401 has the same
/// body, because only the event may state what was wrong with a token.
///
/// ```
/// use auth_runtime::Rejection;
/// use axum::response::IntoResponse;
///
/// let response = Rejection::MissingCredentials.into_response();
/// assert_eq!(response.status(), 401);
/// assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"api\"");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// No bearer token was presented: 401 with a bare challenge (RFC 6750 section 3).
    #[error("no bearer token was presented")]
    MissingCredentials,
    /// The token was sent in the query string, where it is never used.
    ///
    /// 401 with a bare challenge, as without a token.
    #[error("the token was sent in the query string, where it is not used")]
    TokenInQuery,
    /// Credentials were presented more than once, or in a way that is not supported: 400
    /// `invalid_request`.
    #[error("the request presents its credentials in a way that is not allowed: {0}")]
    InvalidRequest(Reason),
    /// The token is not valid: 401 `invalid_token`.
    #[error("the token was refused: {0}")]
    InvalidToken(Reason),
    /// The caller lacks a permission: 403 `insufficient_scope`.
    #[error("the caller lacks the permission `{permission}`")]
    InsufficientScope {
        /// The [`PermissionName`](crate::permissions::PermissionName) of the missing permission.
        permission: &'static str,
        /// The missing scope, if [`scope!`](crate::scope) declared the permission.
        scope: Option<&'static str>,
    },
    /// A [`Rule`](crate::Rule) does not permit this object to the caller: 403.
    #[error("the rule `{rule}` does not permit the object")]
    NotPermitted {
        /// `Rule::NAME`, and the type of the rule.
        rule: &'static str,
    },
    /// A rule with `OnDeny::NotFound` did not permit the object, or could not decide.
    ///
    /// 404, as if the object did not exist.
    #[error("the rule `{rule}` does not permit the object and hides its existence: {reason}")]
    Concealed {
        /// `Rule::NAME`, and the type of the rule.
        rule: &'static str,
        /// For the event: [`Reason::Denied`], or why the rule could not decide.
        reason: Reason,
    },
    /// The object does not exist: 404, the same response as [`Concealed`](Self::Concealed).
    ///
    /// [`permit_found`](crate::Authenticated::permit_found) returns it, without an event.
    #[error("the object does not exist")]
    NotFound,
    /// The verifier could not decide whether the token is valid: 503 with `Retry-After`.
    #[error("the token could not be verified: {0}")]
    Unavailable(Reason),
}

impl Rejection {
    /// Returns the reason in the event.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::MissingCredentials => Reason::MissingCredentials,
            Self::TokenInQuery => Reason::TokenInQuery,
            Self::InvalidRequest(reason)
            | Self::InvalidToken(reason)
            | Self::Unavailable(reason)
            | Self::Concealed { reason, .. } => *reason,
            Self::InsufficientScope { .. } | Self::NotPermitted { .. } => Reason::Denied,
            Self::NotFound => Reason::NotFound,
        }
    }

    /// Returns the status of the response: 400, 401, 403, 404 or 503.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Concealed { .. } => StatusCode::NOT_FOUND,
            // P6: an invalid status in the table must not become a success.
            _ => StatusCode::from_u16(self.reason().status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE),
        }
    }

    /// Returns the challenge of RFC 6750 section 3.
    ///
    /// Without `error_description`, because it would help the sender of a forged token.
    fn challenge(&self) -> Option<HeaderValue> {
        match self {
            Self::MissingCredentials | Self::TokenInQuery => Some(HeaderValue::from_static("Bearer realm=\"api\"")),
            Self::InvalidRequest(_) => {
                Some(HeaderValue::from_static("Bearer realm=\"api\", error=\"invalid_request\""))
            }
            Self::InvalidToken(_) => Some(HeaderValue::from_static("Bearer realm=\"api\", error=\"invalid_token\"")),
            Self::InsufficientScope { scope, .. } => {
                let plain = HeaderValue::from_static("Bearer realm=\"api\", error=\"insufficient_scope\"");
                // `scope!` accepts RFC 6750 scope-tokens only, so the header value is always valid.
                let with_scope = scope.and_then(|scope| {
                    HeaderValue::try_from(format!(
                        "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"{scope}\""
                    ))
                    .ok()
                });
                Some(with_scope.unwrap_or(plain))
            }
            // A challenge asks for another token, which would not help here.
            Self::NotPermitted { .. } | Self::Concealed { .. } | Self::NotFound | Self::Unavailable(_) => None,
        }
    }

    fn body(&self) -> &'static str {
        match self {
            Self::MissingCredentials | Self::TokenInQuery | Self::InvalidToken(_) => {
                r#"{"type":"about:blank","title":"Unauthorized","status":401}"#
            }
            Self::InvalidRequest(_) => r#"{"type":"about:blank","title":"Bad Request","status":400}"#,
            Self::InsufficientScope { .. } | Self::NotPermitted { .. } => {
                r#"{"type":"about:blank","title":"Forbidden","status":403}"#
            }
            Self::Concealed { .. } | Self::NotFound => r#"{"type":"about:blank","title":"Not Found","status":404}"#,
            Self::Unavailable(_) => r#"{"type":"about:blank","title":"Service Unavailable","status":503}"#,
        }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        // P8: only the variant determines the response; the `Reason` never does.
        let mut response = Response::new(Body::from(self.body()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        // RFC 6750 section 5.3 and RFC 9111: no cache may store a response that depends on a token.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(VARY, HeaderValue::from_static("Authorization"));
        if let Some(challenge) = self.challenge() {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if let Self::Unavailable(_) = self {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}
