//! T29: a caller that does not meet a condition of the verifier.

use super::attack_run::AttackRun;
use super::plan::AttackPlan;
use crate::catalogue::{Attack, Credentials, Expected};
use crate::report::{RouteReport, Severity};
use crate::target::Route;
use auth_runtime::events::Reason;
use http::{Method, StatusCode};

impl AttackRun {
    /// Sends a token of each caller that the test names, to a route that does not waive its
    /// condition.
    pub(super) async fn attack_conditions(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let tokens: Vec<(String, String)> = self
            .plan
            .not_meeting(route)
            .map(|(condition, issuer)| {
                let scopes = AttackPlan::scopes_for(route).into_iter().filter(|scope| scope != condition);
                let token = scopes.fold(issuer.token(), |token, scope| token.scope(&scope));
                (condition.clone(), token.signed())
            })
            .collect();
        for (condition, token) in tokens {
            let what = format!("a token of a caller that does not meet the condition {condition}");
            let attack = Attack::new("T29", what, Expected::Denied, |_| None)
                .because(&[Reason::Denied, Reason::PermissionUndecided]);
            let before = self.findings.len();
            // 200 as the good status, as for a permission.
            self.send_attack(route, method, &attack, Credentials::bearer(&token), StatusCode::OK).await;
            for finding in &mut self.findings[before..] {
                if finding.severity == Severity::GotThrough {
                    finding.problem = format!(
                        "{}\nthe caller does not meet `{condition}`, which the verifier requires on every route: check the \
                         condition, or waive it with `despite`",
                        finding.problem
                    );
                }
            }
            report.count("T29", self.findings.len() > before);
        }
    }
}
