//! T29: a caller to whom a declared rule denies the object.
//!
//! `#[authenticated(.., rule = R)]` has the handler ask `R`. What it answers to a caller that `R`
//! denies shows whether it acts on the verdict.

use super::attack_run::AttackRun;
use super::builder::AttackBuilder;
use super::plan::AttackPlan;
use super::probe::Probe;
use super::requests;
use crate::catalogue::Credentials;
use crate::issuer::TestIssuer;
use crate::lock::public_name;
use crate::report::{Finding, RouteReport, Severity};
use crate::target::{Route, ServiceResponse};
use http::Method;
use std::any::type_name;

/// The kit's own caller has no objects, so a rule about the owner denies it.
const WITHOUT_OBJECTS: &str = "a-caller-without-objects";

impl AttackBuilder {
    /// Adds a caller that a declared rule denies: `.caller_denied_by::<OwnsOrder>(&other_tenant)`.
    ///
    /// It is sent to each route that declares `rule = R`, for the objects of the good caller. A
    /// rule about the owner does not need it, because the kit sends a caller with another subject.
    pub fn caller_denied_by<R: ?Sized>(mut self, issuer: &TestIssuer) -> Self {
        self.plan.denied_by.push((public_name(type_name::<R>()), issuer.clone()));
        self
    }
}

impl AttackRun {
    pub(super) async fn attack_rules(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let Some(issuer) = self.plan.sources.of(route).issuer().cloned() else { return };
        if *method == Method::HEAD {
            return;
        }
        for rule in &route.rules {
            let named: Vec<TestIssuer> = self.plan.denied_by(rule).cloned().collect();
            let is_named = !named.is_empty();
            let callers = if is_named { named } else { vec![issuer.with_subject(WITHOUT_OBJECTS.to_owned())] };
            for caller in callers {
                let finding = self.attack_rule(route, method, rule, &caller, is_named).await;
                report.count("T29", finding.is_some());
                self.findings.extend(finding);
            }
        }
    }

    async fn attack_rule(
        &mut self,
        route: &Route,
        method: &Method,
        rule: &str,
        caller: &TestIssuer,
        is_named: bool,
    ) -> Option<Finding> {
        let scopes = AttackPlan::scopes_for(route);
        let token = scopes.iter().fold(caller.token(), |token, scope| token.scope(scope)).signed();
        let (template, credentials) = (self.plan.template(route, method), Credentials::bearer(&token));
        let probe = Probe {
            route,
            method: method.clone(),
            id: "T29".to_owned(),
            what: format!("a caller that the rule {rule} denies"),
            curl: requests::curl(&template, &credentials),
        };
        let response = match self.send(template.request(&credentials)).await {
            Ok(response) => response,
            Err(cause) => return Some(probe.without_response(cause)),
        };
        if !self.has_got_the_object(route, method, &response) {
            return None;
        }
        Some(if is_named {
            let problem = format!(
                "caller got the object that the rule denies: `{}`: check the rule, and answer from what it permits",
                response.status
            );
            probe.finding(Severity::GotThrough, problem, Some(&response))
        } else {
            let problem = format!(
                "rule was not tested: `{rule}`: it permits the object to another subject: add a caller that it denies: \
                 `.caller_denied_by::<{rule}>(&issuer)`"
            );
            probe.finding(Severity::Control, problem, Some(&response))
        })
    }

    /// Whether the caller got the answer of the good caller, or has written.
    ///
    /// A list has only what the rule permits, so another body is right.
    fn has_got_the_object(&self, route: &Route, method: &Method, response: &ServiceResponse) -> bool {
        let writes = !matches!(*method, Method::GET | Method::OPTIONS);
        response.status.is_success() && (writes || self.reveals_good_answer(route, method, response))
    }
}

impl AttackPlan {
    fn denied_by(&self, rule: &str) -> impl Iterator<Item = &TestIssuer> {
        self.denied_by.iter().filter(move |(named, _)| named == rule).map(|(_, issuer)| issuer)
    }

    /// One message for each rule of the test that no route declares.
    pub(super) fn unknown_rules(&self, routes: &[Route]) -> Vec<String> {
        let mut known: Vec<&str> = routes.iter().flat_map(|route| &route.rules).map(String::as_str).collect();
        known.sort_unstable();
        known.dedup();
        let remedy = match known.as_slice() {
            [] => "declare it on the handler: `#[authenticated(.., rule = ..)]`".to_owned(),
            known => format!("use one of {}", known.join(", ")),
        };
        let unknown = self.denied_by.iter().filter(|(rule, _)| !known.contains(&rule.as_str()));
        unknown.map(|(rule, _)| format!("unknown rule: `.caller_denied_by::<{rule}>(..)`: {remedy}")).collect()
    }
}
