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

impl AttackRun {
    /// Sends requests that no route matches.
    pub(super) async fn probe_unmatched(&mut self, routes: &[Route]) -> RouteReport {
        let unmatched = Route::new("ANY", "/*");
        let mut report = RouteReport::new(&unmatched);
        let paths = self.target.unmatched.path;
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            self.send_unmatched(&unmatched, &method, UNKNOWN_PATH, "H15", paths, StatusCode::NOT_FOUND, &mut report)
                .await;
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
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
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
                self.attack_path_spellings(route, &mut report).await;
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
                let rejected = [plain, StatusCode::UNAUTHORIZED].contains(&status);
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

    /// H16: other spellings of a path, because a guard in front of the router may compare paths
    /// differently.
    async fn attack_path_spellings(&mut self, route: &Route, report: &mut RouteReport) {
        let Some(method) = route.methods(&[]).into_iter().next() else { return };
        if self.plan.without.contains("H16") {
            return;
        }
        let path = self.plan.template(route, &method).path;
        let spelled = [
            format!("{path}/"),
            format!("/{path}"),
            format!("//{}", path.trim_start_matches('/')),
            path.to_uppercase(),
            format!("{path};x"),
            format!("{path}.json"),
            format!("{path}%20"),
            format!("{path}%00"),
            format!("/.{path}"),
            format!("/x/..{path}"),
            format!("/x/%2e%2e{path}"),
            path.replacen('/', "/%2f", 1),
        ];
        // Words for which a guard may accept a request, wherever in the URL they are.
        let words =
            ["/health", "/healthz", "/public", "/login", "/static/x.css", "/favicon.ico", "/metrics", "/swagger"];
        let switches = [
            "debug=true",
            "debug=1",
            "test=true",
            "admin=true",
            "internal=true",
            "bypass=true",
            "auth=false",
            "noauth",
        ];
        let in_the_query = words.iter().map(|word| format!("{path}?next={word}"));
        let in_the_query = in_the_query.chain(switches.iter().map(|word| format!("{path}?{word}")));
        let as_parameter = words.iter().map(|word| requests::fill(&route.path, |_| word.strip_prefix('/')));
        for other in spelled.into_iter().chain(in_the_query).chain(as_parameter) {
            if other == path || self.is_open(&method, &other) {
                continue;
            }
            let template = RequestTemplate::bare(&method, &other);
            let none = Credentials::none();
            // Without the path, so that the name of the attack is the same on all routes.
            let spelling = if path == "/" { other.clone() } else { other.replace(path.as_str(), "{path}") };
            let probe = Probe {
                route,
                method: method.clone(),
                id: "H16".to_owned(),
                what: format!("the path as {spelling} without credentials"),
                curl: requests::curl(&template, &none),
            };
            let finding = match self.send(template.request(&none)).await {
                Err(cause) => Some(probe.without_response(cause)),
                Ok(response) => {
                    let ran = response.gate.ran > 0;
                    let by_the_fallback = self.target.unmatched.path == UnmatchedPolicy::Answered && ran;
                    let open = response.status.is_success() || ran;
                    (open && !by_the_fallback).then(|| {
                        let problem = unmatched_was_answered(response.status);
                        probe.finding(Severity::GotThrough, problem, Some(&response))
                    })
                }
            };
            report.count("H16", finding.is_some());
            self.findings.extend(finding);
        }
    }
}

fn unmatched_was_answered(status: StatusCode) -> String {
    format!("unmatched request was answered: `{status}`: reject it in the layer or the fallback that answers it")
}
