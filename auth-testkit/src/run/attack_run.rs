//! The order of an attack: each route with its controls and attacks, then the unmatched requests.

use super::control::When;
use super::good_answers::GoodAnswers;
use super::look_ups::LookUps;
use super::plan::AttackPlan;
use super::probe::Probe;
use super::requests::{self, RequestTemplate};
use super::response_checker::ResponseChecker;
use super::revoking_routes::{RevokingRoute, Witnesses};
use crate::catalogue::{Attack, Credentials, Expected};
use crate::report::{AttackReport, Finding, RouteReport, Severity};
use crate::target::{AcceptedKind, Decision, NoResponse, Route, ServiceResponse, Target};
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
    pub(super) not_sent: BTreeMap<String, String>,
    pub(super) witnesses: Witnesses,
    pub(super) good_answers: GoodAnswers,
    pub(super) look_ups: LookUps,
    /// Cookies that rejections have set, by name.
    pub(super) cookies: BTreeMap<String, String>,
    /// How many requests were sent.
    pub(super) sent: usize,
    /// The status of the last response.
    pub(super) last_status: Option<StatusCode>,
}

impl AttackRun {
    pub(super) fn new(target: Target, plan: AttackPlan) -> Self {
        Self {
            checker: ResponseChecker::new(&target.routes, &plan.varying),
            target,
            plan,
            findings: Vec::new(),
            not_sent: BTreeMap::new(),
            witnesses: Witnesses::default(),
            good_answers: GoodAnswers::default(),
            look_ups: LookUps::default(),
            cookies: BTreeMap::new(),
            sent: 0,
            last_status: None,
        }
    }

    pub(super) async fn run(mut self) -> AttackReport {
        self.know_the_kinds();
        let routes = self.target.routes.clone();
        self.check_the_test(&routes);
        let first = self.attack_first(&routes).await;
        self.find_witnesses(&routes).await;
        let expiring = self.use_before_expiry(&routes).await;
        let mut reports = Vec::new();
        let mut revoking = Vec::new();
        for (index, route) in routes.iter().enumerate() {
            if let Some(why) = self.plan.exclusion_of(route) {
                reports.push(RouteReport::excluded(route, why));
                continue;
            }
            let mut report = RouteReport::new(route);
            if let Some((_, failed)) = first.as_ref().filter(|(place, _)| *place == index) {
                failed.iter().for_each(|failed| report.count("T64", *failed));
            }
            match route.decision() {
                Decision::Authenticated | Decision::Visitor => {
                    for method in self.methods_of(route, &routes) {
                        let found = self.attack_method(route, &method, &mut report).await;
                        revoking.extend(found.map(|found| (index, found)));
                    }
                }
                Decision::Public => self.call_public_route(route, &routes, &mut report).await,
            }
            reports.push(report);
        }
        for (index, found) in revoking {
            self.attack_revoking_route(&routes[index], found, &mut reports[index]).await;
        }
        if let Some(expiring) = expiring
            && let Some((place, failed)) = self.use_after_expiry(&routes, expiring).await
        {
            reports[place].count("T65", failed);
        }
        let mut unmatched = self.probe_unmatched(&routes).await;
        self.check_fallback(&mut unmatched).await;
        self.attack_springboards(&routes, &mut unmatched).await;
        reports.push(unmatched);
        self.judge_suspects();
        self.findings.sort_by_key(|finding| finding.severity);
        AttackReport {
            made_at: SystemTime::now(),
            guarded: self.target.is_guarded(),
            requests: self.sent,
            routes: reports,
            findings: self.findings,
            not_sent: self.not_sent,
            excluded: self.plan.without.reasons().clone(),
            verifiers: self.target.verifiers,
        }
    }

    fn methods_of(&self, route: &Route, all: &[Route]) -> Vec<Method> {
        let mut methods = route.methods(all);
        if route.method == "ANY" && self.target.takes_connect() {
            methods.push(Method::CONNECT);
        }
        methods
    }

    /// A service without a posture accepts what the test has.
    fn know_the_kinds(&mut self) {
        let kinds = self.plan.credentials.kinds();
        if self.target.is_guarded() || kinds.is_empty() {
            return;
        }
        let tokens = self.plan.has_tokens.then(AcceptedKind::bearer_tokens);
        for route in &mut self.target.routes {
            route.accepts = tokens.iter().cloned().chain(kinds.clone()).collect();
        }
    }

    /// Finds mistakes of the test, with which it would cover less than it seems to.
    fn check_the_test(&mut self, routes: &[Route]) {
        if routes.is_empty() {
            self.findings.push(Finding::no_routes());
        }
        let mut mistakes: Vec<String> = self.plan.unknown_routes(routes).collect();
        mistakes.extend(self.plan.sources.unknown_claims(routes));
        mistakes.extend(self.plan.credentials.mistakes(routes));
        mistakes.extend(self.plan.without.unknown(&self.plan.attacks));
        self.findings.extend(mistakes.into_iter().map(Finding::about_the_test));
        let without = &self.plan.without;
        self.plan.attacks.retain(|attack| !without.contains(attack.id()));
    }

