//! The order of an attack: each route with its controls and attacks, then the unmatched requests.

use super::control::When;
use super::fetches::Fetches;
use super::good_answers::GoodAnswers;
use super::leaked_secrets::Secrets;
use super::logs::Logs;
use super::look_ups::LookUps;
use super::plan::AttackPlan;
use super::progress::Progress;
use super::replays::Replay;
use super::response_checker::ResponseChecker;
use super::revoking_routes::{RevokingRoute, Witnesses};
use super::weaker_methods::OverrideSuspect;
use crate::catalogue::Credentials;
use crate::report::{AttackReport, Finding, RouteReport};
use crate::target::{Decision, Route, Target};
use http::{Method, StatusCode};
use std::collections::{BTreeMap, BTreeSet, HashMap};
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
    /// Answers with an overridden method, until those of all routes are known.
    pub(super) override_suspects: Vec<OverrideSuspect>,
    /// Cookies that rejections have set, by name.
    pub(super) cookies: BTreeMap<String, String>,
    /// Cookies that public routes have set, by name.
    pub(super) public_cookies: BTreeMap<String, String>,
    /// Values that public routes have given, each with where it is from.
    pub(super) public_values: BTreeMap<String, String>,
    /// The first rejection of a signed request and what got it, by HEAD and route.
    pub(super) signed_rejections: HashMap<(bool, bool, String), (String, String)>,
    pub(super) fetches: Fetches,
    /// Verifiers whose secret was guessed.
    pub(super) guessed_at: BTreeSet<String>,
    /// How many routes got guesses of a kind in a carrier.
    pub(super) guessed_in: BTreeMap<String, usize>,
    pub(super) logs: Logs,
    pub(super) secrets: Secrets,
    pub(super) progress: Progress,
    /// What the test could add.
    pub(super) suggestions: BTreeSet<String>,
    /// How many requests were sent.
    pub(super) sent: usize,
    /// Whether the service answers 429 however slowly it is asked.
    pub(super) locked_out: bool,
    /// Whether slower requests have not helped.
    pub(super) gave_up: bool,
    /// Requests that got through, by the place of the finding, to send them again.
    pub(super) replays: BTreeMap<usize, Replay>,
    /// The status of the last response.
    pub(super) last_status: Option<StatusCode>,
}

impl AttackRun {
    pub(super) fn new(target: Target, plan: AttackPlan) -> Self {
        Self {
            checker: ResponseChecker::new(&target.routes, &plan),
            findings: Vec::new(),
            not_sent: BTreeMap::new(),
            witnesses: Witnesses::default(),
            good_answers: GoodAnswers::default(),
            look_ups: LookUps::default(),
            override_suspects: Vec::new(),
            cookies: BTreeMap::new(),
            public_cookies: BTreeMap::new(),
            public_values: BTreeMap::new(),
            signed_rejections: HashMap::new(),
            fetches: Fetches::default(),
            guessed_at: BTreeSet::new(),
            guessed_in: BTreeMap::new(),
            logs: Logs::default(),
            secrets: Secrets::default(),
            progress: if plan.on_progress.is_none() { Progress::on_stderr() } else { Progress::none() },
            suggestions: BTreeSet::new(),
            sent: 0,
            locked_out: false,
            gave_up: false,
            replays: BTreeMap::new(),
            last_status: None,
            target,
            plan,
        }
    }

