//! Why a request was rejected, and the response to its client.
//!
//! The two are separate: [`Reason`] goes into the event, for the operator of the service. The
//! client gets a status and a challenge.

use super::{ClientView, RejectionKind};
use auth_events::Reason;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

/// Rejects a request.
///
/// The response is 400, 401, 403, 404 or 503, or that of a signed request or a set-up, with an RFC
/// 9457 body, `Cache-Control: no-store` and, where RFC 6750 section 3 requires one, a
/// `WWW-Authenticate` challenge. Every 401 has the same body, because only the event may state what
/// was wrong with a token.
///
/// On an [`AuthRouter`](crate::AuthRouter) with a function
/// [`on_rejection`](crate::AuthRouter::on_rejection), a rejection that a handler returns gets the
/// body of that function, and it gets the challenge and the realm of its verifier. A plain
/// `axum::Router` keeps the default body and `Bearer realm="api"`.
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
    /// No accepted credential was presented: 401 with a bare challenge (RFC 6750 section 3).
    #[error("no accepted credential was presented")]
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
    /// The credential is in a cookie, and the request may come from another site: 403.
    #[error("a request with a cookie may come from another site")]
    CrossSite,
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
    Hidden {
        /// `Rule::NAME`, and the type of the rule.
        rule: &'static str,
        /// For the event: [`Reason::Denied`], or why the rule could not decide.
        reason: Reason,
    },
    /// The object does not exist: 404, the same response as [`Hidden`](Self::Hidden).
    ///
    /// [`permit_found`](crate::Authenticated::permit_found) returns it, without an event.
    #[error("the object does not exist")]
    NotFound,
    /// The signature of a request is missing, invalid, too old or a replay: 401.
    #[error("the signature of the request was refused: {0}")]
    InvalidSignature(Reason),
    /// The sender repeated a delivery that was handled: 200, without the handler.
    #[error("the signed delivery was handled before")]
    AlreadyDelivered,
    /// The body of a signed request is too long: 413.
    #[error("the body of the signed request is longer than `max_body`")]
    BodyTooLarge,
    /// The body of a signed request broke off, or did not end in time: 408.
    #[error("the body of the signed request was not received in time")]
    BodyNotReceived,
    /// A handler succeeded without what its attribute declares: 500, and its answer is withheld.
    #[error("the answer of the handler was withheld: {0}")]
    AnswerWithheld(Reason),
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
            Self::CrossSite => Reason::CrossSite,
            Self::InvalidRequest(reason)
            | Self::InvalidToken(reason)
            | Self::Unavailable(reason)
            | Self::InvalidSignature(reason)
            | Self::AnswerWithheld(reason)
            | Self::Hidden { reason, .. } => *reason,
            Self::InsufficientScope { .. } | Self::NotPermitted { .. } => Reason::Denied,
            Self::NotFound => Reason::NotFound,
            Self::AlreadyDelivered => Reason::AlreadyDelivered,
            Self::BodyTooLarge => Reason::BodyTooLarge,
            Self::BodyNotReceived => Reason::BodyNotReceived,
        }
    }

    /// Returns the status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.kind().status()
    }

    /// Returns what the client may know of this rejection.
    // P8: the only way from a reason to the response.
    #[must_use]
    pub fn kind(&self) -> RejectionKind {
        match *self {
            Self::MissingCredentials | Self::TokenInQuery => RejectionKind::MissingCredentials,
            Self::InvalidRequest(_) => RejectionKind::InvalidRequest,
            Self::InvalidToken(_) => RejectionKind::InvalidToken,
            Self::InsufficientScope { scope, .. } => RejectionKind::InsufficientScope { scope },
            Self::CrossSite | Self::NotPermitted { .. } => RejectionKind::NotPermitted,
            Self::Hidden { .. } | Self::NotFound => RejectionKind::NotFound,
            Self::InvalidSignature(_) => RejectionKind::InvalidSignature,
            Self::AlreadyDelivered => RejectionKind::AlreadyDelivered,
            Self::BodyTooLarge => RejectionKind::BodyTooLarge,
            Self::BodyNotReceived => RejectionKind::BodyNotReceived,
            Self::AnswerWithheld(_) => RejectionKind::AnswerWithheld,
            Self::Unavailable(_) => RejectionKind::Unavailable,
        }
    }
}

/// Marks the response of a rejection, so that the gate formats what a handler returns by `?`.
#[derive(Clone, Copy)]
struct Marked(RejectionKind);

/// Takes the mark of a response. A handler that set another status has written its own response.
#[inline]
pub(crate) fn take_mark(response: &mut Response) -> Option<RejectionKind> {
    let Marked(kind) = response.extensions_mut().remove()?;
    (response.status() == kind.status()).then_some(kind)
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let kind = self.kind();
        let mut response = kind.response(&ClientView::default());
        response.extensions_mut().insert(Marked(kind));
        response
    }
}
