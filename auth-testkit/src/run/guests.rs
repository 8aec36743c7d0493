//! Guests of a route that recognises its callers: a request without a credential must be answered.
//!
//! All other attacks on such a route must be rejected, as on any route.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::probe::Probe;
use super::requests::RequestTemplate;
use crate::catalogue::{Attack, Credentials, FORGED_IN_THE_QUERY};
use crate::report::{Finding, Severity};
use crate::target::{Decision, Route, ServiceResponse};

impl AttackRun {
    /// Whether a request with these credentials comes from a guest of the route.
    pub(super) fn is_guest(route: &Route, credentials: &Credentials) -> bool {
        let is_presented = credentials.are_presented() || route.places().iter().any(|place| credentials.are_in(place));
        route.decision() == Decision::Visitor && !is_presented
    }

    /// Whether a service without a posture has ignored a token in another place, or a forged one.
    ///
    /// The token would show in the answer. A verifier rejects it, because it may be in a log.
    pub(super) async fn is_answered_as_a_guest(
        &mut self,
        route: &Route,
        template: &RequestTemplate,
        attack: &Attack,
        response: &ServiceResponse,
    ) -> bool {
        let is_elsewhere = attack.id() == "H09" || attack.name().starts_with(FORGED_IN_THE_QUERY);
        if self.target.is_guarded() || route.decision() != Decision::Visitor || !is_elsewhere {
            return false;
        }
        let guest = self.send(template.request(&Credentials::none())).await;
        guest.is_ok_and(|guest| {
            let body = |response| comparable_body(response, &self.plan.varying);
            (guest.status, body(&guest)) == (response.status, body(response))
        })
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
