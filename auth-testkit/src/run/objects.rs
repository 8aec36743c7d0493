//! H36: an object of the good caller, requested by another caller.
//!
//! Where one route of an object denies another subject, the object has an owner. The other routes
//! of the object must deny that subject too.

use super::attack_run::AttackRun;
use super::builder::AttackBuilder;
use super::comparable::comparable_body;
use super::good_answers::says_nothing;
use super::got_through::GotThrough;
use super::named_owners::names_of;
use super::plan::{AttackPlan, names_of_parameters};
use super::requests::RequestTemplate;
use super::weaker_methods::is_rejection;
use crate::catalogue::Credentials;
use crate::target::{Decision, Route, ServiceResponse};
use http::Method;

/// Parameters that name a user, whose profile others may see.
const USERS: [&str; 9] =
    ["user", "user_id", "userid", "username", "account", "account_id", "name", "member", "customer"];

/// A route of an object, and the answer of another caller.
struct Denied<'a> {
    route: &'a Route,
    method: Method,
}

impl AttackBuilder {
    /// Declares that the answer of a route belongs to the good caller.
    ///
    /// ```
    /// # use auth_runtime::AuthRouter;
    /// # use auth_testkit::{TestIssuer, attack};
    /// # async fn test(app: AuthRouter, issuer: TestIssuer) {
    /// let attack = attack(app).with(&issuer).parameter("id", "7").owned("GET /orders/{id}");
    /// attack.await.assert_nothing_got_through();
    /// # }
    /// ```
    ///
    /// Another caller must not get it (H36), nor a guest of an `.optional` route. The kit finds
    /// most owners by itself, because another route of the same object denies the caller.
    pub fn owned(mut self, route: &str) -> Self {
        self.plan.name_route("owned", route);
        self.plan.owned.push(route.to_owned());
        self
    }
}

impl AttackRun {
    /// Attacks all routes with a parameter. It returns what to count, by the place of the route.
    ///
    /// A request that deletes comes last, because the others need the object.
    pub(super) async fn attack_objects(&mut self, routes: &[Route]) -> Vec<(usize, bool)> {
        let mut counted = Vec::new();
        if self.plan.without.contains("H36") || self.locked_out {
            return counted;
        }
        counted.extend(self.attack_objects_of_guests(routes).await);
        counted.extend(self.attack_second_objects(routes).await);
        counted.extend(self.attack_public_filters(routes).await);
        counted.extend(self.attack_tenant_claims(routes).await);
        let mut denied: Vec<Denied<'_>> = Vec::new();
        let mut granted: Vec<&str> = Vec::new();
        for name in ["GET", "PUT", "PATCH", "POST", "DELETE"] {
            for (place, route) in routes.iter().enumerate().filter(|(_, route)| route.method == name) {
                if !self.may_have_owner(route, routes) {
                    continue;
                }
                let (Ok(method), Some(caller)) = (name.parse::<Method>(), self.another_caller(route)) else { continue };
                let is_owned = self.plan.owned.iter().any(|owned| *owned == route.to_string());
                let witness = denied.iter().position(|denied| self.must_be_denied(denied, route, &granted));
                // A write is sent where its success is a finding, or its denial shows an owner.
                if !is_owned && witness.is_none() && matches!(name, "POST" | "DELETE") {
                    continue;
                }
                let witness = witness.map(|place| &denied[place]);
                let Some(response) = self.attack_object((route, &method), (witness, is_owned), &caller).await else {
                    continue;
                };
                let has_owner = is_owned || witness.is_some();
                let is_near = self.attack_near_subjects((route, &method), has_owner, &response.0).await;
                let is_outside = self.attack_left_folders((route, &method), &response.0).await;
                let is_found = response.1 || is_near || is_outside;
                counted.push((place, is_found));
                let is_good = self.good_answers.status(route, &method).is_some_and(|status| status.is_success());
                if is_good && is_rejection(response.0.status) {
                    denied.push(Denied { route, method });
                } else if response.0.status.is_success() && name == "GET" {
                    granted.push(&route.path);
                    if !is_found && !is_owned {
                        self.suggest_an_owner(route, &response.0);
                    }
                }
            }
        }
        counted.extend(self.attack_overwritten_objects(routes).await);
        counted
    }

    /// Whether a request of another caller tells something about the route.
    fn may_have_owner(&self, route: &Route, routes: &[Route]) -> bool {
        let is_attacked = route.decision() == Decision::Authenticated
            && route.accepts_bearer_tokens()
            && !route.grpc
            && self.plan.exclusion_of(route).is_none();
        let Some(object) = object_of(&route.path) else {
            return is_attacked && self.plan.owned.iter().any(|owned| *owned == route.to_string());
        };
        let has_other = routes.iter().any(|other| other != route && is_below(&other.path, object));
        is_attacked && (has_other || self.plan.names_a_parameter(&route.path) || !self.plan.owned.is_empty())
    }

    /// Whether a caller that one route denies must be denied by another one too.
    fn must_be_denied(&self, denied: &Denied<'_>, route: &Route, granted: &[&str]) -> bool {
        let writes = matches!(route.method.as_str(), "PUT" | "PATCH" | "DELETE");
        if denied.route.permissions != route.permissions {
            return false;
        }
        if denied.route.path == route.path {
            // A client may send to an inbox that it must not read.
            return writes || (denied.method == Method::GET && route.method == "POST");
        }
        let Some(object) = object_of(&denied.route.path) else { return false };
        // Parts of an object that all may read may have other owners, as parts of a user do.
        denied.method == Method::GET
            && is_below(&route.path, object)
            && (writes || route.path.len() > object.len())
            && !granted.iter().any(|path| is_below(object, path))
            && !self.is_user(object)
    }

