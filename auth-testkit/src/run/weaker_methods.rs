//! H32: a method that the client overrides, where another permission belongs to it.
//!
//! A check by method sees one method, and the handler acts on the other one. Either may be the
//! overridden one, so both ways are sent: the weaker route with the stronger method's name, and the
//! reverse.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::plan::AttackPlan;
use super::probe::Probe;
use super::requests::{self, RequestTemplate};
use crate::catalogue::{Credentials, method_in_form, method_overrides};
use crate::report::{Finding, RouteReport, Severity};
use crate::target::{Decision, Route, ServiceResponse};
use http::{Method, StatusCode};

/// Methods for which a check often requires less.
const WEAKER: [&str; 2] = ["GET", "OPTIONS"];

/// The most answers that are kept until the answers of all routes are known.
const SUSPECTS: usize = 200;

/// An answer with an overridden method, which may be that of another route.
pub(super) struct OverrideSuspect {
    stronger: Route,
    answer: (StatusCode, String),
    finding: Finding,
}

impl AttackRun {
    pub(super) async fn attack_methods(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        if self.plan.without.contains("H32") || *method == Method::HEAD {
            return;
        }
        let is_at_the_path = |other: &&Route| {
            other.path == route.path
                && other.method != route.method
                && other.method != "ANY"
                && matches!(other.decision(), Decision::Authenticated | Decision::Visitor)
        };
        let others: Vec<Route> = self.target.routes.iter().filter(is_at_the_path).cloned().collect();
        for other in &others {
            if other.decision() == Decision::Authenticated {
                for caller in self.callers_without(other, route) {
                    self.name_stronger(route, method, other, &caller, report).await;
                }
            }
            for caller in self.callers_without(route, other).iter().filter(|caller| caller.are_presented()) {
                let Some(weaker) = other.methods(&[]).into_iter().next() else { continue };
                let own = self.success(&self.plan.template(other, &weaker), caller).await;
                self.name_weaker(route, method, caller, (other.method.as_str(), own), report).await;
            }
        }
        for caller in self.callers_without(route, route) {
            for weaker in WEAKER.iter().filter(|weaker| !others.iter().any(|other| other.method == **weaker)) {
                self.name_weaker(route, method, &caller, (weaker, None), report).await;
            }
        }
    }

    /// Callers that lack a permission of one route, and have all others of the second one.
    pub(super) fn callers_without(&self, stronger: &Route, weaker: &Route) -> Vec<Credentials> {
        let mut callers = Vec::new();
        if stronger != weaker && weaker.decision() == Decision::Visitor {
            callers.push(Credentials::none());
        }
        let is_granted = stronger.permissions.iter().any(|permission| self.plan.grant_of(permission).is_some());
        let Some(issuer) = self.plan.sources.of(weaker).issuer().filter(|_| !is_granted) else { return callers };
        let scopes = if stronger == weaker { Vec::new() } else { AttackPlan::scopes_for(weaker) };
        let with_scopes = |issuer: &crate::issuer::TestIssuer| {
            let token = scopes.iter().fold(issuer.token(), |token, scope| token.scope(scope));
            Credentials::bearer(&token.signed())
        };
        if AttackPlan::lacks(stronger, &scopes.iter().collect::<Vec<_>>()) {
            callers.push(with_scopes(issuer));
        }
        callers.extend(self.plan.lacking(stronger).map(|(_, issuer)| with_scopes(issuer)).take(1));
        callers
    }

    /// Sends the stronger method's name to the weaker route, with a caller of the weaker one only.
    async fn name_stronger(
        &mut self,
        route: &Route,
        method: &Method,
        stronger: &Route,
        caller: &Credentials,
        report: &mut RouteReport,
    ) {
        let template = self.plan.template(route, method);
        // Twice, because an answer that differs by itself shows nothing.
        let Some(own) = self.success(&template, caller).await else { return };
        if self.success(&template, caller).await.as_ref() != Some(&own) {
            return;
        }
        let form = (*method == Method::POST).then(|| method_in_form(&stronger.method));
        for (named, oddity) in method_overrides(&stronger.method).into_iter().chain(form) {
            let credentials = caller.clone().with(oddity);
            let Ok(response) = self.send(template.request(&credentials)).await else { continue };
            report.count("H32", false);
            let answer = (response.status, comparable_body(&response, &self.plan.varying));
            if !response.status.is_success() || answer == own || self.override_suspects.len() >= SUSPECTS {
                continue;
            }
            let problem = format!(
                "method of the client's choice: `{named}` gets the answer of `{stronger}`, whose permission the caller \
                 lacks: check the permission of the method that the handler acts on"
            );
            let finding = finding(route, method, &template, (named, &credentials), problem, &response);
            self.override_suspects.push(OverrideSuspect { stronger: stronger.clone(), answer, finding });
        }
    }

    /// Sends the name of a weaker method to a route whose permission the caller lacks.
    ///
    /// A service that applies the name everywhere gives the answer of the weaker route, which is
    /// right.
    async fn name_weaker(
        &mut self,
        route: &Route,
        method: &Method,
        caller: &Credentials,
        (weaker, own): (&str, Option<(StatusCode, String)>),
        report: &mut RouteReport,
    ) {
        let template = self.plan.template(route, method);
        // Where the permission is not checked at all, T29 is the finding.
        let denied = self.send(template.request(caller)).await.is_ok_and(|response| is_rejection(response.status));
        if !denied || weaker == method.as_str() {
            return;
        }
        for (named, oddity) in method_overrides(weaker) {
            let credentials = caller.clone().with(oddity);
            let Ok(response) = self.send(template.request(&credentials)).await else { continue };
            let answer = (response.status, comparable_body(&response, &self.plan.varying));
            let got_through = response.status.is_success() && own.as_ref() != Some(&answer);
            report.count("H32", got_through);
            if got_through {
                let problem = format!(
                    "method of the client's choice: `{named}`: check the permission of the method that the handler acts \
                     on"
                );
                let finding = finding(route, method, &template, (named, &credentials), problem, &response);
                self.findings.push(finding);
            }
        }
    }

    async fn success(&mut self, template: &RequestTemplate, caller: &Credentials) -> Option<(StatusCode, String)> {
        let response = self.send(template.request(caller)).await.ok()?;
        response.status.is_success().then(|| (response.status, comparable_body(&response, &self.plan.varying)))
    }

    /// Reports the answers that a good token gets on the stronger route.
    pub(super) fn judge_overrides(&mut self, routes: &[Route]) {
        for suspect in std::mem::take(&mut self.override_suspects) {
            let OverrideSuspect { stronger, answer, finding } = suspect;
            let methods = stronger.methods(routes);
            if methods.iter().any(|method| self.good_answers.is_of(&stronger, method, &answer)) {
                self.findings.push(finding);
            }
        }
    }
}

/// Whether the status is that of a check.
pub(super) fn is_rejection(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND)
}

fn finding(
    route: &Route,
    method: &Method,
    template: &RequestTemplate,
    (named, credentials): (String, &Credentials),
    problem: String,
    response: &ServiceResponse,
) -> Finding {
    let probe = Probe {
        route,
        method: method.clone(),
        id: "H32".to_owned(),
        what: named,
        curl: requests::curl(template, credentials),
    };
    probe.finding(Severity::GotThrough, problem, Some(response))
}
