//! The answers to good tokens, and rejections that contain one.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::probe::Probe;
use crate::report::{Finding, Severity};
use crate::target::{Route, ServiceResponse};
use http::{Method, StatusCode};
use std::collections::HashMap;

/// Bodies that say nothing, however they got into a response.
const EMPTY: [&str; 7] = ["", "{}", "[]", "null", "\"\"", "ok", "OK"];

/// A longer body is also found inside of another one.
const LONG: usize = 16;

/// Holds the body of a good answer by route and method.
#[derive(Default)]
pub(super) struct GoodAnswers(HashMap<(String, Method), (StatusCode, String)>);

impl GoodAnswers {
    pub(super) fn keep(&mut self, route: &Route, method: &Method, status: StatusCode, body: String) {
        self.0.insert((route.to_string(), method.clone()), (status, body));
    }

    /// Whether a good token gets this status and body on the route.
    pub(super) fn is_of(&self, route: &Route, method: &Method, answer: &(StatusCode, String)) -> bool {
        self.0.get(&(route.to_string(), method.clone())) == Some(answer)
    }

    /// The status and the length of the body.
    pub(super) fn status_and_length(&self, route: &Route, method: &Method) -> Option<(StatusCode, usize)> {
        self.0.get(&(route.to_string(), method.clone())).map(|(status, body)| (*status, body.len()))
    }

    /// The status of the route.
    pub(super) fn status(&self, route: &Route, method: &Method) -> Option<StatusCode> {
        self.0.get(&(route.to_string(), method.clone())).map(|(status, _)| *status)
    }

    /// The body of the route, if it says something.
    pub(super) fn body(&self, route: &Route, method: &Method) -> Option<&str> {
        let (_, body) = self.0.get(&(route.to_string(), method.clone()))?;
        (!says_nothing(body)).then_some(body.as_str())
    }
}

/// Whether every caller may get this body.
pub(super) fn says_nothing(body: &str) -> bool {
    EMPTY.contains(&body.trim())
}

impl AttackRun {
    /// Whether a response has the body that a good token gets on the route.
    pub(super) fn reveals_good_answer(&self, route: &Route, method: &Method, response: &ServiceResponse) -> bool {
        let Some(good) = self.good_answers.body(route, method) else { return false };
        let body = comparable_body(response, &self.plan.varying);
        body == good || (good.len() >= LONG && body.contains(good))
    }

    /// A rejection or a redirect with the body of the good answer.
    pub(super) fn leaked_answer(&self, probe: &Probe<'_>, response: &ServiceResponse) -> Option<Finding> {
        let status = response.status;
        // A good answer may be a redirect, too, with the usual words of one.
        let is_answered = self.good_answers.status(probe.route, &probe.method).is_some_and(|good| good.is_success());
        let is_rejection =
            status.is_client_error() || status.is_server_error() || (status.is_redirection() && is_answered);
        (is_rejection && self.reveals_good_answer(probe.route, &probe.method, response)).then(|| {
            let problem = format!(
                "rejection has the body of the good answer: `{}`: do not run the handler, and send a body of its own",
                response.status
            );
            probe.finding(Severity::GotThrough, problem, Some(response))
        })
    }
}
