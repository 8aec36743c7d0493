//! Guests of a route that recognises its callers: a request without a credential must be answered.
//!
//! All other attacks on such a route must be rejected, as on any route.

use super::attack_run::AttackRun;
use super::probe::Probe;
use crate::catalogue::Credentials;
use crate::report::{Finding, Severity};
use crate::target::{Decision, Route, ServiceResponse};

impl AttackRun {
    /// Whether a request with these credentials comes from a guest of the route.
    pub(super) fn is_guest(route: &Route, credentials: &Credentials) -> bool {
        let is_presented = credentials.are_presented() || route.places().iter().any(|place| credentials.are_in(place));
        route.decision() == Decision::Visitor && !is_presented
    }

    /// Checks the response to a guest: an answer, and no event.
    pub(super) fn check_guest(&self, probe: &Probe<'_>, response: &ServiceResponse) -> Vec<Finding> {
        let mut problems = Vec::from_iter(self.closed(probe.route, response, None));
        let events = response.gate.refused.len();
        if events > 0 {
            problems.push(format!(
                "wrong number of events for a guest: {events}: a request without a credential is not a rejection here"
            ));
        }
        problems.into_iter().map(|problem| probe.finding(Severity::Wrong, problem, Some(response))).collect()
    }
}
