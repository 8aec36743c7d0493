//! H20: the response of a layer for cross-origin requests to OPTIONS.
//!
//! The layer answers in front of the router, so its response shows nothing about the route. The
//! preflight of a browser has no credentials (WHATWG Fetch, "CORS-preflight fetch").

use super::attack_run::AttackRun;
use super::probe::Probe;
use super::requests::{self, RequestTemplate};
use crate::catalogue::Credentials;
use crate::report::{RouteReport, Severity};
use crate::target::{Route, ServiceResponse, UnmatchedPolicy};
use http::Method;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
};

/// An origin that no service trusts.
const FOREIGN_ORIGIN: &str = "https://evil.example";

impl AttackRun {
    /// Whether a layer answers OPTIONS in front of this route, so that an attack reaches only the
    /// layer.
    pub(super) async fn is_answered_by_a_layer(&mut self, route: &Route, report: &mut RouteReport) -> bool {
        let template = self.plan.template(route, &Method::OPTIONS);
        let response = self.send(template.request(&Credentials::none())).await;
        let answered = response.is_ok_and(|response| response.answers_preflight());
        if answered {
            report.note("OPTIONS is answered by a layer for cross-origin requests, so it was not attacked".to_owned());
            self.send_preflight(route, &Method::GET, UnmatchedPolicy::AsInAxum, report).await;
        }
        answered
    }

    /// Sends the preflight of a browser on a page of another origin.
    pub(super) async fn send_preflight(
        &mut self,
        route: &Route,
        method: &Method,
        policy: UnmatchedPolicy,
        report: &mut RouteReport,
    ) {
        if self.plan.without.contains("H20") {
            return;
        }
        let path = self.plan.template(route, method).path;
        let template = RequestTemplate::bare(&Method::OPTIONS, &path);
        let credentials =
            Credentials::none().header(ORIGIN, FOREIGN_ORIGIN).header(ACCESS_CONTROL_REQUEST_METHOD, method.as_str());
        let probe = Probe {
            route,
            method: Method::OPTIONS,
            id: "H20".to_owned(),
            what: format!("a preflight for {method} from {FOREIGN_ORIGIN}"),
            curl: requests::curl(&template, &credentials),
        };
        let finding = match self.send(template.request(&credentials)).await {
            Err(cause) => Some(probe.without_response(cause)),
            Ok(response) => {
                problem(policy, &response).map(|(severity, text)| probe.finding(severity, text, Some(&response)))
            }
        };
        report.count("H20", finding.is_some());
        self.findings.extend(finding);
    }
}

fn problem(policy: UnmatchedPolicy, response: &ServiceResponse) -> Option<(Severity, String)> {
    let header = |name| response.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let origin = header(ACCESS_CONTROL_ALLOW_ORIGIN);
    let by_a_handler = response.gate.ran > 0 || (response.status.is_success() && !response.answers_preflight());
    // A public fallback answers every client; the posture has a row for it.
    if by_a_handler && policy != UnmatchedPolicy::Answered {
        let text = format!(
            "preflight was answered by a handler: `{}`: answer OPTIONS in a layer for cross-origin requests, or reject it",
            response.status
        );
        return Some((Severity::GotThrough, text));
    }
    (origin == FOREIGN_ORIGIN && header(ACCESS_CONTROL_ALLOW_CREDENTIALS) == "true").then(|| {
        let text = format!(
            "preflight allows the credentials of every origin: `access-control-allow-origin: {origin}`: list the \
             origins that may send them"
        );
        (Severity::Wrong, text)
    })
}
