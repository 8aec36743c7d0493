//! What an error format is given: [`RejectionContext`].

use super::{ClientView, RejectionKind};
use axum::extract::OriginalUri;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, Uri};
use std::fmt;

/// Describes a rejection for [`AuthRouter::on_rejection`](crate::AuthRouter::on_rejection).
///
/// It has what the client may know, and the head of the request without its credentials.
///
/// ```
/// use auth_runtime::AuthRouter;
/// use auth_runtime::decision::RejectionContext;
///
/// fn in_plain_text(app: AuthRouter) -> AuthRouter {
///     app.on_rejection(|rejection: &RejectionContext| {
///         format!("{} {}: {}\n", rejection.method(), rejection.uri().path(), rejection.status())
///     })
/// }
/// # let _ = in_plain_text;
/// ```
// P8: no reason, and no header from which a function could work out the reason.
pub struct RejectionContext {
    kind: RejectionKind,
    head: Head,
}

/// The head of a request, without its credentials.
pub(super) struct Head {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
}

impl Head {
    pub(super) fn of(parts: &Parts, view: &ClientView) -> Self {
        let mut headers = parts.headers.clone();
        for credentials in [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE, SEC_WEBSOCKET_PROTOCOL] {
            headers.remove(credentials);
        }
        for credentials in view.credential_headers() {
            headers.remove(credentials);
        }
        headers.remove("dpop");
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |uri| &uri.0);
        Self { method: parts.method.clone(), uri: uri.clone(), headers }
    }
}

impl RejectionContext {
    pub(super) fn new(kind: RejectionKind, head: Head) -> Self {
        Self { kind, head }
    }

    /// Returns the kind of the rejection.
    #[must_use]
    pub fn kind(&self) -> RejectionKind {
        self.kind
    }

    /// Returns the status of the response, which the function cannot change.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.kind.status()
    }

    /// Returns the missing scope of a 403.
    #[must_use]
    pub fn scope(&self) -> Option<&'static str> {
        self.kind.scope()
    }

    /// Returns the method of the request.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.head.method
    }

    /// Returns the URI as the client sent it, also in a nested router.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.head.uri
    }

    /// Returns the headers of the request.
    ///
    /// Without `Authorization`, `Proxy-Authorization`, `DPoP`, `Cookie`, `Sec-WebSocket-Protocol`
    /// and the other [carriers](crate::credentials::Carrier) of the verifier, because a response
    /// must not depend on what is wrong with a credential.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }
}

/// Omits the head, because a URI can hold a token.
impl fmt::Debug for RejectionContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RejectionContext").field("kind", &self.kind).finish_non_exhaustive()
    }
}
