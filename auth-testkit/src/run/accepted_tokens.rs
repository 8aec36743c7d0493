//! T29: a token that a route with another permission has accepted.
//!
//! A service that caches the verdict about a token must check the permission again.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::weaker_methods::is_rejection;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Route};
use http::Method;

/// How many other routes accept the token first.
const ROUTES: usize = 2;

impl AttackRun {
    pub(super) async fn attack_accepted_token(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        if *method == Method::HEAD {
            return;
        }
        let template = self.plan.template(route, method);
        let mut others: Vec<Route> =
            self.target.routes.iter().filter(|other| self.accepts_first(other, route)).cloned().collect();
        others.sort_by_key(|other| (other.permissions.is_empty(), other.method != "GET"));
        // One route that requires another permission, and one that requires none.
        others.dedup_by_key(|other| other.permissions.is_empty());
        for other in others.into_iter().take(ROUTES) {
            let caller = |run: &Self| run.callers_without(route, &other).into_iter().find(Credentials::are_presented);
            let (Some(fresh), Some(used)) = (caller(self), caller(self)) else { continue };
            // Where the permission is not checked at all, another attack finds it.
            if !self.send(template.request(&fresh)).await.is_ok_and(|response| is_rejection(response.status)) {
                return;
            }
            let Some(own) = other.methods(&[]).into_iter().next() else { continue };
            let request = self.plan.template(&other, &own).request(&used);
            if !self.send(request).await.is_ok_and(|response| response.status.is_success()) {
                continue;
            }
            for _ in 0..2 {
                let Ok(response) = self.send(template.request(&used)).await else { continue };
                let is_found = response.status.is_success();
                report.count("T29", is_found);
                if is_found {
                    let got_through = GotThrough {
                        id: "T29",
                        what: format!("a token without the permission, which {other} has accepted"),
                        problem: format!(
                            "token that another route has accepted is accepted without the permission: `{}`: check the \
                             permission of each request, also where the token is in a cache",
                            response.status
                        ),
                    };
                    self.report_got_through((route, method), got_through, (&template, &used), &response);
                    break;
                }
            }
        }
    }

    /// Whether a route may accept a token that lacks the permission of another one.
    fn accepts_first(&self, other: &Route, route: &Route) -> bool {
        other != route
            && other.permissions != route.permissions
            && other.decision() == Decision::Authenticated
            && other.accepts_bearer_tokens()
            && other.claims == route.claims
            && !matches!(other.method.as_str(), "DELETE" | "ANY")
            && self.plan.exclusion_of(other).is_none()
    }
}
