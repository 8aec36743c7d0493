//! Why a request was refused, and what its sender gets to see of it.
//!
//! The two are kept apart: [`Reason`] goes into the event, for the people who run the service; the client
//! learns a status and a challenge.

use auth_events::Reason;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

/// A request that did not get past the gate.
///
/// As a response it is 400, 401, 403, 404 or 503 with an RFC 9457 body, `Cache-Control: no-store` and, where RFC 6750
/// section 3 asks for one, a `WWW-Authenticate` challenge. Every 401 has the same body: what exactly was wrong with a
/// token is for the event, not for the one who sent it.
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
    /// The token was sent in the query string, where it is never used: 401 with a bare challenge, as if there were
    /// none.
    #[error("the token was sent in the query string, where it is not used")]
    TokenInQuery,
    /// Credentials were presented more than once, or in a way that is not supported: 400 `invalid_request`.
    #[error("the request presents its credentials in a way that is not allowed: {0}")]
    InvalidRequest(Reason),
    /// The token did not verify: 401 `invalid_token`.
    #[error("the token was refused: {0}")]
    InvalidToken(Reason),
    /// The caller is known and lacks a permission: 403 `insufficient_scope`.
    #[error("the caller lacks the permission `{permission}`")]
    InsufficientScope {
        /// The text of the [`PermissionName`](crate::PermissionName) of what is missing.
        permission: &'static str,
        /// The scope that would help, when the permission is one made by [`scope!`](crate::scope).
        scope: Option<&'static str>,
    },
    /// The caller is known, and a [`Rule`](crate::Rule) does not permit it this object: 403.
    #[error("the rule `{rule}` does not permit it")]
    NotPermitted {
        /// `Rule::NAME`, and the type of the rule.
        rule: &'static str,
    },
    /// A rule that keeps the object's existence secret did not permit it, or could not decide: 404, as if there were no
    /// such object.
    #[error("the rule `{rule}` did not permit it, and keeps its existence secret: {reason}")]
    Concealed {
        /// `Rule::NAME`, and the type of the rule.
        rule: &'static str,
        /// For the event: [`Reason::Denied`], or why there was no decision.
        reason: Reason,
    },
    /// There is no such object: 404, the same answer as [`Concealed`](Self::Concealed). Made by
    /// [`permit_found`](crate::Authenticated::permit_found); no event.
    #[error("there is no such object")]
    NotFound,
    /// It could not be decided whether the token is good: 503 with `Retry-After`.
    #[error("the token could not be verified: {0}")]
    Unavailable(Reason),
}

impl Rejection {
    /// What the event says: one word of a closed set.
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

    /// The status that the client gets: 400, 401, 403, 404 or 503.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Concealed { .. } => StatusCode::NOT_FOUND,
            // P6: a status that is not one of these would be a mistake in the table, and is never a success.
            _ => StatusCode::from_u16(self.reason().status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE),
        }
    }

    /// RFC 6750 section 3. Without `error_description`: it could only tell the sender of a forged token what to try
    /// next.
    fn challenge(&self) -> Option<HeaderValue> {
        match self {
            Self::MissingCredentials | Self::TokenInQuery => Some(HeaderValue::from_static("Bearer realm=\"api\"")),
            Self::InvalidRequest(_) => {
                Some(HeaderValue::from_static("Bearer realm=\"api\", error=\"invalid_request\""))
            }
            Self::InvalidToken(_) => Some(HeaderValue::from_static("Bearer realm=\"api\", error=\"invalid_token\"")),
            Self::InsufficientScope { scope, .. } => {
                let plain = HeaderValue::from_static("Bearer realm=\"api\", error=\"insufficient_scope\"");
                // `scope!` admits RFC 6750 scope-tokens only, so a value always forms a header.
                let named = scope.and_then(|scope| {
                    HeaderValue::try_from(format!(
                        "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"{scope}\""
                    ))
                    .ok()
                });
                Some(named.unwrap_or(plain))
            }
            // A challenge asks for another token, and no token helps with these.
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
        // P8: the response is made from the kind of refusal alone; `Reason` has no way into it.
        let mut response = Response::new(Body::from(self.body()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        // RFC 6750 section 5.3 and RFC 9111: nobody in between keeps an answer that depends on a token.
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
