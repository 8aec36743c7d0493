//! Paths and methods that are not there (H13 to H18): no handler is reached by them, and what they tell is what the posture
//! says.

use super::alike::Nowhere;
use super::requests::{self, Filled};
use super::{Aim, Run, judge};
use crate::catalogue::{Credentials, Expected};
use crate::report::{RouteReport, Severity};
use crate::target::{Answer, Decision, Policed, Route};
use http::{Method, StatusCode};
use std::collections::BTreeSet;

impl Run {
    /// What was tried where nothing is.
    pub(super) async fn probe_unmatched(&mut self, routes: &[Route]) -> RouteReport {
        let nowhere = Route::new("ANY", "/*");
        let mut report = RouteReport::new(&nowhere);
        let paths = self.target.unmatched.path;
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            let path = "/no-such-path-of-auth-testkit";
            self.unmatched(&nowhere, &method, path, "H15", paths, StatusCode::NOT_FOUND, &mut report).await;
        }
        let mut answers = Nowhere::new();
        let every: BTreeSet<&str> = routes.iter().map(|route| route.path.as_str()).collect();
        for path in every {
            let here: Vec<&Route> = routes.iter().filter(|route| route.path == path).collect();
            self.looks_like_nothing(&here, &mut answers, &mut report).await;
            if here.iter().any(|route| route.method == "ANY") {
                continue;
            }
            let methods = self.target.unmatched.method_at(path);
            let there: Vec<Method> = here.iter().flat_map(|route| route.methods(routes)).collect();
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
                let Ok(method) = Method::from_bytes(method.as_bytes()) else { continue };
                if there.contains(&method) || self.answered_by_a_layer(&method, here[0]) {
                    continue;
                }
                let filled = self.armed.fill(here[0], &method);
                let id = if method == Method::OPTIONS { "H13" } else { "H14" };
                self.unmatched(
                    here[0],
                    &method,
                    &filled.path,
                    id,
                    methods,
                    StatusCode::METHOD_NOT_ALLOWED,
                    &mut report,
                )
                .await;
            }
            for route in here.iter().filter(|route| route.decision() == Decision::Authenticated) {
                self.respelled(route, &mut report).await;
            }
        }
        report
    }

    /// A layer for cross-origin requests answers OPTIONS in front of the router (H20).
    fn answered_by_a_layer(&self, method: &Method, route: &Route) -> bool {
        *method == Method::OPTIONS && (!self.target.is_guarded() || !route.layers.is_empty())
    }

    #[expect(clippy::too_many_arguments, reason = "one request, and all there is to say of it")]
    async fn unmatched(
        &mut self,
        route: &Route,
        method: &Method,
        path: &str,
        id: &str,
        policed: Policed,
        plain: StatusCode,
        report: &mut RouteReport,
    ) {
        let filled = Filled::bare(method, path);
        let none = Credentials::none();
        let aim = Aim {
            route,
            method: method.clone(),
            id: id.to_owned(),
            what: format!("{method} {path}, which is no route, without credentials"),
            curl: requests::curl(&filled, &none),
        };
        let findings = match self.send(filled.request(&none)).await {
            Err(broken) => vec![judge::broken(&aim, broken)],
            Ok(answer) => {
                let problems = self.unmatched_problems(&aim, policed, plain, &answer);
                problems
                    .into_iter()
                    .map(|(severity, problem)| judge::finding(severity, &aim, problem, Some(&answer)))
                    .collect()
            }
        };
        report.tried(id, !findings.is_empty());
        self.findings.extend(findings);
    }

    fn unmatched_problems(
        &mut self,
        aim: &Aim<'_>,
        policed: Policed,
        plain: StatusCode,
        answer: &Answer,
    ) -> Vec<(Severity, String)> {
        match policed {
            // Something public of the service's own; that it is, is a row of the posture.
            Policed::Answered => Vec::new(),
            Policed::Concealed => {
                let looks = self.judge.looks(&self.target, aim, Expected::NoCredentials, answer);
                looks.into_iter().map(|problem| (Severity::Wrong, problem)).collect()
            }
            Policed::AsInAxum => {
                let refused = [plain, StatusCode::UNAUTHORIZED].contains(&answer.status);
                let open = answer.status.is_success() || answer.seen.ran > 0;
                match (refused && answer.seen.ran == 0, open) {
                    (true, _) => Vec::new(),
                    (false, true) => vec![(Severity::GotThrough, format!("something answered it {}", answer.status))],
                    (false, false) => {
                        vec![(Severity::Wrong, format!("it answered {} instead of {plain}", answer.status))]
                    }
                }
            }
        }
    }

    /// H16: the same path otherwise. Whoever compares paths somewhere in front of the router compares them differently.
    async fn respelled(&mut self, route: &Route, report: &mut RouteReport) {
        let Some(method) = route.methods(&[]).into_iter().next() else { return };
        let path = self.armed.fill(route, &method).path;
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
        // What guards let through because of a word in the address, wherever it stands.
        let words =
            ["/health", "/healthz", "/public", "/login", "/static/x.css", "/favicon.ico", "/metrics", "/swagger"];
        let asked = [
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
        let in_the_query = in_the_query.chain(asked.iter().map(|word| format!("{path}?{word}")));
        let as_parameter = words.iter().map(|word| requests::fill(&route.path, |_| word.strip_prefix('/')));
        for other in spelled.into_iter().chain(in_the_query).chain(as_parameter) {
            if other == path || self.is_open(&method, &other) {
                continue;
            }
            let filled = Filled::bare(&method, &other);
            let none = Credentials::none();
            let aim = Aim {
                route,
                method: method.clone(),
                id: "H16".to_owned(),
                what: format!("the path as {other}, without credentials"),
                curl: requests::curl(&filled, &none),
            };
            let finding = match self.send(filled.request(&none)).await {
                Err(broken) => Some(judge::broken(&aim, broken)),
                Ok(answer) => {
                    let answered_elsewhere = self.target.unmatched.path == Policed::Answered && answer.seen.ran > 0;
                    let open = answer.status.is_success() || answer.seen.ran > 0;
                    let problem = || format!("something answered it {}", answer.status);
                    (open && !answered_elsewhere)
                        .then(|| judge::finding(Severity::GotThrough, &aim, problem(), Some(&answer)))
                }
            };
            report.tried("H16", finding.is_some());
            self.findings.extend(finding);
        }
    }
}
