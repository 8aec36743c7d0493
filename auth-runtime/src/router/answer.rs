//! Completes a response: the service's format of rejections, and the record of the decision.

use crate::decision::Decision;
use crate::proof::Rejected;
use crate::rejection::{FormatOfRequest, RejectionFormat, take_mark};
use axum::response::Response;
use http::request::Parts;

/// The parts of a response that are known before its handler runs.
pub(super) struct Answer {
    decision: Decision,
    format: Option<Box<FormatOfRequest>>,
}

/// Makes the response of a request that the gate rejects.
pub(super) fn rejected(rejected: Rejected, parts: &Parts) -> Response {
    let kind = rejected.rejection.kind();
    let response = kind.response();
    let mut response = match RejectionFormat::of(parts) {
        Some(format) => format.apply(kind, response),
        None => response,
    };
    let decision = rejected.decision();
    decision.record_user_id();
    response.extensions_mut().insert(decision);
    response
}

impl Answer {
    /// Takes what the response needs from the head, which the extractors consume.
    pub(super) fn of(decision: Decision, parts: &Parts) -> Self {
        decision.record_user_id();
        Self { decision, format: RejectionFormat::of(parts) }
    }

    /// Completes the response of a handler.
    pub(super) fn handler(self, response: Response) -> Response {
        let (mut response, decision) = self.formatted(response);
        response.extensions_mut().insert(decision);
        response
    }

    /// Completes the response of a service, which may be another router with its own decision.
    pub(super) fn service(self, response: Response) -> Response {
        let (mut response, decision) = self.formatted(response);
        if Decision::of(&response).is_none() {
            response.extensions_mut().insert(decision);
        }
        response
    }

    fn formatted(self, mut response: Response) -> (Response, Decision) {
        let Self { decision, format } = self;
        let Some(kind) = take_mark(&mut response) else { return (response, decision) };
        let response = match format {
            Some(format) => format.apply(kind, response),
            None => response,
        };
        (response, decision.rejected(kind))
    }
}
