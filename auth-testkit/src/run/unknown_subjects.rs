//! T29: a good token of a subject that the service does not know.
//!
//! Where a table decides by the subject, a subject without a row must not get a permission by a
//! default.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::plan::AttackPlan;
use crate::catalogue::Credentials;
use crate::issuer::{TestIssuer, TestToken};
use crate::report::RouteReport;
use crate::target::Route;
use http::Method;

/// The subject that the kit uses where a test does not name one.
const USUAL: &str = "alice";

const UNKNOWN: &str = "a-subject-without-a-row";

impl AttackRun {
    pub(super) async fn attack_unknown_subject(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        if *method == Method::HEAD {
            return;
        }
        let template = self.plan.template(route, method);
        for (permission, issuer) in self.plan.lacking_by_subject(route) {
            let known = Credentials::bearer(&without_permission(&issuer, route, &permission, None));
            // Where the caller of the test is not denied, T29 has found it.
            if !self.is_rejected(&template, &known).await {
                continue;
            }
            let unknown = Credentials::bearer(&without_permission(&issuer, route, &permission, Some(UNKNOWN)));
            let Ok(response) = self.send(template.request(&unknown)).await else { continue };
            let is_found = response.status.is_success() || response.gate.ran > 0;
            report.count("T29", is_found);
            if is_found {
                let got_through = GotThrough {
                    id: "T29",
                    what: format!("a token without {permission}, of a subject that the service does not know"),
                    problem: format!(
                        "unknown subject gets the permission: `{}`: deny a subject without a row, and have no default \
                         that grants",
                        response.status
                    ),
                };
                self.report_got_through((route, method), got_through, (&template, &unknown), &response);
            }
        }
    }
}

impl AttackPlan {
    /// Callers that lack a permission because of their subject, each with the permission.
    pub(super) fn lacking_by_subject(&self, route: &Route) -> Vec<(String, TestIssuer)> {
        let Some(good) = self.sources.of(route).issuer() else { return Vec::new() };
        let is_granted = route.permissions.iter().any(|permission| self.grant_of(permission).is_some());
        let differs = |issuer: &TestIssuer| subject_of(issuer) != subject_of(good) && !differs_beside(issuer, good);
        let lacking = self.lacking(route).filter(|(permission, issuer)| {
            // An unknown subject is not on a list of those that are denied.
            let is_denial = ["not ", "not-", "not_", "un"].iter().any(|start| permission.starts_with(start));
            !is_granted && !is_denial && differs(issuer)
        });
        lacking.cloned().collect()
    }
}

/// A token of the caller without the scope, for its own subject or another one.
pub(super) fn without_permission(
    issuer: &TestIssuer,
    route: &Route,
    permission: &str,
    subject: Option<&str>,
) -> String {
    let scopes = AttackPlan::scopes_for(route).into_iter().filter(|scope| scope != permission);
    let token = scopes.fold(issuer.token(), |token, scope| token.scope(&scope));
    subject.into_iter().fold(token, TestToken::subject).signed()
}

fn subject_of(issuer: &TestIssuer) -> &str {
    issuer.claims().get("sub").and_then(|subject| subject.as_str()).unwrap_or(USUAL)
}

/// Whether a claim may decide that does not name the caller.
fn differs_beside(issuer: &TestIssuer, other: &TestIssuer) -> bool {
    const NAMES: [&str; 9] =
        ["sub", "email", "name", "preferred_username", "username", "upn", "user_id", "uid", "email_verified"];
    let mut claims = issuer.claims().keys().chain(other.claims().keys());
    claims.any(|claim| !NAMES.contains(&claim.as_str()) && issuer.claims().get(claim) != other.claims().get(claim))
}
