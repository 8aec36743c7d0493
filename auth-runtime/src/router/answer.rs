//! Completes a response: the service's format of rejections, and the record of the decision.

use super::admitted::Admitted;
use crate::base::has_value;
use crate::credential::carrier::{Protected, protect};
use crate::decision::Decision;
use crate::proof::Rejected;
#[cfg(feature = "grpc")]
use crate::rejection::GrpcRejections;
use crate::rejection::{ClientView, FormatOfRequest, RejectionFormat, RejectionKind, redirect, take_mark};
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use http::request::Parts;
use http::{Extensions, HeaderValue, StatusCode};
use std::mem::take;

/// The parts of a response that are known before its handler runs.
pub(super) struct Answer {
    decision: Decision,
    audience: Audience,
    protected: Protected,
    client: Client,
    /// The extensions of the request, if no parameter reads them any more.
    unread: Extensions,
}

/// Which callers a response is for. It decides what caches may do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// All callers, whatever their credentials.
    Anyone,
    /// All callers without credentials. A cache must not send it to others.
    Guests,
    /// One caller.
    OneCaller,
}

/// What the client of a request is sent when the request is rejected.
struct Client {
    view: ClientView,
    format: Option<Box<FormatOfRequest>>,
    login: Option<Box<HeaderValue>>,
    /// Whether the client reads `grpc-status`.
    #[cfg(feature = "grpc")]
    grpc: bool,
}

impl Client {
    #[inline]
    fn of(view: ClientView, parts: &Parts) -> Self {
        Self {
            format: RejectionFormat::of(parts, &view),
            login: view.login_for(parts).map(Box::new),
            #[cfg(feature = "grpc")]
            grpc: GrpcRejections::apply_to(parts),
            view,
        }
    }

    /// Makes the response of a rejection from the complete default one, whose extensions are kept.
    fn rejected(self, kind: RejectionKind, mut default: Response) -> Response {
        #[cfg(feature = "grpc")]
        if self.grpc {
            return kind.grpc_response(&self.view, default);
        }
        let Self { view, format, login, .. } = self;
        if let Some(location) = login.filter(|_| kind.status() == StatusCode::UNAUTHORIZED) {
            let mut response = redirect(*location);
            view.vary(response.headers_mut());
            *response.extensions_mut() = take(default.extensions_mut());
            return response;
        }
        match format {
            Some(format) => format.apply(kind, &view, default),
            None => default,
        }
    }
}

/// Makes the response of a request that the gate rejects.
pub(super) fn rejected(rejected: Rejected, parts: &mut Parts) -> Response {
    let kind = rejected.rejection.kind();
    let default = kind.response(&rejected.view);
    let mut response = Client::of(rejected.view.clone(), parts).rejected(kind, default);
    let decision = rejected.decision();
    decision.record_user_id();
    record(decision, response.extensions_mut(), take(&mut parts.extensions));
    response
}

impl Answer {
    /// Notes that the request is admitted, and takes what its response needs from the head.
    ///
    /// The extractors consume the head afterwards. The credential is kept away from them.
    pub(super) fn of(decision: Decision, audience: Audience, view: ClientView, parts: &mut Parts) -> Self {
        Admitted::note(&parts.extensions);
        decision.record_user_id();
        let client = Client::of(view, parts);
        Self { decision, audience, protected: protect(&client.view, parts), client, unread: Extensions::new() }
    }

    /// Keeps the extensions of the request, whose map can become that of the response.
    pub(super) fn reuse(&mut self, unread: Extensions) {
        self.unread = unread;
    }

    /// P6: withholds the response of a handler that has not asked a rule that it declares.
    ///
    /// An error shows no object, and a redirect may.
    pub(super) fn unless_unchecked(&self, response: Response) -> Response {
        let status = response.status();
        match &self.decision {
            Decision::Authenticated(caller) if !status.is_client_error() && !status.is_server_error() => {
                match caller.unchecked_rule() {
                    Ok(()) => response,
                    Err(rejection) => rejection.into_response(),
                }
            }
            _ => response,
        }
    }

    /// Completes the response of a handler.
    pub(super) fn handler(self, response: &mut Response) {
        let (decision, unread) = self.complete(response);
        record(decision, response.extensions_mut(), unread);
    }

    /// Completes the response of a service, which may be another router with its own decision.
    pub(super) fn service(self, mut response: Response) -> Response {
        let (decision, unread) = self.complete(&mut response);
        if Decision::of(&response).is_none() {
            record(decision, response.extensions_mut(), unread);
        }
        response
    }

    #[inline]
    fn complete(self, response: &mut Response) -> (Decision, Extensions) {
        let Self { mut decision, audience, protected, client, unread } = self;
        // Keeps shared caches from storing what is for one caller. A handler may set other values.
        if audience == Audience::OneCaller {
            let headers = response.headers_mut();
            if !has_value(headers, &CACHE_CONTROL, |_| true) {
                headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            }
        }
        if audience != Audience::Anyone {
            client.view.vary(response.headers_mut());
        }
        protected.complete(response);
        if let Some(kind) = take_mark(response) {
            decision = decision.rejected(kind);
            kind.complete(&client.view, response);
            *response = client.rejected(kind, take(response));
        }
        (decision, unread)
    }
}

/// Records the decision in the extensions of the response.
///
/// A new map costs two allocations, so a response without one gets the emptied map of its request.
#[inline]
fn record(decision: Decision, extensions: &mut Extensions, mut unread: Extensions) {
    if extensions.is_empty() {
        unread.clear();
        *extensions = unread;
    }
    extensions.insert(decision);
}

#[cfg(test)]
mod tests {
    use super::record;
    use crate::decision::Decision;
    use http::Extensions;

    #[derive(Clone)]
    struct FromLayer;

    #[derive(Clone)]
    struct FromHandler;

    #[test]
    fn a_response_has_the_decision_and_nothing_of_the_request() {
        let mut unread = Extensions::new();
        unread.insert(FromLayer);
        let mut extensions = Extensions::new();
        record(Decision::Public, &mut extensions, unread.clone());
        assert!(matches!(extensions.get(), Some(Decision::Public)));
        assert!(extensions.get::<FromLayer>().is_none());

        let mut extensions = Extensions::new();
        extensions.insert(FromHandler);
        record(Decision::Guest, &mut extensions, unread);
        assert!(matches!(extensions.get(), Some(Decision::Guest)));
        assert!(extensions.get::<FromHandler>().is_some());
        assert!(extensions.get::<FromLayer>().is_none());
    }
}
