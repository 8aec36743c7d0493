//! Checks the response to an attack: status, challenge, event, and the likeness of all rejections.

use super::challenges::challenge_problem;
use super::comparable::{Compared, appearance};
use super::passed::Passed;
use super::plan::AttackPlan;
use super::probe::Probe;
use super::varying_words::{DIFFERS, VaryingWords};
use crate::catalogue::{Attack, Credentials, Expected};
use crate::report::{Finding, Severity};
use crate::target::{GRPC, Place, Route, ServiceResponse, Target};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderName, Method, StatusCode};
use std::collections::HashMap;

/// Rejections that must be equal: by expected response, HEAD, gRPC, carriers, headers and route.
type Kind = (Expected, bool, bool, Vec<String>, Compared, Option<String>);

/// Checks responses, and compares each rejection with the first one of its kind.
pub(super) struct ResponseChecker {
    /// The first rejection of each kind, and the request that got it.
    ///
    /// Verifiers with other carriers have other challenges, and gRPC has a status of its own.
    first: HashMap<Kind, (String, String)>,
    /// The schemes of all challenges of the service.
    schemes: Vec<String>,
    /// Whether no credential of the service is in `Authorization`.
    any_scheme: bool,
    /// The carriers of all routes, where they have the same. Unmatched requests have those too.
    carriers: Vec<String>,
    /// Headers and JSON members that differ by request.
    varying: Vec<HeaderName>,
    /// Further statuses of rejections, which the test declares.
    rejections: Vec<StatusCode>,
    /// The last response of each kind without a problem. Most responses equal the one before.
    passed: HashMap<Expected, Passed>,
    pub(super) varying_words: VaryingWords,
    /// Whether the handlers of a plain router may read bodies before they reject.
    handlers_read_bodies: bool,
}

impl ResponseChecker {
    pub(super) fn new(routes: &[Route], plan: &AttackPlan) -> Self {
        let schemes = routes.iter().flat_map(Route::schemes).collect();
        let mut of_routes = routes.iter().map(carriers).filter(|carriers| !carriers.is_empty());
        let rejections = plan.rejections.keys().filter_map(|status| StatusCode::from_u16(*status).ok()).collect();
        let first = of_routes.next().unwrap_or_default();
        let carriers = if of_routes.all(|other| other == first) { first } else { Vec::new() };
        Self {
            first: HashMap::new(),
            schemes,
            any_scheme: !routes.iter().any(has_scheme) && routes.iter().any(|route| !route.places().is_empty()),
            carriers,
            varying: plan.varying.clone(),
            rejections,
            passed: HashMap::new(),
            varying_words: VaryingWords::default(),
            handlers_read_bodies: false,
        }
    }

    /// From here on, a body may be read before a rejection.
    pub(super) fn handlers_may_read_bodies(&mut self) {
        self.handlers_read_bodies = true;
    }

    pub(super) fn check(
        &mut self,
        target: &Target,
        probe: &Probe<'_>,
        attack: &Attack,
        credentials: &Credentials,
        response: &ServiceResponse,
        good_status: StatusCode,
    ) -> Vec<Finding> {
        if attack.expected() == Expected::Admitted {
            return rejected_a_valid_token(target, probe, response).into_iter().collect();
        }
        let is_untouched = response.gate.ran == 0 && response.gate.admitted == 0;
        if self.rejections.contains(&response.status) && response.status != good_status && is_untouched {
            return Vec::new();
        }
        if let Some(through) = got_through(probe, attack.expected(), response, good_status) {
            return vec![through];
        }
        let mut wrong = self.visible_problems(target, probe, attack.expected(), response);
        wrong.extend(event_problems(target, probe.route, attack, credentials, response));
        // The caller is known here, and extractors of axum may read a body before the scope is
        // checked.
        let is_denial = matches!(attack.expected(), Expected::Denied | Expected::LacksClaims);
        let is_late = target.is_guarded() || !is_denial && !self.handlers_read_bodies;
        if response.bytes_read > 0 && is_late {
            wrong.push(
                "request body was read before the rejection: check the credentials before the body is read".to_owned(),
            );
        }
        wrong.into_iter().map(|problem| probe.finding(Severity::Wrong, problem, Some(response))).collect()
    }

