//! Routes that the kit cannot see: a router as the fallback of another one.

use super::attack_run::AttackRun;
use super::hidden_paths::UNKNOWN_PATH;
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::report::{Finding, RouteReport};
use crate::target::PrintedFallback;
use http::{Method, StatusCode};

impl AttackRun {
    /// Reports a fallback whose routes are not shown, unless it is a page for unknown paths.
    pub(super) async fn check_fallback(&mut self, report: &mut RouteReport) {
        if self.target.fallback != PrintedFallback::Service {
            return;
        }
        if let Some(why) = &self.plan.fallback {
            report.note(format!("routes of the fallback are not shown: {why}"));
            return;
        }
        let good = Credentials::bearer(&self.plan.sources.default().good_token(&[]));
        let template = RequestTemplate::bare(&Method::GET, UNKNOWN_PATH);
        // A page for unknown paths has a body. A router answers as axum does, without one.
        let is_page = self
            .send(template.request(&good))
            .await
            .is_ok_and(|response| response.status == StatusCode::NOT_FOUND && !response.body.is_empty());
        if !is_page {
            self.findings.push(Finding::nothing_shown());
        }
    }
}
