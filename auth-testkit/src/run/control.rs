//! The positive control: a good token must be accepted, or a rejection proves nothing.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::probe::Probe;
use super::requests;
use crate::catalogue::Credentials;
use crate::report::{Finding, RouteReport, Severity};
use crate::target::{Place, Route, ServiceResponse, Target};
use http::{Method, StatusCode};

/// Names the two controls of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Before,
    After,
}

impl AttackRun {
    /// Sends a good token, and returns the status if it is accepted.
    pub(super) async fn control(
        &mut self,
        route: &Route,
        method: &Method,
        when: When,
        report: &mut RouteReport,
    ) -> Option<StatusCode> {
        let mut result = self.send_control(route, method, when).await;
        // An earlier route may have revoked the tokens. Not after the attacks: a service that locks
        // out a caller because of bad tokens in its name lets an attacker do it.
        if result.is_err() && when == When::Before && self.recover_from_revocation(route, method).await {
            result = self.send_control(route, method, when).await;
        }
        report.count("good", result.is_err());
        result.map_err(|finding| self.findings.push(*finding)).ok()
    }

    async fn send_control(&mut self, route: &Route, method: &Method, when: When) -> Result<StatusCode, Box<Finding>> {
        let template = self.plan.template(route, method);
        let credentials = Credentials::bearer(&self.plan.good_token(route));
        let probe = Probe {
            route,
            method: method.clone(),
            id: "good".to_owned(),
            what: match when {
                When::Before => "a good token, before the attacks".to_owned(),
                When::After => "a good token, after the attacks".to_owned(),
            },
            curl: requests::curl(&template, &credentials),
        };
        let response = self.send(template.request(&credentials)).await;
        let response: ServiceResponse =
            response.map_err(|cause| Finding { severity: Severity::Control, ..probe.without_response(cause) })?;
        self.check_log(&probe, &response);
        // The control before the attacks has deleted the object.
        let is_gone = matches!(response.status, StatusCode::NOT_FOUND | StatusCode::GONE);
        if when == When::After && *method == Method::DELETE && is_gone {
            return Ok(response.status);
        }
        if is_accepted(&self.target, &response) {
            let body = comparable_body(&response, &self.plan.varying);
            self.suggest_a_complete_request(route, &response);
            self.good_answers.keep(route, method, response.status, body);
            self.look_for_shared_cache(&probe, &Place::bearer(), &response);
            if when == When::Before {
                self.look_for_secrets((route, method), (&template, &credentials), &response);
            }
            return Ok(response.status);
        }
        let problem = self.why_rejected(route, method, &response).await;
        Err(Box::new(probe.finding(Severity::Control, problem, Some(&response))))
    }
}

/// Whether the service has accepted a good token.
pub(super) fn is_accepted(target: &Target, response: &ServiceResponse) -> bool {
    if target.is_guarded() {
        return response.gate.admitted > 0;
    }
    !response.status.is_server_error()
        && !matches!(
            response.status,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED
        )
}