    /// Checks what the client sees: status, challenge, and that all rejections of a kind are equal.
    pub(super) fn visible_problems(
        &mut self,
        target: &Target,
        probe: &Probe<'_>,
        expected: Expected,
        response: &ServiceResponse,
    ) -> Vec<String> {
        if self.passed.get(&expected).is_some_and(|passed| passed.is_like(probe, response)) {
            return Vec::new();
        }
        let wrong = self.problems_of_new(target, probe, expected, response);
        if wrong.is_empty() {
            self.passed.insert(expected, Passed::new(probe, response));
        }
        wrong
    }

    fn problems_of_new(
        &mut self,
        target: &Target,
        probe: &Probe<'_>,
        expected: Expected,
        response: &ServiceResponse,
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        // A service without a posture may take several credentials for none that is good.
        let is_unauthorized = response.status == StatusCode::UNAUTHORIZED && !target.is_guarded();
        if is_unauthorized && expected == Expected::InvalidRequest {
            return Vec::from_iter(challenge_problem(
                target,
                Expected::Refused,
                (&self.schemes_of(probe.route), self.takes_any_scheme(probe.route)),
                response,
            ));
        }
        if !expected.statuses().contains(&response.status) {
            return vec![wrong_status(expected, response.status)];
        }
        wrong.extend(challenge_problem(
            target,
            expected,
            (&self.schemes_of(probe.route), self.takes_any_scheme(probe.route)),
            response,
        ));
        if target.is_guarded() {
            let value = header_text(response, &CACHE_CONTROL);
            if value != "no-store" {
                wrong.push(format!("wrong header: `{CACHE_CONTROL}: {value}`: send `{CACHE_CONTROL}: no-store`"));
            }
        }
        let form = header_text(response, &CONTENT_TYPE);
        if probe.route.grpc && form != GRPC {
            wrong.push(format!(
                "rejection is not a gRPC response: `{CONTENT_TYPE}: {form}`: send `{GRPC}` and `grpc-status`, because \
                 gRPC clients read no other form"
            ));
        }
        // P8: two rejections that differ tell an attacker which of them is the better attempt.
        let own = carriers(probe.route);
        let carriers = if own.is_empty() { self.carriers.clone() } else { own };
        // A proxy or a layer of one route may add headers to a service without a posture.
        let compared: &[(Compared, Option<String>)] = if target.is_guarded() {
            &[(Compared::All, None)]
        } else {
            &[(Compared::Core, None), (Compared::Usual, Some(probe.route.to_string()))]
        };
        for (compared, route) in compared {
            let kind =
                (expected, probe.method == Method::HEAD, probe.route.grpc, carriers.clone(), *compared, route.clone());
            let appearance = appearance(response, &self.varying, *compared);
            match self.first.get(&kind) {
                Some((first, by))
                    if must_be_equal(expected)
                        && !self.varying_words.are_equal(expected, *compared, first, &appearance) =>
                {
                    wrong.push(format!(
                        "{DIFFERS}that of {by}: send the same response to both, because the \
                         difference helps an attacker; declare what differs by request: \
                         `.varies(\"x-request-id\")`\n  {first}\n  {appearance}"
                    ));
                    break;
                }
                Some(_) => {}
                None => {
                    let by = format!("{} ({}) on {}", probe.id, probe.what, probe.route);
                    self.first.insert(kind, (appearance, by));
                }
            }
        }
        wrong
    }

    /// The schemes of which one must be in a challenge. Unmatched routes have those of any route.
    fn schemes_of(&self, route: &Route) -> Vec<String> {
        let known = [route.schemes(), self.schemes.clone()].into_iter().find(|schemes| !schemes.is_empty());
        known.unwrap_or_else(|| vec!["Bearer".to_owned()])
    }

    /// Whether the credentials are in cookies or in headers of their own, as an API key is.
    fn takes_any_scheme(&self, route: &Route) -> bool {
        if route.places().is_empty() { self.any_scheme } else { !has_scheme(route) }
    }
}

/// Whether a credential of the route is in `Authorization`, or in that of a WebSocket.
fn has_scheme(route: &Route) -> bool {
    route.places().iter().any(|place| matches!(place, Place::Authorization(_) | Place::WebSocket))
}