    /// Sends the request of another caller, and returns its answer and whether it is a finding.
    async fn attack_object(
        &mut self,
        (route, method): (&Route, &Method),
        (witness, is_owned): (Option<&Denied<'_>>, bool),
        caller: &Credentials,
    ) -> Option<(ServiceResponse, bool)> {
        let template = self.plan.template(route, method);
        let reads = *method == Method::GET;
        let kept = match witness {
            Some(denied) if !reads => self.read_object(denied).await,
            _ => None,
        };
        // A service may answer so for objects that do not exist, too.
        let mut is_same_elsewhere = false;
        if let Some(elsewhere) = self.plan.elsewhere(route, method).filter(|_| witness.is_some()) {
            let answer = self.send(elsewhere.request(caller)).await.ok()?;
            is_same_elsewhere = answer.status.is_success();
        }
        let response = self.send(template.request(caller)).await.ok()?;
        if !response.status.is_success() {
            // A redirect or a rejection may have the page all the same.
            let is_answered = self.good_answers.status(route, method).is_some_and(|status| status.is_success());
            let is_found = reads && is_answered && self.reveals_good_answer(route, method, &response);
            if is_found {
                self.report_object((route, method), "its status denies it", (&template, caller), &response);
            }
            return Some((response, is_found));
        }
        let is_the_owners = self.reveals_good_answer(route, method, &response);
        let leaks = witness.is_some_and(|denied| {
            denied.method == Method::GET && self.reveals_good_answer(denied.route, &denied.method, &response)
        });
        let is_found = match witness {
            _ if is_owned => !reads || is_the_owners,
            None => false,
            Some(_) if leaks => true,
            Some(_) if reads => is_the_owners && !is_same_elsewhere,
            // An inbox, and a write that may do nothing.
            Some(denied) if denied.route.path == route.path && *method == Method::POST => false,
            Some(_) if !is_same_elsewhere => {
                let status = self.good_answers.status(route, method);
                status.is_none_or(|status| status == response.status)
            }
            Some(denied) => kept.is_some() && self.read_object(denied).await != kept,
        };
        if is_found {
            let by =
                witness.map_or_else(|| "declared as owned".to_owned(), |denied| format!("{} denies it", denied.route));
            self.report_object((route, method), &by, (&template, caller), &response);
        }
        Some((response, is_found))
    }

    fn report_object(
        &mut self,
        place: (&Route, &Method),
        by: &str,
        sent: (&RequestTemplate, &Credentials),
        response: &ServiceResponse,
    ) {
        let got_through = GotThrough {
            id: "H36",
            what: "the object of the good caller, by another caller".to_owned(),
            problem: format!(
                "another caller gets the object: `{}`: {by}: compare the owner of the object with the token on each \
                 of its routes",
                response.status
            ),
        };
        self.report_got_through(place, got_through, sent, response);
    }

    /// What the good caller reads of an object. Where it differs by itself, it shows nothing.
    async fn read_object(&mut self, denied: &Denied<'_>) -> Option<Option<String>> {
        if denied.method != Method::GET {
            return None;
        }
        let template = self.plan.template(denied.route, &denied.method);
        let good = Credentials::bearer(&self.plan.good_token(denied.route));
        let (first, second) = (self.answer(&template, &good).await, self.answer(&template, &good).await);
        (first == second).then_some(first)
    }

    fn suggest_an_owner(&mut self, route: &Route, response: &ServiceResponse) {
        let says_much = !says_nothing(&comparable_body(response, &self.plan.varying));
        if says_much
            && self.plan.names_a_parameter(&route.path)
            && self.reveals_good_answer(route, &Method::GET, response)
        {
            self.suggestions.insert(format!(
                "another caller gets the same object: {route}: if the object belongs to its caller, declare it: \
                 `.owned(\"{route}\")`"
            ));
        }
    }

    /// A good token of another subject.
    pub(super) fn another_caller(&self, route: &Route) -> Option<Credentials> {
        self.other_callers(route).into_iter().find(|(_, caller)| caller.are_presented()).map(|(_, caller)| caller)
    }

    /// Whether the last parameter of a path names a user.
    fn is_user(&self, path: &str) -> bool {
        let name = path.rsplit_once('{').map_or("", |(_, rest)| rest).trim_end_matches('}').to_ascii_lowercase();
        let segment = path.rsplit('/').nth(1).unwrap_or_default();
        let names = names_of(&self.plan.sources.default().good_token(&[]));
        let value = self.plan.parameters.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name));
        USERS.contains(&name.as_str())
            || ["users", "members", "accounts", "profiles", "customers"].contains(&segment)
            || value.is_some_and(|(_, value)| names.contains(value))
    }
}

impl AttackPlan {
    /// Whether the test has set a parameter of the path.
    pub(super) fn names_a_parameter(&self, path: &str) -> bool {
        names_of_parameters(path).any(|name| self.parameters.iter().any(|(known, _)| *known == name))
    }
}

/// The path up to and including its last parameter.
fn object_of(path: &str) -> Option<&str> {
    path.rfind('}').map(|end| &path[..=end])
}

/// Whether a path is another one, or has further segments.
fn is_below(path: &str, object: &str) -> bool {
    path.strip_prefix(object).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
