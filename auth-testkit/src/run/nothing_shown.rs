//! Routes that the kit cannot see: a router, or code that looks at the path, as the fallback.

use super::attack_run::AttackRun;
use super::hidden_paths::UNKNOWN_PATH;
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::report::{Finding, RouteReport};
use crate::target::{NoResponse, PrintedFallback, ServiceResponse};
use http::{Method, StatusCode};

impl AttackRun {
    /// Reports a fallback whose routes are not shown.
    ///
    /// A page for unknown paths behind the check is accepted, because a client without credentials
    /// does not reach what the fallback may answer.
    pub(super) async fn check_fallback(&mut self, report: &mut RouteReport) {
        if self.target.fallback == PrintedFallback::Default {
            return;
        }
        if let Some(why) = &self.plan.fallback {
            report.note(format!("routes of the fallback are not shown: {why}"));
            return;
        }
        let template = RequestTemplate::bare(&Method::GET, UNKNOWN_PATH);
        let good = Credentials::bearer(&self.plan.sources.default().good_token(&[]));
        let known = self.send(template.request(&good)).await;
        let unknown = self.send(template.request(&Credentials::none())).await;
        let names_routes = self.plan.named_routes.iter().any(|(by, _)| *by == "route");
        let declared = self.plan.rejections.contains_key(&StatusCode::NOT_FOUND.as_u16());
        if self.target.fallback == PrintedFallback::Service && !is_page(&known) {
            self.findings.push(Finding::nothing_shown("is a service", names_routes));
        } else if is_page(&unknown) && !declared {
            self.findings.push(Finding::nothing_shown("answers without credentials", names_routes));
        }
    }
}

/// Whether the service has answered for an unknown path itself. axum's own 404 has no body.
fn is_page(answer: &Result<ServiceResponse, NoResponse>) -> bool {
    answer.as_ref().is_ok_and(|response| response.status == StatusCode::NOT_FOUND && !response.body.is_empty())
}
