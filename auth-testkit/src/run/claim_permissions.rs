//! Permissions of a plain router that another claim than the scope decides.
//!
//! `.requires(..)` names a scope, so tokens with a similar scope are sent. Where the service
//! decides by a role, such a token is that of a caller with the permission.

use super::attack_run::AttackRun;
use super::control::is_accepted;
use super::plan::{AttackPlan, is_named};
use crate::catalogue::Credentials;
use crate::issuer::TestIssuer;
use crate::target::{Decision, Route};
use auth_runtime::permissions::PermissionName;
use http::{Method, StatusCode};
use std::collections::BTreeSet;

impl AttackRun {
    /// Finds the routes of a plain router that deny a caller of the test, where it names no route.
    ///
    /// The test must name the routes, because a forgotten check denies nothing. Those that deny
    /// the caller are attacked all the same.
    pub(super) async fn learn_permissions(&mut self, mut routes: Vec<Route>) -> Vec<Route> {
        let is_declared = routes.iter().any(|route| !route.permissions.is_empty());
        let is_left_out = self.plan.without.contains("T29") || !self.target.is_in_process();
        if self.target.is_guarded() || is_left_out || is_declared {
            return routes;
        }
        for (name, caller) in self.plan.lacking.clone() {
            for route in routes.iter_mut().filter(|route| route.decision() == Decision::Authenticated) {
                if self.is_denied(route, &caller).await {
                    route.permissions.push(PermissionName::Scope(name.clone().into()));
                }
            }
        }
        self.target.routes.clone_from(&routes);
        routes
    }

    /// Whether a caller gets 403. A request that deletes is sent for an object that does not exist.
    async fn is_denied(&mut self, route: &Route, caller: &TestIssuer) -> bool {
        let Some(method) = route.methods(&[]).into_iter().next() else { return false };
        let template = match self.plan.elsewhere(route, &method) {
            Some(elsewhere) if method == Method::DELETE => elsewhere,
            None if method == Method::DELETE => return false,
            _ => self.plan.template(route, &method),
        };
        let scopes = AttackPlan::scopes_for(route);
        let token = scopes.iter().fold(caller.token(), |token, scope| token.scope(scope)).signed();
        let answer = self.send(template.request(&Credentials::bearer(&token))).await;
        answer.is_ok_and(|response| response.status == StatusCode::FORBIDDEN)
    }

    /// The route with the permissions that a scope decides.
    ///
    /// A claim decides where the test has a caller with other claims that lacks the permission, and
    /// a token without the scope is accepted.
    pub(super) async fn with_scopes_only(&mut self, route: &Route, method: &Method, issuer: &TestIssuer) -> Route {
        let mut scopes_only = route.clone();
        if self.target.is_guarded() {
            return scopes_only;
        }
        for permission in &route.permissions {
            if self.plan.has_caller_with_other_claims(permission, issuer)
                && self.is_granted_without_scope(route, method, permission, issuer).await
            {
                scopes_only.permissions.retain(|other| other != permission);
            }
        }
        scopes_only
    }

    async fn is_granted_without_scope(
        &mut self,
        route: &Route,
        method: &Method,
        permission: &PermissionName,
        issuer: &TestIssuer,
    ) -> bool {
        let name = permission.to_string();
        let scopes = AttackPlan::scopes_for(route).into_iter().filter(|scope| *scope != name);
        let token = scopes.fold(issuer.token(), |token, scope| token.scope(&scope)).signed();
        let request = self.plan.template(route, method).request(&Credentials::bearer(&token));
        self.send(request)
            .await
            .is_ok_and(|response| is_accepted(&self.target, &response) && response.status != StatusCode::BAD_REQUEST)
    }
}

impl AttackPlan {
    fn has_caller_with_other_claims(&self, permission: &PermissionName, issuer: &TestIssuer) -> bool {
        let mut lacking = self.lacking.iter().filter(|(name, _)| is_named(permission, name));
        lacking.any(|(_, caller)| caller.differs_beside_the_scope(issuer))
    }

    /// One message for each caller that lacks what no route requires.
    ///
    /// A lock does not name the conditions of a verifier, so it cannot tell.
    pub(super) fn unknown_permissions(&self, routes: &[Route]) -> BTreeSet<String> {
        let required: Vec<&PermissionName> =
            routes.iter().flat_map(|route| route.permissions.iter().chain(&route.conditions)).collect();
        let unknown = self.lacking.iter().filter(|(name, _)| !required.iter().any(|known| is_named(known, name)));
        unknown
            .map(|(name, _)| {
                let remedy = if required.is_empty() {
                    let route = routes.first().map_or_else(|| "GET /admin".to_owned(), ToString::to_string);
                    format!("name a route that requires it: `.requires({route:?}, {name:?})`")
                } else {
                    let known: BTreeSet<String> = required.iter().map(ToString::to_string).collect();
                    format!("use one of {}", Vec::from_iter(known).join(", "))
                };
                format!("no route requires the permission: `.caller_lacking({name:?}, ..)`: {remedy}")
            })
            .collect()
    }
}
