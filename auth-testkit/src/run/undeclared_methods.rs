//! H14: methods that a path does not declare, where its methods have different permissions.
//!
//! A router may give such a method to the handler of another one: HEAD to that of GET (RFC 9110
//! section 9.3.2). A guard lets it through as a read, and the handler acts as on a write.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::probe::Probe;
use super::requests::{self, RequestTemplate};
use crate::catalogue::Credentials;
use crate::report::{Finding, RouteReport, Severity};
use crate::target::{Decision, Route, ServiceResponse};
use http::header::CONTENT_LENGTH;
use http::{Method, StatusCode};
use std::collections::BTreeSet;

/// Methods that a router or a guard may treat as another one, an invented one among them.
const METHODS: [&str; 8] = ["HEAD", "OPTIONS", "TRACE", "BREW", "get", "PUT", "PATCH", "DELETE"];

/// How many paths are tried.
const PATHS: usize = 8;

impl AttackRun {
    pub(super) async fn attack_undeclared_methods(&mut self, routes: &[Route], report: &mut RouteReport) {
        if self.plan.without.contains("H14") {
            return;
        }
        let is_called = |route: &&Route| {
            self.plan.exclusion_of(route).is_none()
                && !route.grpc
                && matches!(route.decision(), Decision::Authenticated | Decision::Public | Decision::Visitor)
        };
        let attacked: Vec<Route> = routes.iter().filter(is_called).cloned().collect();
        let paths: BTreeSet<&str> = attacked.iter().map(|route| route.path.as_str()).collect();
        let mut tried = 0;
        for path in paths {
            let here: Vec<&Route> = attacked.iter().filter(|route| route.path == path).collect();
            let declared = |method: &str| routes.iter().any(|route| route.path == path && is_of(route, method));
            let undeclared: Vec<Method> = METHODS
                .iter()
                .filter(|method| !declared(method))
                .filter_map(|method| Method::from_bytes(method.as_bytes()).ok())
                .collect();
            let pairs = here.iter().flat_map(|weak| here.iter().map(move |strong| (*weak, *strong)));
            let pairs: Vec<(&Route, &Route)> =
                pairs.filter(|(_, strong)| strong.decision() == Decision::Authenticated).collect();
            for (weaker, stronger) in pairs.into_iter().filter(|(weak, strong)| weak != strong) {
                let Some(caller) = self.caller_of_the_weaker(weaker, stronger) else { continue };
                if tried < PATHS {
                    tried += 1;
                    self.send_undeclared(weaker, stronger, &undeclared, &caller, report).await;
                }
            }
        }
    }

    /// A caller who may use one method of a path and not the other one.
    fn caller_of_the_weaker(&self, weaker: &Route, stronger: &Route) -> Option<Credentials> {
        match weaker.decision() {
            Decision::Public | Decision::Visitor => Some(Credentials::none()),
            _ => self.callers_without(stronger, weaker).into_iter().find(Credentials::are_presented),
        }
    }

    async fn send_undeclared(
        &mut self,
        weaker: &Route,
        stronger: &Route,
        undeclared: &[Method],
        caller: &Credentials,
        report: &mut RouteReport,
    ) {
        let Some(own) = weaker.methods(&[]).into_iter().next() else { return };
        let Some(strong) = stronger.methods(&[]).into_iter().next() else { return };
        let before = self.read_side_effects().await;
        let Ok(allowed) = self.send(self.plan.template(weaker, &own).request(caller)).await else { return };
        // A request that the caller may send changes the value too, so the value shows nothing.
        let reads_effects = self.read_side_effects().await == before;
        let rejected = self.send(self.plan.template(stronger, &strong).request(caller)).await;
        // Where the stronger method is open, H01 or T29 is the finding.
        if rejected.is_ok_and(|response| response.status.is_success()) {
            return;
        }
        let path = self.plan.template(stronger, &strong).path;
        for method in undeclared {
            let template = RequestTemplate::bare(method, &path);
            let probe = Probe {
                route: stronger,
                method: method.clone(),
                id: "H14".to_owned(),
                what: format!("undeclared {method}, by a caller of {weaker} only"),
                curl: requests::curl(&template, caller),
            };
            let before = self.read_side_effects().await;
            let Ok(response) = self.send(template.request(caller)).await else { continue };
            let mut findings: Vec<Finding> = Vec::new();
            if reads_effects {
                findings.extend(self.changed_side_effects(&probe, &before, Some(&response)).await);
            }
            if findings.is_empty() && self.is_answer_of(stronger, &strong, &allowed, &response) {
                let problem = format!(
                    "undeclared method gets the answer of `{stronger}`: `{}`: check the permission of what the handler \
                     does, or reject the method",
                    response.status
                );
                findings.push(probe.finding(Severity::GotThrough, problem, Some(&response)));
            }
            report.count("H14", !findings.is_empty());
            self.findings.extend(findings);
        }
    }

    /// Whether an answer is that of the stronger method, and not the one that the caller may get.
    fn is_answer_of(
        &self,
        stronger: &Route,
        method: &Method,
        allowed: &ServiceResponse,
        response: &ServiceResponse,
    ) -> bool {
        if !response.status.is_success() {
            return false;
        }
        let body = comparable_body(response, &self.plan.varying);
        if !body.is_empty() {
            let differs = body != comparable_body(allowed, &self.plan.varying);
            return differs && self.good_answers.is_of(stronger, method, &(response.status, body));
        }
        // An answer to HEAD has the status and the length only.
        let Some((status, length)) = self.good_answers.status_and_length(stronger, method) else { return false };
        let is_like = |status: StatusCode, length: usize| {
            response.status == status && length_of(response).is_none_or(|own| own == length)
        };
        is_like(status, length) && !is_like(allowed.status, allowed.body.len())
    }
}

fn length_of(response: &ServiceResponse) -> Option<usize> {
    response.headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Whether the route is for this method. A handler of GET is for HEAD too, and is tried with it.
fn is_of(route: &Route, method: &str) -> bool {
    route.method == "ANY" || route.method == method
}
