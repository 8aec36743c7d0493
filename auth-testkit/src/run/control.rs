//! The positive control, and the attacks of a caller without the permission.

use super::attack_run::AttackRun;
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
    /// Sends a good token, and returns the status if it is accepted.
    pub(super) async fn control(
        &mut self,
        route: &Route,
        method: &Method,
        scopes: &[String],
        report: &mut RouteReport,
        when: &str,
    ) -> Option<StatusCode> {
        let template = self.plan.template(route, method);
        let credentials = Credentials::bearer(&self.plan.good_token(scopes));
        let probe = Probe {
            route,
            method: method.clone(),
            id: "good".to_owned(),
            what: format!("a good token, {when} the attacks"),
            curl: requests::curl(&template, &credentials),
        };
        let response = match self.send(template.request(&credentials)).await {
            Ok(response) => response,
            Err(cause) => {
                self.findings.push(Finding { severity: Severity::Control, ..probe.without_response(cause) });
                report.count("good", true);
                return None;
            }
        };
        let problem = if self.target.is_guarded() {
            (response.gate.admitted == 0).then(|| {
                let mut why: Vec<&str> = response.gate.refused.iter().map(|event| event.reason.as_str()).collect();
                why.extend(response.gate.refused.first().and_then(|event| event.detail.as_deref()));
                let status = response.status;
                format!("good token was rejected: `{status}` ({}): {}", why.join(", "), remedy(status))
            })
        } else {
            let passes = !response.status.is_server_error()
                && !matches!(
                    response.status,
                    StatusCode::UNAUTHORIZED
                        | StatusCode::FORBIDDEN
                        | StatusCode::NOT_FOUND
                        | StatusCode::METHOD_NOT_ALLOWED
                );
            (!passes).then(|| format!("good token was rejected: `{}`: {}", response.status, remedy(response.status)))
        };
        report.count("good", problem.is_some());
        let failed = problem.is_some();
        self.findings.extend(problem.map(|problem| probe.finding(Severity::Control, problem, Some(&response))));
        (!failed).then_some(response.status)
    }

    /// T29: an authenticated caller without the permission. Scopes are compared as whole words (RFC
    /// 6749 section 3.3).
    pub(super) async fn attack_permission(
        &mut self,
        route: &Route,
        method: &Method,
        scopes: &[String],
        report: &mut RouteReport,
    ) {
        let Some(issuer) = self.plan.issuer.clone() else { return };
        let bare = issuer.without_claims();
        let mut tokens = vec![("only the claims of every token".to_owned(), bare.token())];
        // All scopes but one, and each scope alone, where the permissions need more.
        for scope in scopes.iter().filter(|_| scopes.len() > 1) {
            let others: Vec<&String> = scopes.iter().filter(|other| *other != scope).collect();
            for (what, had) in [("all scopes but", others), ("only the scope", vec![scope])] {
                if AttackPlan::lacks(route, &had) {
                    let token = had.iter().fold(issuer.token(), |token, scope| token.scope(scope));
                    tokens.push((format!("{what} {scope}"), token));
                }
            }
        }
        for scope in scopes {
            for (what, other) in [
                ("a scope that starts with the right one", format!("{scope}x")),
                ("a prefix of the right scope", scope[..scope.len() - 1].to_owned()),
                ("the right scope in capitals", scope.to_uppercase()),
            ] {
                if other != *scope && !other.is_empty() {
                    tokens.push((format!("{what}: {other}"), bare.token().scope(&other)));
                }
            }
        }
        if let Some(why) = route.permissions.iter().find_map(|permission| self.plan.grant_of(permission)) {
            report.note(format!("granted to every caller: {why}"));
            return;
        }
        for (what, token) in tokens {
            let attack = Attack::new("T29", format!("a token with {what}"), Expected::Denied, |_| None).because(&[
                Reason::Denied,
                Reason::ClaimsMismatch,
                Reason::PermissionUndecided,
            ]);
            let failed = self.denied(route, method, &attack, Credentials::bearer(&token.signed())).await;
            report.count("T29", failed);
        }
    }

    async fn denied(&mut self, route: &Route, method: &Method, attack: &Attack, credentials: Credentials) -> bool {
        let before = self.findings.len();
        // 200 as the good status, because a permission may be denied with the status of the
        // control.
        self.send_attack(route, method, attack, credentials, StatusCode::OK).await;
        let permissions: Vec<String> = route.permissions.iter().map(ToString::to_string).collect();
        let joined = permissions.join(" and ");
        let shortest = match &route.permissions[0] {
            PermissionName::Check { name, .. } => name.to_string(),
            permission => permission.to_string(),
        };
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

fn remedy(status: StatusCode) -> &'static str {
    match status {
        StatusCode::FORBIDDEN => {
            "give the issuer the claim that the permission reads: `.with_claim(..)`; until then a rejection proves nothing"
        }
        StatusCode::NOT_FOUND => {
            "name an object that exists: `.parameter(\"id\", \"7\")`; until then a rejection proves nothing"
        }
        StatusCode::UNAUTHORIZED => {
            "check that the service trusts the key, name and audience of this issuer, and that its tokens have the \
             claims that the service reads: `.with_claim(..)`; until then a rejection proves nothing"
        }
        _ => "make a request with a good token succeed; until then a rejection proves nothing",
    }
}
