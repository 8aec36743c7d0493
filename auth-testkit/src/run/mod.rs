//! The attack: what is sent to which route, and what is made of the answers.

mod alike;
mod attacking;
mod control;
mod judge;
mod open;
mod requests;
mod together;
mod unmatched;

pub use attacking::{Attacking, Unarmed, attack};

use crate::catalogue::{Arsenal, Attack, Credentials, Expected};
use crate::report::{AttackReport, Finding, RouteReport, Severity};
use crate::target::{Answer, Broken, Decision, Route, Target};
use attacking::{Armed, Probe};
use axum::body::Body;
use http::{Method, Request};
use judge::Judge;
use requests::Filled;
use std::cell::LazyCell;
use std::collections::BTreeMap;

/// One run, with what it has found so far.
pub(crate) struct Run {
    pub(crate) target: Target,
    pub(crate) armed: Armed,
    pub(crate) judge: Judge,
    pub(crate) findings: Vec<Finding>,
    pub(crate) sent: usize,
}

/// What a request was for.
#[derive(Debug, Clone)]
pub(crate) struct Aim<'a> {
    pub(crate) route: &'a Route,
    pub(crate) method: Method,
    pub(crate) id: String,
    pub(crate) what: String,
    pub(crate) curl: String,
}

impl Run {
    pub(crate) async fn all(mut self) -> AttackReport {
        let routes = self.target.routes.clone();
        let mut reports = Vec::new();
        let mut unsent = BTreeMap::new();
        if routes.is_empty() {
            self.findings.push(Finding::nothing_to_attack());
        }
        self.findings.extend(self.armed.misnamed(&routes).map(Finding::of_the_test));
        for route in &routes {
            if let Some(why) = self.armed.left_out(route) {
                reports.push(RouteReport::left_out(route, why));
                continue;
            }
            let mut report = RouteReport::new(route);
            match route.decision() {
                Decision::Authenticated => self.attack_route(route, &routes, &mut report, &mut unsent).await,
                Decision::Public => self.call_in_the_open(route, &routes, &mut report).await,
            }
            reports.push(report);
        }
        let unmatched = self.probe_unmatched(&routes).await;
        AttackReport::new(&self, reports, unmatched, unsent)
    }

    async fn attack_route(
        &mut self,
        route: &Route,
        all: &[Route],
        report: &mut RouteReport,
        unsent: &mut BTreeMap<String, String>,
    ) {
        let scopes = Armed::scopes_for(route);
        for method in route.methods(all) {
            // The positive control comes first: where a good token does not work, a refusal shows nothing.
            let Some(good_status) = self.control(route, &method, &scopes, report, "before").await else { continue };
            for attack in self.armed.attacks.clone() {
                let Some(credentials) = self.armed.make(&attack, &scopes) else {
                    unsent.insert(format!("{} {}", attack.id(), attack.name()), self.armed.why_not());
                    continue;
                };
                if attack.is_sent_twice() {
                    let failed = self.one(route, &method, &attack, credentials.clone(), good_status).await;
                    report.tried(attack.id(), failed);
                }
                let failed = self.one(route, &method, &attack, credentials, good_status).await;
                report.tried(attack.id(), failed);
            }
            if !route.permissions.is_empty() {
                self.attack_permission(route, &method, &scopes, report).await;
            }
            self.attack_together(route, &method, report).await;
            let _ = self.control(route, &method, &scopes, report, "after").await;
        }
    }

    /// One attack; returns whether something came through or was answered wrongly.
    async fn one(
        &mut self,
        route: &Route,
        method: &Method,
        attack: &Attack,
        credentials: Credentials,
        good_status: http::StatusCode,
    ) -> bool {
        let filled = self.armed.fill(route, method);
        let aim = Aim {
            route,
            method: method.clone(),
            id: attack.id().to_owned(),
            what: attack.name().to_owned(),
            curl: requests::curl(&filled, &credentials),
        };
        let before = self.probes().await;
        let heard_before = self.heard().await;
        let answer = self.send(filled.request(&credentials)).await;
        let mut findings = match &answer {
            Ok(answer) => self.judge.refusal(&self.target, &aim, attack, &credentials, answer, good_status),
            Err(broken) => vec![judge::broken(&aim, *broken)],
        };
        if attack.expected() != Expected::Admitted {
            findings.extend(self.side_effects(&aim, &before, answer.as_ref().ok()).await);
            findings.extend(self.silence(&aim, heard_before, answer.as_ref().ok()).await);
        }
        let failed = !findings.is_empty();
        self.findings.extend(findings);
        failed
    }

    pub(crate) async fn send(&mut self, request: Request<Body>) -> Result<Answer, Broken> {
        self.sent += 1;
        self.armed.pace().await;
        let answer = self.target.send(request).await;
        self.armed.tell(self.sent);
        answer
    }

    /// What the probes say at the moment.
    async fn probes(&self) -> Vec<String> {
        let mut said = Vec::new();
        for Probe { ask, .. } in &self.armed.probes {
            said.push(ask().await);
        }
        said
    }

    async fn heard(&self) -> Option<u64> {
        match &self.armed.heard {
            Some(heard) => heard().await.parse().ok(),
            None => None,
        }
    }

    async fn side_effects(&self, aim: &Aim<'_>, before: &[String], answer: Option<&Answer>) -> Vec<Finding> {
        let after = self.probes().await;
        let changed = self.armed.probes.iter().zip(before).zip(&after).filter(|((_, before), after)| before != after);
        changed
            .map(|((probe, before), after)| {
                let problem = format!("{} went from {before} to {after}, whatever the answer says", probe.name);
                judge::finding(Severity::GotThrough, aim, problem, answer)
            })
            .collect()
    }

    /// P7, for services that are not built on auth-runtime and can only be asked how much they have said.
    async fn silence(&self, aim: &Aim<'_>, before: Option<u64>, answer: Option<&Answer>) -> Option<Finding> {
        let (before, after) = (before?, self.heard().await?);
        (after != before + 1).then(|| {
            let problem = format!("it was heard {} times instead of once", after.saturating_sub(before));
            judge::finding(Severity::Wrong, aim, problem, answer)
        })
    }
}

impl Armed {
    fn fill(&self, route: &Route, method: &Method) -> Filled {
        Filled::new(route, method, self)
    }

    fn make(&self, attack: &Attack, scopes: &[String]) -> Option<Credentials> {
        let good = LazyCell::new(Box::new(|| self.good(scopes)) as Box<dyn FnOnce() -> String + Send>);
        attack.make(&Arsenal { issuer: self.issuer.as_ref(), published: &self.published, scopes, good })
    }

    fn why_not(&self) -> String {
        match &self.issuer {
            Some(issuer) => format!("there is no such thing with {}", issuer.algorithm()),
            None => "only the issuer's key can make it".to_owned(),
        }
    }
}