/// The carriers of a route, in words.
fn carriers(route: &Route) -> Vec<String> {
    route.places().iter().map(ToString::to_string).collect()
}

/// Statuses that a rejection may have, for a message: `401 or 400`.
pub(super) fn expected_statuses(expected: Expected) -> String {
    expected.statuses().iter().map(StatusCode::as_str).collect::<Vec<_>>().join(" or ")
}

fn wrong_status(expected: Expected, status: StatusCode) -> String {
    let because = match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            ", because a 404 or 405 does not show that a check ran"
        }
        status if status.is_server_error() => ", because a check that fails must reject",
        StatusCode::FORBIDDEN => ", because 403 is for an authenticated caller without the permission",
        _ => "",
    };
    format!("wrong status: `{status}`: reject with {}{because}", expected_statuses(expected))
}

/// An authenticated caller may learn which scope is missing (RFC 6750 section 3.1), so a denial
/// names it. Where two responses are allowed, they differ.
fn must_be_equal(expected: Expected) -> bool {
    !matches!(expected, Expected::Denied | Expected::LacksClaims | Expected::Refused)
}

fn got_through(
    probe: &Probe<'_>,
    expected: Expected,
    response: &ServiceResponse,
    good_status: StatusCode,
) -> Option<Finding> {
    let status = response.status;
    let reject = format!("reject such credentials with {}", expected_statuses(expected));
    let problem = if response.gate.ran > 0 {
        format!("handler ran: `{status}`: {reject} before the handler runs")
    } else if response.gate.admitted > 0 {
        format!("gate admitted the request: `{status}`: {reject} in the verifier")
    } else if status.is_success() || status.is_redirection() || status.is_informational() {
        format!("request was accepted: `{status}`: {reject}")
    } else if status == good_status && !expected.statuses().contains(&good_status) {
        // A good token gets the same status, so this request reached the same code.
        format!("response has the status of a good token: `{status}`: {reject}")
    } else {
        return None;
    };
    Some(probe.finding(Severity::GotThrough, problem, Some(response)))
}

fn rejected_a_valid_token(target: &Target, probe: &Probe<'_>, response: &ServiceResponse) -> Option<Finding> {
    let is_rejection =
        matches!(response.status, StatusCode::UNAUTHORIZED | StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN);
    let rejected = if target.is_guarded() { response.gate.admitted == 0 } else { is_rejection };
    rejected.then(|| {
        let problem = format!(
            "valid credentials were rejected: `{}`: accept this form, because the RFC makes it equivalent",
            response.status
        );
        probe.finding(Severity::Wrong, problem, Some(response))
    })
}

/// P7: one event, with the right reason, and nothing of the token in it.
fn event_problems(
    target: &Target,
    route: &Route,
    attack: &Attack,
    credentials: &Credentials,
    response: &ServiceResponse,
) -> Vec<String> {
    let events = &response.gate.refused;
    let mut wrong = Vec::new();
    if target.is_guarded() && events.len() != 1 {
        wrong.push(format!(
            "wrong number of events: {}: emit one for each rejected request{}",
            events.len(),
            answered_by_a_layer(route, response)
        ));
    }
    for event in events {
        let reasons = attack.reasons();
        if !reasons.is_empty() && !reasons.contains(&event.reason) {
            let right: Vec<String> = reasons.iter().map(|reason| format!("`{}`", reason.as_str())).collect();
            wrong.push(format!("wrong reason in the event: `{}`: report {}", event.reason, right.join(" or ")));
        }
        let written = serde_json::to_string(event).unwrap_or_default();
        if credentials.secrets().any(|secret| written.contains(secret)) {
            wrong.push(format!("event contains a part of the token: `{written}`: remove it from the event"));
        }
    }
    wrong
}

/// A layer runs before the decision, so its answer is not that of the gate.
fn answered_by_a_layer(route: &Route, response: &ServiceResponse) -> String {
    let gate = &response.gate;
    if route.layers.is_empty() || gate.admitted + gate.ran + gate.refused.len() > 0 {
        return String::new();
    }
    format!("; the gate was not asked, so a layer answered by itself: {}", route.layers.join(", "))
}

pub(super) fn header_text(response: &ServiceResponse, name: &HeaderName) -> String {
    let values = response.headers.get_all(name).iter();
    values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect::<Vec<_>>().join(", ")
}