    /// Attacks a method of a route, unless it revokes all tokens of its caller.
    async fn attack_method(
        &mut self,
        route: &Route,
        method: &Method,
        report: &mut RouteReport,
    ) -> Option<RevokingRoute> {
        if *method == Method::OPTIONS && self.is_answered_by_a_layer(route, report).await {
            return None;
        }
        if !route.accepts_bearer_tokens() {
            self.attack_without_tokens(route, method, report).await;
            return None;
        }
        if self.needs_recovery(route) {
            self.recover_from_revocation(route, method).await;
        }
        // The positive control comes first: where a good token fails, a rejection proves nothing.
        let (good_status, revokes) = self.control_with_witness(route, method, report).await?;
        if revokes {
            return Some(self.postpone(route, method, good_status));
        }
        self.witnesses.accept(self.plan.sources.key_of(route), route, method);
        self.attack_with_good_tokens(route, method, good_status, report).await;
        if route.accepts.len() > 1 || route.places().len() > 1 {
            let _ = self.attack_kinds(route, method, report).await;
        }
        None
    }

    /// Sends all attacks, and the control again.
    pub(super) async fn attack_with_good_tokens(
        &mut self,
        route: &Route,
        method: &Method,
        good_status: StatusCode,
        report: &mut RouteReport,
    ) {
        let attacks = self.attacks_for(route, method, report).await;
        self.send_attacks(route, method, &attacks, good_status, report).await;
        if !route.permissions.is_empty() && !self.plan.without.contains("T29") {
            self.attack_permission(route, method, report).await;
        }
        self.attack_siblings(route, method, good_status, report).await;
        self.attack_look_ups(route, method, good_status, report).await;
        self.attack_identity(route, method, report).await;
        self.attack_with_cookies(route, method, good_status, report).await;
        if !self.plan.without.contains("H29") {
            self.attack_concurrently(route, method, report).await;
        }
        let _ = self.control(route, method, When::After, report).await;
    }

    pub(super) async fn send_attacks(
        &mut self,
        route: &Route,
        method: &Method,
        attacks: &[Attack],
        good_status: StatusCode,
        report: &mut RouteReport,
    ) {
        let scopes = AttackPlan::scopes_for(route);
        for attack in attacks {
            let Some(credentials) = self.plan.credentials(attack, route, &scopes) else {
                let why = self.plan.why_not_sent(attack, route);
                self.not_sent.insert(format!("{} {}", attack.id(), attack.name()), why);
                continue;
            };
            for _ in 0..if attack.is_sent_twice() { 2 } else { 1 } {
                let failed = self.send_attack(route, method, attack, credentials.clone(), good_status).await;
                report.count(attack.id(), failed);
            }
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
        self.send_attack_as(&template, route, method, attack, credentials, good_status).await
    }

    /// Sends one attack in another request than the usual one of the route.
    pub(super) async fn send_attack_as(
        &mut self,
        template: &RequestTemplate,
        route: &Route,
        method: &Method,
        attack: &Attack,
        credentials: Credentials,
        good_status: StatusCode,
    ) -> bool {
        let probe = Probe {
            route,
            method: method.clone(),
            id: attack.id().to_owned(),
            what: attack.name().to_owned(),
            curl: requests::curl(template, &credentials),
        };
        let is_guest = Self::is_guest(route, &credentials);
        let before = self.read_side_effects().await;
        let reported_before = self.reported_refusals().await;
        let response = self.send(template.request(&credentials)).await;
        let mut findings = match &response {
            Ok(response) if is_guest => self.check_guest(&probe, response),
            Ok(response) => self.checker.check(&self.target, &probe, attack, &credentials, response, good_status),
            Err(cause) => vec![probe.without_response(*cause)],
        };
        let is_admitted = is_guest || attack.expected() == Expected::Admitted;
        let answer = response.as_ref().ok();
        if !is_admitted {
            findings.extend(self.changed_side_effects(&probe, &before, answer).await);
        }
        if is_guest || !is_admitted {
            let expected = u64::from(!is_guest);
            findings.extend(self.wrong_report_count(&probe, reported_before, expected, answer).await);
        }
        if let Some(response) = answer.filter(|_| !is_admitted) {
            self.keep_cookies(response);
            if !findings.iter().any(|finding| finding.severity == Severity::GotThrough) {
                findings.extend(self.leaked_answer(&probe, response));
            }
        }
        let (failed, place) = (!findings.is_empty(), self.findings.len());
        self.findings.extend(findings);
        if let Some(response) = answer.filter(|_| !is_admitted) {
            self.suspect(route, method, place, response).await;
        }
        failed
    }

    pub(super) async fn send(&mut self, request: Request<Body>) -> Result<ServiceResponse, NoResponse> {
        self.sent += 1;
        self.plan.pace().await;
        let response = self.target.send(request).await;
        self.last_status = response.as_ref().ok().map(|response| response.status);
        self.plan.report_progress(self.sent);
        response
    }
}
