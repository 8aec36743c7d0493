//! Attacks the route of a set-up: every bad token, the good one at once, and the good one again.

use super::attack_run::AttackRun;
use super::builder::AttackBuilder;
use super::probe::Probe;
use super::requests::{self, Curl};
use super::sending::Answered;
use super::setup::AttackSetup;
use super::signed_answers::{SignedExpected, SignedShot};
use crate::catalogue::{Credentials, bad_setups};
use crate::issuer::TestSetup;
use crate::report::{RouteReport, Severity};
use crate::target::{Route, ServiceResponse};
use auth_runtime::events::Reason;
use http::Method;

/// The test has no issuer, and no service has a claim of these names.
const UNSIGNED: &str = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiJhZG1pbiIsInJvbGUiOiJhZG1pbiJ9.";

/// How many requests with the good token are sent at the same time.
const AT_ONCE: usize = 4;

impl AttackRun {
    /// Attacks the route of a set-up. Without its token in the same program there is a finding
    /// already.
    pub(super) async fn attack_setup_route(&mut self, route: &Route, all: &[Route], report: &mut RouteReport) {
        let setup = self.plan.setup_of(route).cloned();
        if setup.is_none() {
            report.note("NOT ATTACKED with its token: the test has no token of the set-up".to_owned());
        }
        let good = setup.as_ref().map(TestSetup::token);
        let mut callers = vec![("a token without a signature", UNSIGNED.to_owned())];
        if self.plan.has_tokens {
            callers.push(("a good token of a caller", self.plan.good_token(route)));
        }
        for method in route.methods(all) {
            for bad in bad_setups(good, &callers) {
                let expected = SignedExpected::Unauthorized { reasons: bad.reasons, unread: self.target.is_guarded() };
                let shot = self.setup_shot(route, &method, bad.id, &bad.name, bad.credentials);
                self.send_signed(shot, None, expected, report).await;
            }
            let Some(good) = good else { continue };
            if self.close_set_up(route, &method, good, report).await.is_some() {
                let credentials = Credentials::bearer(good);
                let reasons = &[Reason::SetupIsClosed];
                let expected = SignedExpected::Unauthorized { reasons, unread: self.target.is_guarded() };
                let what = "the good token, after the set-up was closed";
                let shot = self.setup_shot(route, &method, "U05", what, credentials);
                self.send_signed(shot, None, expected, report).await;
            }
        }
    }