    pub(super) async fn run(mut self) -> AttackReport {
        self.know_the_kinds();
        let routes = self.target.routes.clone();
        self.check_the_test(&routes);
        self.check_set_up();
        self.suggest_side_effects(&routes);
        self.read_logs();
        let first = self.attack_first(&routes).await;
        self.learn_who_reads_bodies(&routes).await;
        let of_guests = self.attack_guests(&routes).await;
        let routes = self.learn_permissions(routes).await;
        self.find_witnesses(&routes).await;
        let expiring = self.use_before_expiry(&routes).await;
        let mut reports: Vec<RouteReport> = routes.iter().map(RouteReport::new).collect();
        let mut revoking = Vec::new();
        let mut of_objects = None;
        for index in attacked_last(&routes) {
            let route = &routes[index];
            // The good caller deletes its objects from here on.
            if route.method == "DELETE" && of_objects.is_none() {
                of_objects = Some(self.attack_objects(&routes).await);
            }
            if let Some(why) = self.plan.exclusion_of(route) {
                reports[index] = RouteReport::excluded(route, why);
                continue;
            }
            let mut report = RouteReport::new(route);
            if self.locked_out {
                reports[index].note("NOT ATTACKED: the service limits the rate of requests".to_owned());
                continue;
            }
            if let Some((_, failed)) = first.as_ref().filter(|(place, _)| *place == index) {
                for failed in failed {
                    report.count("T64", *failed);
                }
            }
            match route.decision() {
                Decision::Authenticated | Decision::Visitor => {
                    for method in self.methods_of(route, &routes) {
                        let found = self.attack_method(route, &method, &mut report).await;
                        revoking.extend(found.map(|found| (index, found)));
                    }
                }
                Decision::Signed => self.attack_signed_route(route, &routes, &mut report).await,
                Decision::Setup => self.attack_setup_route(route, &routes, &mut report).await,
                Decision::Public => self.attack_public_route(route, &routes, &mut report).await,
            }
            reports[index] = report;
        }
        let of_objects = match of_objects {
            Some(counted) => counted,
            None => self.attack_objects(&routes).await,
        };
        for (id, counted) in [("H36", of_objects), ("H29", of_guests)] {
            for (place, is_found) in counted {
                reports[place].count(id, is_found);
            }
        }
        for (index, found) in revoking {
            self.attack_revoking_route(&routes[index], found, &mut reports[index]).await;
        }
        self.attack_sessions(&routes, &mut reports).await;
        self.judge_overrides(&routes);
        if let Some(expiring) = expiring
            && let Some((place, failed)) = self.use_after_expiry(&routes, expiring).await
        {
            reports[place].count("T65", failed);
        }
        if !self.locked_out {
            let mut unmatched = self.probe_unmatched(&routes).await;
            self.check_fallback(&mut unmatched).await;
            self.attack_springboards(&routes, &mut unmatched).await;
            self.attack_undeclared_methods(&routes, &mut unmatched).await;
            self.attack_last(&routes, &mut reports).await;
            reports.push(unmatched);
        }
        self.count_logs(&mut reports);
        self.judge_suspects();
        // Of a service that fetches after its answer.
        self.read_fetches();
        self.send_again().await;
        self.drop_consequences();
        let accepted = self.take_accepted();
        self.findings.sort_by_key(|finding| finding.severity);
        AttackReport {
            made_at: SystemTime::now(),
            guarded: self.target.is_guarded(),
            requests: self.sent,
            routes: reports,
            findings: self.findings,
            not_sent: self.not_sent,
            excluded: self.plan.without.reasons().clone(),
            accepted,
            suggestions: self.suggestions.into_iter().collect(),
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
        let mut attacks = self.attacks_for(route, method, report).await;
        attacks.extend(self.guessed_secrets(route));
        self.send_attacks(route, method, &attacks, good_status, report).await;
        if !self.plan.without.contains("T29") {
            self.attack_permissions(route, method, report).await;
        }
        self.attack_expected_signature(route, method, report).await;
        self.attack_near_claims(route, method, report).await;
        self.attack_denied_roles(route, method, report).await;
        self.attack_siblings(route, method, good_status, report).await;
        self.attack_look_ups(route, method, good_status, report).await;
        self.attack_fetches(route, method, good_status, report).await;
        self.attack_identity(route, method, report).await;
        self.attack_named_owner(route, method, report).await;
        self.attack_own_names(route, method, report).await;
        self.attack_two_names(route, method, report).await;
        self.attack_joined_names(route, method, report).await;
        self.attack_included_answers(route, method, report).await;
        self.attack_cursor(route, method, report).await;
        self.attack_batch(route, method, report).await;
        self.attack_inner_requests((route, method), report).await;
        self.attack_second_token(route, method, report).await;
        self.attack_tenant(route, method, report).await;
        self.attack_empty_headers(route, method, report).await;
        self.attack_operation_names(route, method, report).await;
        self.attack_methods(route, method, report).await;
        self.attack_with_roles(route, method, report).await;
        self.attack_failed_policies(route, method, report).await;
        self.attack_spelled_permission(route, method, report).await;
        self.attack_spelled_ids(route, method, report).await;
        let good = Credentials::bearer(&self.plan.good_token(route));
        self.attack_members(route, method, &good, report).await;
        self.attack_shown_members((route, method), &good, report).await;
        self.attack_left_out_proofs((route, method), &good, report).await;
        self.attack_step_up((route, method), &good, report).await;
        self.attack_redirect((route, method), &good, report).await;
        self.attack_named_caller(route, method, good_status, report).await;
        self.attack_published_headers(route, method, report).await;
        self.attack_with_cookies(route, method, good_status, report).await;
        self.attack_kept_answers(route, method, report).await;
        if !self.plan.without.contains("H29") {
            self.attack_concurrently(route, method, report).await;
        }
        let _ = self.control(route, method, When::After, report).await;
    }
}

/// The order of the routes: those that delete their object come last.
fn attacked_last(routes: &[Route]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..routes.len()).collect();
    order.sort_by_key(|index| routes[*index].method == "DELETE");
    order
}
