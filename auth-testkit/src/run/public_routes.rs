//! Calls public routes without credentials: they must answer.
//!
//! A webhook or a health probe that starts to get 401 is often noticed days later.

use super::attack_run::AttackRun;
use super::changed_proofs::FirstAnswer;
use super::probe::Probe;
use super::requests;
use crate::catalogue::Credentials;
use crate::report::{RouteReport, Severity};
use crate::target::{Route, ServiceResponse};
use http::{Method, StatusCode};

impl AttackRun {
    pub(super) async fn attack_public_route(&mut self, route: &Route, all: &[Route], report: &mut RouteReport) {
        for method in route.methods(all) {
            self.attack_proof_of_another(route, &method, report).await;
        }
        let answers = self.call_public_route(route, all, report).await;
        for answer in &answers {
            self.attack_changed_proofs(route, answer, report).await;
            self.attack_token_route(route, answer, report).await;
        }
        for method in route.methods(all) {
            self.attack_members(route, &method, &Credentials::none(), report).await;
            self.attack_log_in(route, &method, report).await;
            self.attack_absent_secret(route, &method, report).await;
            self.attack_left_out_proofs((route, &method), &Credentials::none(), report).await;
            if method == Method::GET {
                self.suggest_a_linked_object(route).await;
                self.attack_signed_link(route, report).await;
            }
            self.attack_redirect((route, &method), &Credentials::none(), report).await;
            self.attack_inner_requests((route, &method), report).await;
        }
    }

    /// Returns the first answer of each method.
    async fn call_public_route(&mut self, route: &Route, all: &[Route], report: &mut RouteReport) -> Vec<FirstAnswer> {
        let mut answers = Vec::new();
        for method in route.methods(all) {
            let mut first = None;
            for (id, what, credentials) in [
                ("open", "no credentials", Credentials::none()),
                ("open", "a bad token, which a public route ignores", Credentials::bearer("a.b.c")),
            ] {
                let template = self.plan.template(route, &method);
                let probe = Probe {
                    route,
                    method: method.clone(),
                    id: id.to_owned(),
                    what: what.to_owned(),
                    curl: requests::curl(&template, &credentials),
                };
                let response = self.send(template.request(&credentials)).await;
                if let Ok(response) = &response {
                    self.check_public_answer((route, &method), (&template, &credentials), response, report).await;
                }
                if let Ok(response) = &response
                    && first.is_none()
                {
                    answers.push(self.first_answer(&method, response));
                }
                let finding = match &response {
                    // H20: the layer answers in front of the route.
                    Ok(response) if method == Method::OPTIONS && response.answers_preflight() => None,
                    Ok(response) => self
                        .closed(route, response, first)
                        .map(|problem| probe.finding(Severity::Wrong, problem, Some(response))),
                    Err(cause) => Some(probe.without_response(*cause)),
                };
                // A token for one time is used up, and a name taken, whatever the credentials are.
                let is_state = match (&response, &finding) {
                    (Ok(response), Some(_)) if first.is_some_and(|first| first != response.status) => {
                        let again = self.send(template.request(&Credentials::none())).await;
                        again.is_ok_and(|again| again.status == response.status)
                    }
                    _ => false,
                };
                let finding = finding.filter(|_| !is_state);
                report.count(id, finding.is_some());
                self.findings.extend(finding);
                if let Ok(response) = response.as_ref()
                    && first.is_none()
                {
                    self.keep_public_cookies(route, &method, response);
                    self.keep_public_values(route, &method, response);
                }
                first = first.or(response.ok().map(|response| response.status));
            }
        }
        answers
    }

    /// Why a public route is not open.
    pub(super) fn closed(
        &self,
        route: &Route,
        response: &ServiceResponse,
        first: Option<StatusCode>,
    ) -> Option<String> {
        let reason = route.public.as_deref().unwrap_or_default();
        let status = response.status;
        if let Some(declared) = self.plan.declared_status(route) {
            return (status.as_u16() != declared).then(|| {
                format!("wrong status of a public route: `{status}`: `.answers(\"{route}\", {declared})` declares {declared}")
            });
        }
        if let Some(first) = first.filter(|first| *first != status) {
            return Some(format!(
                "public route reads credentials: `{status}` with a bad token, `{first}` without one: ignore \
                 credentials on a public route"
            ));
        }
        if self.target.is_guarded() && response.gate.admitted == 0 {
            return Some(format!(
                "layer in front of a public route ({reason}) rejected the request: `{status}`: exempt the route from \
                 the layer"
            ));
        }
        let closed = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
        let missing =
            !self.target.is_guarded() && matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED);
        (closed || missing || status.is_server_error()).then(|| {
            format!(
                "public route ({reason}) does not answer: `{status}`: repair the route, or declare that status: \
                 `.answers(\"{route}\", {})`",
                status.as_u16()
            )
        })
    }

    /// Whether a public route of the target takes this method and path.
    pub(super) fn is_open(&self, method: &Method, path: &str) -> bool {
        let covers = |route: &&Route| {
            let prefix = route.path.split('{').next().unwrap_or_default();
            route.public.is_some()
                && (route.method == "ANY" || route.method == method.as_str() || method == Method::HEAD)
                && path.starts_with(prefix)
        };
        self.target.routes.iter().any(|route| covers(&route))
    }
}
