//! H37: a caller who gives a role above its own.
//!
//! Who may invite or promote others chooses among the roles, also those that it lacks, and takes
//! the higher one with a second account (CWE-269, OWASP WSTG-IDNT-03).

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::plan::AttackPlan;
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Route};
use http::{Method, StatusCode};
use serde_json::json;

/// Roles from the least to the most, as most services name them.
const RANKS: [&[&str]; 6] = [
    &["guest", "viewer", "reader", "read", "observer"],
    &["member", "user", "customer", "commenter", "agent"],
    &["editor", "contributor", "writer", "write", "developer", "author"],
    &["manager", "maintainer", "moderator", "lead"],
    &["admin", "administrator"],
    &["owner"],
];

/// Parts of the path of a route that gives a role.
const GIVES: [&str; 7] = ["member", "invit", "team", "collaborat", "user", "staff", "role"];

/// Members with the role.
const ROLES: [&str; 4] = ["role", "role_name", "roleName", "access_level"];

/// Parts of a scope whose holder may be meant to give each role.
const BROAD: [&str; 8] = ["admin", "own", "root", "manage", "super", "role", "all", "*"];

/// A role that no service has. A service that accepts it has no closed set of roles.
const UNKNOWN: &str = "zzz-unknown";

impl AttackRun {
    /// Gives a higher role than that of the test, so it comes late.
    pub(super) async fn attack_roles_above(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        if self.plan.without.contains("H37") || self.locked_out {
            return;
        }
        for (route, report) in routes.iter().zip(reports) {
            let path = route.path.to_ascii_lowercase();
            let is_tried = route.decision() == Decision::Authenticated
                && route.accepts_bearer_tokens()
                && !route.grpc
                && GIVES.iter().any(|part| path.contains(part))
                && self.plan.exclusion_of(route).is_none();
            let Some(method) = route.methods(&[]).into_iter().next().filter(|_| is_tried) else { continue };
            if !matches!(method, Method::POST | Method::PUT | Method::PATCH) {
                continue;
            }
            let template = self.plan.template(route, &method);
            let Some((member, low)) = template.first_member(&ROLES) else { continue };
            let Some(own) = self.own_rank(route).filter(|own| rank(&low).is_some_and(|low| low <= *own)) else {
                continue;
            };
            if let Some(is_found) = self.give_above((route, &method), &template, (member, own)).await {
                report.count("H37", is_found);
            }
        }
    }

    /// The rank of the good caller; `None` where it may give each role.
    ///
    /// Without a role in the token, a scope that is not about administration does not make owners.
    fn own_rank(&self, route: &Route) -> Option<usize> {
        let issuer = self.plan.sources.of(route).issuer()?;
        if let Some(role) = issuer.claims().get("role") {
            return rank(role.as_str()?);
        }
        let scopes = AttackPlan::scopes_for(route);
        let is_broad = |scope: &String| BROAD.iter().any(|part| scope.to_ascii_lowercase().contains(part));
        let has_roles = ["roles", "groups", "permissions"].iter().any(|claim| issuer.has_claim(claim));
        let below_owners = !scopes.is_empty() && !scopes.iter().any(is_broad) && !has_roles;
        below_owners.then_some(RANKS.len() - 2)
    }

    async fn give_above(
        &mut self,
        (route, method): (&Route, &Method),
        template: &RequestTemplate,
        (member, own): (&'static str, usize),
    ) -> Option<bool> {
        let caller = Credentials::bearer(&self.plan.good_token(route));
        let with = |role: &str| {
            let body = template.body_with_all_replaced(&[(member, json!(role))])?;
            Some(RequestTemplate { body: body.into_bytes(), ..template.clone() })
        };
        let unknown = self.send(with(UNKNOWN)?.request(&caller)).await.ok()?;
        // Roles that a team names itself have no order. A taken name shows nothing.
        if !unknown.status.is_client_error() || unknown.status == StatusCode::CONFLICT {
            return None;
        }
        let good = self.send(template.request(&caller)).await.ok()?;
        if !good.status.is_success() {
            return None;
        }
        let above = RANKS.iter().skip(own + 1).rev().filter_map(|names| names.first());
        for role in above {
            let request = with(role)?;
            let Ok(response) = self.send(request.request(&caller)).await else { continue };
            if response.status.is_success() {
                let got_through = GotThrough {
                    id: "H37",
                    what: format!("the {member} {role}, given by a caller below it"),
                    problem: format!(
                        "caller gives a role above its own: `{member}` is `{role}`: `{}`: compare the role with that of \
                         the caller, or accept it: `.accepting(\"H37\", \"why\")`",
                        response.status
                    ),
                };
                self.report_got_through((route, method), got_through, (&request, &caller), &response);
                // Back to the role of the test.
                let _ = self.send(template.request(&caller)).await;
                return Some(true);
            }
        }
        Some(false)
    }
}

fn rank(role: &str) -> Option<usize> {
    let role = role.to_ascii_lowercase();
    RANKS.iter().position(|names| names.contains(&role.as_str()))
}
