//! H34: answers that come from the handler's own look-up, where the route owes a 401.
//!
//! A handler that looks up the object, or parses the body, before it checks the caller answers 404
//! or 400 to an unauthenticated client. The same answer to a good token shows where it comes from.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::kinds::ready;
use super::requests::RequestTemplate;
use crate::catalogue::{Credentials, Expected};
use crate::report::{Finding, RouteReport, Severity};
use crate::target::{Route, ServiceResponse};
use http::{Method, StatusCode};
use std::collections::{HashMap, HashSet};

type Answers = HashSet<(StatusCode, String)>;

/// Holds the answers of handlers for objects that do not exist, and suspicious rejections.
#[derive(Default)]
pub(super) struct LookUps {
    answers: HashMap<(String, Method), Answers>,
    /// Findings whose response is such an answer.
    suspects: Vec<usize>,
    /// Whether the service rejects with 401 at all. One that hides its routes answers 404 to all.
    pub(super) rejects: bool,
}

impl AttackRun {
    /// Sends bad credentials for an object that does not exist, and with a body that is malformed.
    pub(super) async fn attack_look_ups(
        &mut self,
        route: &Route,
        method: &Method,
        good_status: StatusCode,
        report: &mut RouteReport,
    ) {
        if self.plan.without.contains("H34") {
            return;
        }
        for (what, template) in self.without_object(route, method) {
            for (called, expected, credentials) in [
                ("no credentials", Expected::NoCredentials, Credentials::none()),
                ("a token that cannot be parsed", Expected::InvalidToken, Credentials::bearer("a.b.c")),
            ] {
                if Self::is_guest(route, &credentials) {
                    continue;
                }
                let attack = ready("H34", format!("{called}, and {what}"), expected, credentials.clone());
                let failed = self.send_attack_as(&template, route, method, &attack, credentials, good_status).await;
                report.count("H34", failed);
            }
        }
    }

    /// Requests that only the handler can reject, each with its description.
    fn without_object(&self, route: &Route, method: &Method) -> Vec<(&'static str, RequestTemplate)> {
        let mut requests = Vec::new();
        let template = self.plan.template(route, method);
        if let Some(elsewhere) = self.plan.elsewhere(route, method) {
            requests.push(("an object that does not exist", elsewhere));
        }
        // A gRPC method reads no JSON.
        if !route.grpc && matches!(*method, Method::POST | Method::PUT | Method::PATCH) {
            requests.push(("a body that is not JSON", template.with_body("{")));
        }
        requests
    }

    /// Keeps a finding whose response the handler also gives to a good token.
    pub(super) async fn suspect(&mut self, route: &Route, method: &Method, place: usize, response: &ServiceResponse) {
        self.look_ups.rejects |= response.status == StatusCode::UNAUTHORIZED;
        let is_answer = response.status.is_client_error()
            && ![StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::METHOD_NOT_ALLOWED]
                .contains(&response.status)
            && response.status != StatusCode::TOO_MANY_REQUESTS;
        let is_found = self.findings.get(place).is_some_and(|finding| finding.severity == Severity::Wrong);
        if self.target.is_guarded() || !is_answer || !is_found {
            return;
        }
        let answer = (response.status, comparable_body(response, &self.plan.varying));
        if self.answers_of_look_ups(route, method).await.contains(&answer) {
            self.look_ups.suspects.push(place);
        }
    }

    async fn answers_of_look_ups(&mut self, route: &Route, method: &Method) -> &Answers {
        let key = (route.to_string(), method.clone());
        if !self.look_ups.answers.contains_key(&key) {
            let mut answers = Answers::new();
            let mut requests: Vec<(RequestTemplate, Credentials)> = Vec::new();
            for (_, template) in self.without_object(route, method) {
                requests.push((template, Credentials::bearer(&self.plan.good_token(route))));
            }
            // The objects of another caller.
            if let Some(issuer) = self.plan.sources.of(route).issuer() {
                let scopes = super::plan::AttackPlan::scopes_for(route);
                let token = scopes.iter().fold(issuer.token(), |token, scope| token.scope(scope));
                let other = Credentials::bearer(&token.subject("a-caller-without-objects").signed());
                requests.push((self.plan.template(route, method), other));
            }
            for (template, credentials) in requests {
                if let Ok(response) = self.send(template.request(&credentials)).await {
                    answers.insert((response.status, comparable_body(&response, &self.plan.varying)));
                }
            }
            self.look_ups.answers.insert(key.clone(), answers);
        }
        self.look_ups.answers.entry(key).or_default()
    }

    /// Reports the suspects, where the service rejects others with 401.
    pub(super) fn judge_suspects(&mut self) {
        if !self.look_ups.rejects {
            return;
        }
        for place in std::mem::take(&mut self.look_ups.suspects) {
            let Some(finding) = self.findings.get_mut(place) else { continue };
            raise(finding);
        }
    }
}

fn raise(finding: &mut Finding) {
    finding.severity = Severity::GotThrough;
    finding.problem = format!(
        "handler's own look-up answered: {}; a good token gets the same answer where there is no such object",
        finding.problem.strip_prefix("wrong status: ").unwrap_or(&finding.problem)
    );
}
