//! The order of an attack: each route with its controls and attacks, then the unmatched requests.

use super::plan::{AttackPlan, SideEffect};
use super::probe::Probe;
use super::requests;
use super::response_checker::ResponseChecker;
use crate::catalogue::{Attack, Credentials, Expected};
use crate::report::{AttackReport, Finding, RouteReport, Severity};
use crate::target::{Decision, NoResponse, Route, ServiceResponse, Target};
use axum::body::Body;
use http::{Method, Request, StatusCode};
use std::collections::BTreeMap;
use std::time::SystemTime;

/// An attack in progress, with its findings so far.
pub(super) struct AttackRun {
    pub(super) target: Target,
    pub(super) plan: AttackPlan,
    pub(super) checker: ResponseChecker,
    pub(super) findings: Vec<Finding>,
    /// How many requests were sent.
    pub(super) sent: usize,
}

impl AttackRun {
    pub(super) fn new(target: Target, plan: AttackPlan) -> Self {
        let checker = ResponseChecker::new(&plan.varying);
        Self { target, plan, checker, findings: Vec::new(), sent: 0 }
    }

    pub(super) async fn run(mut self) -> AttackReport {
        let routes = self.target.routes.clone();
        let mut reports = Vec::new();
        let mut not_sent = BTreeMap::new();
        if routes.is_empty() {
            self.findings.push(Finding::no_routes());
        }
        self.findings.extend(self.plan.unknown_routes(&routes).map(Finding::about_the_test));
        for route in &routes {
            if let Some(why) = self.plan.exclusion_of(route) {
                reports.push(RouteReport::excluded(route, why));
                continue;
            }
            let mut report = RouteReport::new(route);
            match route.decision() {
                Decision::Authenticated => self.attack_route(route, &routes, &mut report, &mut not_sent).await,
                Decision::Public => self.call_public_route(route, &routes, &mut report).await,
            }
            reports.push(report);
        }
        reports.push(self.probe_unmatched(&routes).await);
        self.findings.sort_by_key(|finding| finding.severity);
        AttackReport {
            made_at: SystemTime::now(),
            guarded: self.target.is_guarded(),
            requests: self.sent,
            routes: reports,
            findings: self.findings,
            not_sent,
            verifiers: self.target.verifiers,
        }
    }

    async fn attack_route(
        &mut self,
        route: &Route,
        all: &[Route],
        report: &mut RouteReport,
        not_sent: &mut BTreeMap<String, String>,
    ) {
        let scopes = AttackPlan::scopes_for(route);
        for method in route.methods(all) {
            // The positive control comes first: where a good token fails, a rejection proves
            // nothing.
            let Some(good_status) = self.control(route, &method, &scopes, report, "before").await else { continue };
            for attack in self.plan.attacks.clone() {
                let Some(credentials) = self.plan.credentials(&attack, &scopes) else {
                    not_sent.insert(format!("{} {}", attack.id(), attack.name()), self.plan.why_not_sent());
                    continue;
                };
                if attack.is_sent_twice() {
                    let failed = self.send_attack(route, &method, &attack, credentials.clone(), good_status).await;
                    report.count(attack.id(), failed);
                }
                let failed = self.send_attack(route, &method, &attack, credentials, good_status).await;
                report.count(attack.id(), failed);
            }
            if !route.permissions.is_empty() {
                self.attack_permission(route, &method, &scopes, report).await;
            }
            self.attack_concurrently(route, &method, report).await;
            let _ = self.control(route, &method, &scopes, report, "after").await;
        }
    }

    /// Sends one attack, and returns whether there is a finding.
    pub(super) async fn send_attack(
        &mut self,
        route: &Route,
        method: &Method,
        attack: &Attack,
        credentials: Credentials,
        good_status: StatusCode,
    ) -> bool {
        let template = self.plan.template(route, method);
        let probe = Probe {
            route,
            method: method.clone(),
            id: attack.id().to_owned(),
            what: attack.name().to_owned(),
            curl: requests::curl(&template, &credentials),
        };
        let before = self.read_side_effects().await;
        let reported_before = self.reported_refusals().await;
        let response = self.send(template.request(&credentials)).await;
        let mut findings = match &response {
            Ok(response) => self.checker.check(&self.target, &probe, attack, &credentials, response, good_status),
            Err(cause) => vec![probe.without_response(*cause)],
        };
        if attack.expected() != Expected::Admitted {
            let response = response.as_ref().ok();
            findings.extend(self.changed_side_effects(&probe, &before, response).await);
            findings.extend(self.wrong_report_count(&probe, reported_before, response).await);
        }
        let failed = !findings.is_empty();
        self.findings.extend(findings);
        failed
    }

    pub(super) async fn send(&mut self, request: Request<Body>) -> Result<ServiceResponse, NoResponse> {
        self.sent += 1;
        self.plan.pace().await;
        let response = self.target.send(request).await;
        self.plan.report_progress(self.sent);
        response
    }

    async fn read_side_effects(&self) -> Vec<String> {
        let mut values = Vec::new();
        for SideEffect { read, .. } in &self.plan.side_effects {
            values.push(read().await);
        }
        values
    }

    async fn reported_refusals(&self) -> Option<u64> {
        match &self.plan.reported_refusals {
            Some(count) => count().await.parse().ok(),
            None => None,
        }
    }

    async fn changed_side_effects(
        &self,
        probe: &Probe<'_>,
        before: &[String],
        response: Option<&ServiceResponse>,
    ) -> Vec<Finding> {
        let after = self.read_side_effects().await;
        let all = self.plan.side_effects.iter().zip(before).zip(&after);
        all.filter(|((_, before), after)| before != after)
            .map(|((effect, before), after)| {
                let problem = format!(
                    "{} changed: from {before} to {after}: reject before the handler runs, whatever the response says",
                    effect.name
                );
                probe.finding(Severity::GotThrough, problem, response)
            })
            .collect()
    }

    /// P7, for a service that is not built on auth-runtime: it can only count its reports.
    async fn wrong_report_count(
        &self,
        probe: &Probe<'_>,
        before: Option<u64>,
        response: Option<&ServiceResponse>,
    ) -> Option<Finding> {
        let (before, after) = (before?, self.reported_refusals().await?);
        (after != before + 1).then(|| {
            let problem = format!(
                "wrong number of reported refusals: {}: report each rejected request once",
                after.saturating_sub(before)
            );
            probe.finding(Severity::Wrong, problem, response)
        })
    }
}