    fn setup_shot<'a>(
        &self,
        route: &'a Route,
        method: &Method,
        id: &str,
        what: &str,
        credentials: Credentials,
    ) -> SignedShot<'a> {
        let template = self.plan.template(route, method);
        let curl = Curl::Line(requests::curl(&template, &credentials).line());
        let probe = Probe { route, method: method.clone(), id: id.to_owned(), what: what.to_owned(), curl };
        SignedShot { probe, request: template.request(&credentials), credentials }
    }

    /// Sends the good token several times at once. One of the requests must close the set-up.
    ///
    /// A service that looks at its state, and closes it later, creates several administrators.
    /// Where all fail, a rejection proves nothing.
    async fn close_set_up(
        &mut self,
        route: &Route,
        method: &Method,
        good: &str,
        report: &mut RouteReport,
    ) -> Option<()> {
        let count = if self.plan.without.contains("U05") { 1 } else { AT_ONCE };
        let template = self.plan.template(route, method);
        let requests = (0..count).map(|_| template.request(&Credentials::bearer(good))).collect();
        let answers = self.send_at_once(requests).await;
        let is_good = |answer: &Answered| {
            answer.as_ref().is_ok_and(|response| response.status.is_success() || response.status.is_redirection())
        };
        let good_answers: Vec<&ServiceResponse> =
            answers.iter().filter(|answer| is_good(answer)).filter_map(|answer| answer.as_ref().ok()).collect();
        let id = if good_answers.len() > 1 { "U05" } else { "good" };
        let what = if count > 1 { "the good token in requests at the same time" } else { "the good token" };
        let SignedShot { probe, .. } = self.setup_shot(route, method, id, what, Credentials::bearer(good));
        let finding = match (good_answers.as_slice(), answers.first()) {
            ([_], _) => None,
            ([first, ..], _) => {
                let problem = format!(
                    "set-up was done several times: `{}` of {count} requests at the same time: look at the state and \
                     close it in one step",
                    good_answers.len()
                );
                Some(probe.finding(Severity::GotThrough, problem, Some(first)))
            }
            ([], Some(Err(cause))) => {
                let mut finding = probe.without_response(*cause);
                finding.severity = Severity::Control;
                Some(finding)
            }
            ([], answer) => {
                let response = answer.and_then(|answer| answer.as_ref().ok());
                let status = response.map(|response| response.status.to_string()).unwrap_or_default();
                let problem = format!(
                    "good token of the set-up was rejected: `{status}`: give the router a state that is open and the token \
                     of the test, and set the body that the handler reads: `.body(\"{route}\", ..)`"
                );
                Some(probe.finding(Severity::Control, problem, response))
            }
        };
        report.count("good", good_answers.is_empty());
        if count > 1 && !good_answers.is_empty() {
            report.count("U05", finding.is_some());
        }
        self.findings.extend(finding);
        (!good_answers.is_empty()).then_some(())
    }

    /// Mistakes of the test: a set-up without its token, and a token without a set-up.
    pub(super) fn mistakes_of_setups(&self, routes: &[Route]) -> Vec<String> {
        let is_attacked = |route: &&Route| route.setup.is_some() && self.plan.exclusion_of(route).is_none();
        let attacked: Vec<&Route> = routes.iter().filter(is_attacked).collect();
        match (self.plan.setup.is_some(), attacked.first()) {
            (false, Some(_)) if !self.target.is_in_process() => Vec::new(),
            (false, Some(route)) => {
                vec![format!("no token for the route of a set-up: {route}: add `.with_setup(&TestSetup::new(token))`")]
            }
            (true, None) => vec![
                "no route of a set-up: name that of a plain router: `.with_setup_on(\"POST /setup\", &setup)`"
                    .to_owned(),
            ],
            _ => Vec::new(),
        }
    }
}

impl super::plan::AttackPlan {
    fn setup_of(&self, route: &Route) -> Option<&TestSetup> {
        self.setup.as_ref().filter(|_| route.setup.is_some())
    }
}

impl AttackBuilder {
    /// Attacks the route of the set-up, and closes the set-up with its good token.
    ///
    /// The posture has the route. A set-up without its token is a finding. Of two routes of one
    /// set-up, leave one out: `.without_route(..)`.
    pub fn with_setup(mut self, setup: &TestSetup) -> Self {
        self.plan.setup = Some(setup.clone());
        self
    }

    /// Attacks one route of a plain router as its set-up: `.with_setup_on("POST /setup", &setup)`.
    ///
    /// A plain router has no posture, so the test names the route.
    pub fn with_setup_on(mut self, route: &str, setup: &TestSetup) -> Self {
        self.plan.name_route("with_setup_on", route);
        if !self.target.is_guarded() {
            for known in self.target.routes.iter_mut().filter(|known| known.to_string() == route) {
                known.setup = Some("a set-up that the test names".to_owned());
            }
        }
        self.with_setup(setup)
    }
}

impl AttackSetup {
    /// Attacks the route of the set-up, where no verifier accepts tokens.
    ///
    /// [`AttackBuilder::with_setup`] adds it to tokens.
    pub fn with_setup(self, setup: &TestSetup) -> AttackBuilder {
        self.without_tokens().with_setup(setup)
    }

    /// Attacks one route of a plain router as its set-up, where no verifier accepts tokens.
    pub fn with_setup_on(self, route: &str, setup: &TestSetup) -> AttackBuilder {
        self.without_tokens().with_setup_on(route, setup)
    }
}
