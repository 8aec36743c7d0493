//! H37: a role that a caller stores for itself, and what the caller may do with it.
//!
//! An answer need not show what a handler stores (mass assignment). The route that requires the
//! permission shows it: it accepts a caller that it has denied before.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::log_ins::USERS;
use super::requests::RequestTemplate;
use super::unknown_subjects::without_permission;
use crate::catalogue::Credentials;
use crate::issuer::TestIssuer;
use crate::report::RouteReport;
use crate::target::{Decision, Route};
use http::Method;
use serde_json::{Value, json};

/// How many permissions and writing routes are tried.
const PERMISSIONS: usize = 2;
const WRITING: usize = 12;

/// A route that denies a caller.
struct Denying {
    route: Route,
    template: RequestTemplate,
    permission: String,
    issuer: TestIssuer,
}

/// What a caller sends, and the token with which it asks for the permission.
struct Store {
    template: RequestTemplate,
    sender: Credentials,
    asks: Credentials,
}

impl Denying {
    fn credentials(&self, route: &Route, subject: Option<&str>) -> Credentials {
        Credentials::bearer(&without_permission(&self.issuer, route, &self.permission, subject))
    }

    /// The request of a caller of the test, or of a user that registers.
    fn store(&self, route: &Route, template: &RequestTemplate, user: &str) -> Option<Store> {
        if route.decision() == Decision::Authenticated {
            let (sender, asks) = (self.credentials(route, None), self.credentials(&self.route, None));
            return Some(Store { template: template.clone(), sender, asks });
        }
        let (field, value) = template.first_member(&USERS)?;
        let name = match value.split_once('@') {
            Some((_, domain)) => format!("{user}@{domain}"),
            None => user.to_owned(),
        };
        let template = template.naming(&[field], &value, &name)?;
        Some(Store { template, sender: Credentials::none(), asks: self.credentials(&self.route, Some(&name)) })
    }
}

impl AttackRun {
    pub(super) async fn attack_stored_roles(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        if self.plan.without.contains("H37") || self.locked_out {
            return;
        }
        for denying in self.denying(routes) {
            let writing = routes.iter().zip(reports.iter_mut()).filter(|(route, _)| self.may_store(route));
            let writing: Vec<_> = writing.take(WRITING).collect();
            for (route, report) in writing {
                let method = route.methods(&[]).into_iter().next();
                if let Some(found) = self.store_role(&denying, (route, &method.unwrap_or_default())).await {
                    report.count("H37", found);
                    if found {
                        break;
                    }
                }
            }
        }
    }

    /// A route for each permission that the subject of a caller decides.
    fn denying(&self, routes: &[Route]) -> Vec<Denying> {
        let mut denying: Vec<Denying> = Vec::new();
        let reads = routes.iter().filter(|route| route.method == "GET");
        let others = routes.iter().filter(|route| matches!(route.method.as_str(), "POST" | "PUT" | "PATCH" | "ANY"));
        for route in reads.chain(others).filter(|route| self.is_for_callers(route)) {
            let Some(method) = route.methods(&[]).into_iter().next() else { continue };
            for (permission, issuer) in self.plan.lacking_by_subject(route) {
                if !denying.iter().any(|known| known.permission == permission) {
                    let template = self.plan.template(route, &method);
                    denying.push(Denying { route: route.clone(), template, permission, issuer });
                }
            }
        }
        denying.truncate(PERMISSIONS);
        denying
    }

    fn is_for_callers(&self, route: &Route) -> bool {
        route.decision() == Decision::Authenticated
            && route.accepts_bearer_tokens()
            && !route.grpc
            && self.plan.exclusion_of(route).is_none()
    }

    /// Whether a caller without a permission may write here.
    fn may_store(&self, route: &Route) -> bool {
        let writes = matches!(route.method.as_str(), "POST" | "PUT" | "PATCH");
        let is_public = route.decision() == Decision::Public && self.plan.exclusion_of(route).is_none();
        writes && route.permissions.is_empty() && !route.grpc && (is_public || self.is_for_callers(route))
    }

    /// Returns whether the caller got the permission; `None` where nothing was tried.
    async fn store_role(&mut self, denying: &Denying, (route, method): (&Route, &Method)) -> Option<bool> {
        let template = self.plan.template(route, method);
        let plain = denying.store(route, &template, "a-new-caller")?;
        let wrote = self.send(plain.template.request(&plain.sender)).await.ok()?;
        // A route that grants the permission by itself means it.
        if !wrote.status.is_success() || !self.is_rejected(&denying.template, &plain.asks).await {
            return None;
        }
        let mut names = vec!["admin", denying.permission.as_str()];
        names.dedup();
        for (number, name) in names.into_iter().enumerate() {
            let members = members(name);
            let all = format!("a-new-caller-{number}");
            match self.store_members(denying, (route, method), &members, &all).await {
                Some(true) => return Some(true),
                Some(false) => continue,
                // A typed body may reject one of them.
                None => {}
            }
            for (place, member) in members.chunks(1).enumerate() {
                let user = format!("a-new-caller-{number}-{place}");
                if self.store_members(denying, (route, method), member, &user).await == Some(true) {
                    return Some(true);
                }
            }
        }
        Some(false)
    }

    /// Returns whether the caller has the permission afterwards; `None` where the body is rejected.
    async fn store_members(
        &mut self,
        denying: &Denying,
        (route, method): (&Route, &Method),
        members: &[(&'static str, Value)],
        user: &str,
    ) -> Option<bool> {
        let store = denying.store(route, &self.plan.template(route, method), user)?;
        let body = Some(store.template.body_with_all(members)?);
        let credentials = store.sender.clone().with(Credentials { body, ..Credentials::none() });
        let response = self.send(store.template.request(&credentials)).await.ok()?;
        if !response.status.is_success() {
            return None;
        }
        let accepted = self.send(denying.template.request(&store.asks)).await.ok()?;
        let is_found = accepted.status.is_success() || accepted.gate.ran > 0;
        if is_found {
            let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
            let got_through = GotThrough {
                id: "H37",
                what: format!("members that only the service sets: {}", names.join(", ")),
                problem: format!(
                    "client gives itself the permission `{}`: {} accepts it afterwards: read a type that has the \
                     members of clients only",
                    denying.permission, denying.route
                ),
            };
            self.report_got_through((route, method), got_through, (&store.template, &credentials), &response);
        }
        Some(is_found)
    }
}

/// Members by which services store what a user may do.
fn members(name: &str) -> Vec<(&'static str, Value)> {
    let mut members = vec![
        ("role", json!(name)),
        ("roles", json!([name])),
        ("permissions", json!([name])),
        ("scope", json!(name)),
        ("user_type", json!(name)),
    ];
    members.extend(["is_admin", "isAdmin", "admin", "is_staff", "is_superuser"].map(|name| (name, json!(true))));
    members
}
