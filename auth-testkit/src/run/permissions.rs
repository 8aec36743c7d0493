//! T29: an authenticated caller without the permission.

use super::attack_run::AttackRun;
use super::lacking_tokens::tokens_without_permission;
use super::plan::AttackPlan;
use super::probe::Probe;
use super::requests;
use crate::catalogue::{Attack, Credentials, Expected};
use crate::report::{Finding, RouteReport, Severity};
use crate::target::Route;
use auth_runtime::events::Reason;
use auth_runtime::permissions::PermissionName;
use http::{Method, StatusCode};

impl AttackRun {
    /// Sends tokens of callers that the permission, a condition or a rule must deny.
    pub(super) async fn attack_permissions(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        if !route.permissions.is_empty() {
            self.attack_permission(route, method, report).await;
            self.attack_editable_claims(route, method, report).await;
            self.attack_accepted_token(route, method, report).await;
            self.attack_unknown_subject(route, method, report).await;
        }
        self.attack_conditions(route, method, report).await;
        self.attack_rules(route, method, report).await;
    }

    /// Sends tokens without the permission.
    ///
    /// Scopes are compared as whole words (RFC 6749 section 3.3).
    async fn attack_permission(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let Some(issuer) = self.plan.sources.of(route).issuer().cloned() else {
            self.not_sent.insert(
                "T29 (a token without the permission)".to_owned(),
                "only the issuer's key can sign it".to_owned(),
            );
            return;
        };
        if let Some(why) = route.permissions.iter().find_map(|permission| self.plan.grant_of(permission)) {
            report.note(format!("granted to every caller: {why}"));
            return;
        }
        let by_scope = self.with_scopes_only(route, method, &issuer).await;
        let mut tokens =
            if by_scope.permissions.is_empty() { Vec::new() } else { tokens_without_permission(&by_scope, &issuer) };
        tokens.extend(self.scopes_of_others(&by_scope, &issuer).into_iter().map(|other| {
            let what = format!("only the scope {other}, which another route requires");
            (what, Expected::Denied, issuer.token().scope(&other))
        }));
        tokens.extend(self.plan.lacking(route).map(|(permission, issuer)| {
            let scopes = AttackPlan::scopes_for(route);
            let token = scopes
                .iter()
                .filter(|scope| *scope != permission)
                .fold(issuer.token(), |token, scope| token.scope(scope));
            (format!("the claims of a caller without {permission}"), Expected::Denied, token)
        }));
        let mut is_tested = false;
        for (what, expected, token) in tokens {
            let attack = Attack::new("T29", format!("a token with {what}"), expected, |_| None).because(&[
                Reason::Denied,
                Reason::ClaimsMismatch,
                Reason::PermissionUndecided,
            ]);
            let failed = self.denied(route, method, &attack, Credentials::bearer(&token.signed())).await;
            report.count("T29", failed);
            // The claims type may have rejected the token before the permission was checked.
            is_tested |= expected == Expected::Denied || self.last_status != Some(StatusCode::UNAUTHORIZED);
        }
        if !is_tested {
            let finding = self.untested_permission(route, method);
            self.findings.push(finding);
        }
    }

    fn untested_permission(&self, route: &Route, method: &Method) -> Finding {
        let name = shortest(&route.permissions[0]);
        let problem = format!(
            "permission was not tested: the claims type rejects each token without it: add a caller that lacks it: \
             `.caller_lacking({name:?}, &issuer.with_claim(..))`"
        );
        let template = self.plan.template(route, method);
        let credentials = Credentials::bearer(&self.plan.good_token(route));
        let probe = Probe {
            route,
            method: method.clone(),
            id: "T29".to_owned(),
            what: "a caller without the permission".to_owned(),
            curl: requests::curl(&template, &credentials),
        };
        probe.finding(Severity::Control, problem, None)
    }

    async fn denied(&mut self, route: &Route, method: &Method, attack: &Attack, credentials: Credentials) -> bool {
        let before = self.findings.len();
        // 200 as the good status, because a permission may be denied with the status of the
        // control.
        self.send_attack(route, method, attack, credentials, StatusCode::OK).await;
        let permissions: Vec<String> = route.permissions.iter().map(ToString::to_string).collect();
        let joined = permissions.join(" and ");
        let shortest = shortest(&route.permissions[0]);
        for finding in &mut self.findings[before..] {
            if finding.severity == Severity::GotThrough {
                finding.problem = format!(
                    "{}\nthe token does not grant `{joined}`: check the permission, or declare that every caller has it: \
                     `.granted_to_all({shortest:?}, \"why\")`",
                    finding.problem
                );
            }
        }
        self.findings.len() > before
    }
}

/// The name that a test may use for a permission.
fn shortest(permission: &PermissionName) -> String {
    match permission {
        PermissionName::Check { name, .. } | PermissionName::Scope(name) => name.to_string(),
        permission => permission.to_string(),
    }
}
