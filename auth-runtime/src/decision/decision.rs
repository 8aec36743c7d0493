//! Records the gate's decision for the layers outside: [`Decision`].

use super::{CallerRecord, DeliveryRecord, RejectionRecord};
use http::Response;

/// Records what the gate decided about a request, in the extensions of its response.
///
/// Each layer around an [`AuthRouter`](crate::AuthRouter) can read it, also the layers of a plain
/// router in which the `AuthRouter` is mounted. A response without one did not pass a gate: a layer
/// answered, or axum did (404, 405).
///
/// ```
/// use auth_runtime::AuthRouter;
/// use auth_runtime::decision::Decision;
/// use axum::extract::Request;
/// use axum::middleware::{Next, from_fn};
/// use axum::response::Response;
///
/// async fn audit(request: Request, next: Next) -> Response {
///     let uri = request.uri().clone();
///     let response = next.run(request).await;
///     let caller = Decision::of(&response).and_then(Decision::caller);
///     let subject = caller.map_or("-", |caller| caller.subject());
///     println!("{uri} {} {subject}", response.status());
///     response
/// }
///
/// fn audited(app: AuthRouter) -> AuthRouter {
///     app.layer(from_fn(audit))
/// }
/// ```
///
/// A layer may show it to the client, because it has no reason. The reason is in the event.
// P10: what a former authentication layer put into the request, layers read here.
// P2: a record. The gate writes it and never reads it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Decision {
    /// The handler is public, and the gate read no credentials.
    Public,
    /// The handler recognises callers, and this request had no credentials.
    Guest,
    /// The caller is authenticated.
    Authenticated(CallerRecord),
    /// The request is signed by its sender.
    Signed(DeliveryRecord),
    /// The request has the token of the set-up, which was open.
    Setup,
    /// The gate rejected the request, or the handler returned a [`Rejection`](crate::Rejection).
    ///
    /// A handler that turns a rejection into an error of its own leaves the decision
    /// `Authenticated`.
    Rejected(RejectionRecord),
}

impl Decision {
    /// Returns the decision about the request of a response.
    pub fn of<B>(response: &Response<B>) -> Option<&Self> {
        response.extensions().get()
    }

    /// Returns the caller, if its credentials were accepted.
    #[must_use]
    pub fn caller(&self) -> Option<&CallerRecord> {
        match self {
            Self::Authenticated(caller) => Some(caller),
            Self::Rejected(rejection) => rejection.caller(),
            Self::Public | Self::Guest | Self::Signed(_) | Self::Setup => None,
        }
    }

    /// Turns the decision of the gate into that of a handler that returned a rejection.
    pub(crate) fn rejected(self, kind: crate::rejection::RejectionKind) -> Self {
        let caller = match self {
            Self::Authenticated(caller) => Some(caller),
            _ => None,
        };
        Self::Rejected(RejectionRecord::new(kind, caller))
    }

    /// Records the caller in the current span, if the span declares the field `user.id`.
    #[cfg(feature = "tracing")]
    pub(crate) fn record_user_id(&self) {
        if let Some(caller) = self.caller() {
            let span = tracing::Span::current();
            if span.has_field("user.id") {
                span.record("user.id", caller.subject());
            }
        }
    }

    #[cfg(not(feature = "tracing"))]
    #[expect(clippy::unused_self, reason = "as with the feature")]
    pub(crate) fn record_user_id(&self) {}
}
