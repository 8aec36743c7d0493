//! The positive control, and what a caller may do who may do nothing.

use super::{Aim, Armed, Run, judge, requests};
use crate::catalogue::{Attack, Credentials, Expected};
use crate::report::{Finding, RouteReport, Severity};
use crate::target::Route;
use auth_runtime::{PermissionName, Reason};
use http::{Method, StatusCode};

impl Run {
    /// A good token: its status, if it gets in.
    pub(super) async fn control(
        &mut self,
        route: &Route,
        method: &Method,
        scopes: &[String],
        report: &mut RouteReport,
        when: &str,
    ) -> Option<StatusCode> {
        let filled = self.armed.fill(route, method);
        let credentials = Credentials::bearer(&self.armed.good(scopes));
        let aim = Aim {
            route,
            method: method.clone(),
            id: "good".to_owned(),
            what: format!("a good token, {when} the attacks"),
            curl: requests::curl(&filled, &credentials),
        };
        let answer = match self.send(filled.request(&credentials)).await {
            Ok(answer) => answer,
            Err(broken) => {
                self.findings.push(Finding { severity: Severity::Control, ..judge::broken(&aim, broken) });
                report.tried("good", true);
                return None;
            }
        };
        let problem = if self.target.is_guarded() {
            (answer.seen.admitted == 0).then(|| {
                let reasons: Vec<&str> = answer.seen.refused.iter().map(|event| event.reason.as_str()).collect();
                let detail = answer.seen.refused.first().and_then(|event| event.detail.clone()).unwrap_or_default();
                let remedy = remedy(answer.status);
                format!("a good token was refused ({} {detail}){remedy}", reasons.join(", "))
            })
        } else {
            let passes = !answer.status.is_server_error()
                && !matches!(
                    answer.status,
                    StatusCode::UNAUTHORIZED
                        | StatusCode::FORBIDDEN
                        | StatusCode::NOT_FOUND
                        | StatusCode::METHOD_NOT_ALLOWED
                );
            (!passes).then(|| format!("a good token was answered {}{}", answer.status, remedy(answer.status)))
        };
        report.tried("good", problem.is_some());
        let failed = problem.is_some();
        self.findings.extend(problem.map(|problem| judge::finding(Severity::Control, &aim, problem, Some(&answer))));
        (!failed).then_some(answer.status)
    }

    /// T29: a known caller who may not do this. Scopes are compared whole (RFC 6749 section 3.3).
    pub(super) async fn attack_permission(
        &mut self,
        route: &Route,
        method: &Method,
        scopes: &[String],
        report: &mut RouteReport,
    ) {
        let Some(issuer) = self.armed.issuer.clone() else { return };
        let bare = issuer.without_claims();
        let mut tokens = vec![("nothing but what every token has".to_owned(), bare.token())];
        // Of each scope: all but it, and it alone, where the permissions say that this is not enough.
        for scope in scopes.iter().filter(|_| scopes.len() > 1) {
            let others: Vec<&String> = scopes.iter().filter(|other| *other != scope).collect();
            for (what, had) in [("all but", others), ("nothing but", vec![scope])] {
                if Armed::lacks(route, &had) {
                    let token = had.iter().fold(issuer.token(), |token, scope| token.scope(scope));
                    tokens.push((format!("{what} {scope}"), token));
                }
            }
        }
        for scope in scopes {
            for (what, other) in [
                ("a scope that begins like the right one", format!("{scope}x")),
                ("the beginning of the right scope", scope[..scope.len() - 1].to_owned()),
                ("the right scope in capitals", scope.to_uppercase()),
            ] {
                if other != *scope && !other.is_empty() {
                    tokens.push((format!("{what}: {other}"), bare.token().scope(&other)));
                }
            }
        }
        if let Some(why) = route.permissions.iter().find_map(|permission| self.armed.granted(permission)) {
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
            report.tried("T29", failed);
        }
    }

    async fn denied(&mut self, route: &Route, method: &Method, attack: &Attack, credentials: Credentials) -> bool {
        let before = self.findings.len();
        // No status of a good token is one of a denied one.
        self.one(route, method, attack, credentials, StatusCode::OK).await;
        let permissions: Vec<String> = route.permissions.iter().map(ToString::to_string).collect();
        let joined = permissions.join(" and ");
        let shortest = match &route.permissions[0] {
            PermissionName::Check { name, .. } => name.to_string(),
            permission => permission.to_string(),
        };
        for finding in &mut self.findings[before..] {
            if finding.severity == Severity::GotThrough {
                finding.problem = format!(
                    "{}; whatever `{joined}` asks for, it was not there. If every known caller may have it, say \
                     `.granted_to_all({:?}, \"why\")`",
                    finding.problem, shortest
                );
            }
        }
        self.findings.len() > before
    }
}

fn remedy(status: StatusCode) -> &'static str {
    match status {
        StatusCode::FORBIDDEN => {
            ", so nothing is shown by refusals. If a permission asks for a claim, give it to the issuer: `.with_claim(..)`"
        }
        StatusCode::NOT_FOUND => {
            ", so nothing is shown by refusals. If there is no such object, name one: `.parameter(\"id\", \"7\")`"
        }
        StatusCode::UNAUTHORIZED => {
            ", so nothing is shown by refusals. Does the service trust this issuer, its name and its audience? A claims type \
             may ask for a claim: `.with_claim(..)`"
        }
        _ => ", so nothing is shown by refusals",
    }
}
