//! Sends requests to unknown paths and methods (H13 to H18).
//!
//! They must not reach a handler, and must get the response that the posture declares.

use super::attack_run::AttackRun;
use super::hidden_paths::{UNKNOWN_PATH, UnknownPathResponses};
use super::probe::Probe;
use super::requests::{self, RequestTemplate};
use crate::catalogue::{Credentials, Expected};
use crate::report::{RouteReport, Severity};
use crate::target::{Decision, Route, ServiceResponse, UnmatchedPolicy};
use http::{Method, StatusCode};
use std::collections::BTreeSet;

/// Methods that a client may send, an invented one among them.
const METHODS: [&str; 8] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"];

impl AttackRun {
    /// Sends requests that no route matches.
    pub(super) async fn probe_unmatched(&mut self, routes: &[Route]) -> RouteReport {
        let unmatched = Route::new("ANY", "/*");
        let mut report = RouteReport::new(&unmatched);
        let paths = self.target.unmatched.path;
        for method in METHODS {
            let Ok(method) = Method::from_bytes(method.as_bytes()) else { continue };
            self.send_unmatched(&unmatched, &method, UNKNOWN_PATH, "H15", paths, StatusCode::NOT_FOUND, &mut report)
                .await;
            self.send_unmatched_with_tokens(&unmatched, &method, paths, &mut report).await;
        }
        let mut responses = UnknownPathResponses::new();
        let every: BTreeSet<&str> = routes.iter().map(|route| route.path.as_str()).collect();
        for path in every {
            let here: Vec<&Route> = routes.iter().filter(|route| route.path == path).collect();
            self.compare_with_unknown_path(&here, &mut responses, &mut report).await;
            if here.iter().any(|route| route.method == "ANY") {
                continue;
            }
            let methods = self.target.unmatched.method_at(path);
            let there: Vec<Method> = here.iter().flat_map(|route| route.methods(routes)).collect();
            for method in METHODS {
                let Ok(method) = Method::from_bytes(method.as_bytes()) else { continue };
                if there.contains(&method) {
                    continue;
                }
                let template = self.plan.template(here[0], &method);
                let id = if method == Method::OPTIONS { "H13" } else { "H14" };
                let status = StatusCode::METHOD_NOT_ALLOWED;
                let found =
                    self.send_unmatched(here[0], &method, &template.path, id, methods, status, &mut report).await;
                // A handler that answers both is one finding.
                if method == Method::OPTIONS && !found {
                    self.send_preflight(here[0], &there[0], methods, &mut report).await;
                }
            }
            for route in here.iter().filter(|route| route.decision() == Decision::Authenticated) {
                self.attack_path_spellings(route, routes, &mut report).await;
            }
        }
        report
    }

    /// Sends one request, and returns whether there is a finding.
    #[expect(clippy::too_many_arguments, reason = "one request, with all that is expected of its response")]
    async fn send_unmatched(
        &mut self,
        route: &Route,
        method: &Method,
        path: &str,
        id: &str,
        policy: UnmatchedPolicy,
        plain: StatusCode,
        report: &mut RouteReport,
    ) -> bool {
        if self.plan.without.contains(id) {
            return false;
        }
        let template = RequestTemplate::bare(method, path);
        let none = Credentials::none();
        let probe = Probe {
            route,
            method: method.clone(),
            id: id.to_owned(),
            what: format!("unmatched {method} without credentials"),
            curl: requests::curl(&template, &none),
        };
        let findings = match self.send(template.request(&none)).await {
            Err(cause) => vec![probe.without_response(cause)],
            Ok(response) => {
                let problems = self.unmatched_problems(&probe, policy, plain, &response);
                problems
                    .into_iter()
                    .map(|(severity, problem)| probe.finding(severity, problem, Some(&response)))
                    .collect()
            }
        };
        let found = !findings.is_empty();
        report.count(id, found);
        self.findings.extend(findings);
        found
    }

    /// A fallback may read the token, and accept a bad one.
    ///
    /// A good one may be answered, because a fallback can require a caller.
    async fn send_unmatched_with_tokens(
        &mut self,
        route: &Route,
        method: &Method,
        policy: UnmatchedPolicy,
        report: &mut RouteReport,
    ) {
        if self.plan.without.contains("H15") || policy == UnmatchedPolicy::Answered {
            return;
        }
        let template = RequestTemplate::bare(method, UNKNOWN_PATH);
        let good = self.plan.sources.default().good_token(&[]);
        let forged = good.rsplit_once('.').map_or_else(|| "a.b.c".to_owned(), |(signed, _)| format!("{signed}.AAAA"));
        for (what, token) in
            [("a token that cannot be parsed", "a.b.c"), ("a forged token", &forged), ("a good token", &good)]
        {
            let credentials = Credentials::bearer(token);
            let probe = Probe {
                route,
                method: method.clone(),
                id: "H15".to_owned(),
                what: format!("unmatched {method} with {what}"),
                curl: requests::curl(&template, &credentials),
            };
            let finding = match self.send(template.request(&credentials)).await {
                Err(cause) => Some(probe.without_response(cause)),
                Ok(response) => {
                    let open = response.status.is_success() || response.gate.ran > 0;
                    let is_layer = *method == Method::OPTIONS && response.answers_preflight();
                    (open && what != "a good token" && !is_layer).then(|| {
                        let problem = unmatched_was_answered(response.status);
                        probe.finding(Severity::GotThrough, problem, Some(&response))
                    })
                }
            };
            report.count("H15", finding.is_some());
            self.findings.extend(finding);
        }
    }

    fn unmatched_problems(
        &mut self,
        probe: &Probe<'_>,
        policy: UnmatchedPolicy,
        plain: StatusCode,
        response: &ServiceResponse,
    ) -> Vec<(Severity, String)> {
        let status = response.status;
        // H20: a layer answers in front of the router, for every path.
        if probe.method == Method::OPTIONS && response.answers_preflight() {
            return Vec::new();
        }
        match policy {
            // A public handler of the service answers; the posture has a row for it.
            UnmatchedPolicy::Answered => Vec::new(),
            UnmatchedPolicy::Hidden => {
                let problems = self.checker.visible_problems(&self.target, probe, Expected::NoCredentials, response);
                problems.into_iter().map(|problem| (Severity::Wrong, problem)).collect()
            }
            UnmatchedPolicy::AsInAxum => {
                let declared = self.plan.rejections.contains_key(&status.as_u16());
                let rejected = declared || [plain, StatusCode::UNAUTHORIZED].contains(&status);
                let open = status.is_success() || response.gate.ran > 0;
                match (rejected && response.gate.ran == 0, open) {
                    (true, _) => Vec::new(),
                    (false, true) => vec![(Severity::GotThrough, unmatched_was_answered(status))],
                    (false, false) => vec![(
                        Severity::Wrong,
                        format!("wrong status of an unmatched request: `{status}`: answer {}", plain.as_u16()),
                    )],
                }
            }
        }
    }
}

pub(super) fn unmatched_was_answered(status: StatusCode) -> String {
    format!("unmatched request was answered: `{status}`: reject it in the layer or the fallback that answers it")
}
