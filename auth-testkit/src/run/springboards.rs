//! H32: public routes as a springboard to protected ones.
//!
//! A proxy or a layer may take the URL or the method from a header. A request to a public route
//! then passes the guard, and reaches another route.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::probe::Probe;
use super::requests;
use crate::catalogue::{Credentials, method_in_form, method_overrides};
use crate::report::{RouteReport, Severity};
use crate::target::{Decision, Route};
use http::{HeaderName, Method};

/// Headers that name another URL.
const URLS: [&str; 8] = [
    "x-original-url",
    "x-rewrite-url",
    "x-original-uri",
    "x-forwarded-uri",
    "x-forwarded-path",
    "x-override-url",
    "x-envoy-original-path",
    "x-http-destinationurl",
];

/// How many protected routes are tried from how many public ones.
const PROTECTED: usize = 4;
const PUBLIC: usize = 4;

/// What a public route does without the header.
struct Own {
    body: String,
    /// Whether it changes a value of `.unchanged(..)`.
    changes: bool,
}

impl AttackRun {
    pub(super) async fn attack_springboards(&mut self, routes: &[Route], report: &mut RouteReport) {
        if self.plan.without.contains("H32") {
            return;
        }
        let is_called = |route: &&Route| self.plan.exclusion_of(route).is_none();
        let public: Vec<Route> =
            routes.iter().filter(|route| route.decision() == Decision::Public).filter(is_called).cloned().collect();
        let protected: Vec<Route> = routes
            .iter()
            .filter(|route| route.decision() == Decision::Authenticated)
            .filter(is_called)
            .cloned()
            .collect();
        for open in public.iter().take(PUBLIC) {
            let Some(method) = open.methods(&[]).into_iter().next() else { continue };
            // The route's own answer, which the header must not change into another route's.
            let template = self.plan.template(open, &method);
            let before = self.read_side_effects().await;
            let Ok(own) = self.send(template.request(&Credentials::none())).await else { continue };
            // A public route such as a registration changes values without the header, too.
            let changes = self.read_side_effects().await != before;
            let own = Own { body: comparable_body(&own, &self.plan.varying), changes };
            let reads = protected.iter().filter(|route| route.method == "GET" || route.method == "ANY");
            for other in reads.take(PROTECTED).cloned().collect::<Vec<_>>() {
                let path = self.plan.template(&other, &Method::GET).path;
                for name in URLS {
                    let credentials = Credentials::none().header(HeaderName::from_static(name), &path);
                    self.spring(open, &method, &other, (format!("{name}: {path}"), credentials), &own, report).await;
                }
            }
            for other in protected.iter().filter(|route| route.path == open.path) {
                let form = (method == Method::POST).then(|| method_in_form(&other.method));
                for named in method_overrides(&other.method).into_iter().chain(form) {
                    self.spring(open, &method, other, named, &own, report).await;
                }
            }
        }
    }

    async fn spring(
        &mut self,
        open: &Route,
        method: &Method,
        other: &Route,
        (named, credentials): (String, Credentials),
        own: &Own,
        report: &mut RouteReport,
    ) {
        let template = self.plan.template(open, method);
        let probe = Probe {
            route: other,
            method: method.clone(),
            id: "H32".to_owned(),
            what: format!("{named} at {open}"),
            curl: requests::curl(&template, &credentials),
        };
        let before = self.read_side_effects().await;
        let Ok(response) = self.send(template.request(&credentials)).await else { return };
        let answered = other.methods(&[]).into_iter().find(|of| self.reveals_good_answer(other, of, &response));
        let reached = answered.is_some() && comparable_body(&response, &self.plan.varying) != own.body;
        let mut findings = Vec::new();
        if !own.changes {
            findings.extend(self.changed_side_effects(&probe, &before, Some(&response)).await);
        }
        if reached {
            let problem = format!(
                "public route answered for a protected one: `{}`: ignore it, or apply it in front of the guard",
                response.status
            );
            findings.push(probe.finding(Severity::GotThrough, problem, Some(&response)));
        }
        report.count("H32", !findings.is_empty());
        self.findings.extend(findings);
    }
}
