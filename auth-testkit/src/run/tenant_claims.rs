//! H36: an object of a tenant that only a claim of the token names.
//!
//! GHSA-9w9c-9w8m-w89q (ShellHub): an object was found by its id only, so that each tenant got
//! those of all. Colleagues may read it, so the kit cannot compare subjects. It compares the
//! answers to tokens with another value of the claim.

use super::attack_run::AttackRun;
use super::builder::AttackBuilder;
use super::got_through::GotThrough;
use super::listed_objects::ListedObject;
use super::plan::{AttackPlan, names_of_parameters};
use super::requests::RequestTemplate;
use super::tenants::NAMES;
use crate::catalogue::Credentials;
use crate::issuer::TestIssuer;
use crate::target::{Decision, Route, ServiceResponse};
use http::{Method, StatusCode};
use serde_json::{Value, json};

/// Further claims that name whom a user works for or belongs to.
const GROUPS: [&str; 16] = [
    "clinic",
    "hospital",
    "practice",
    "school",
    "shop",
    "store",
    "merchant",
    "branch",
    "site",
    "agency",
    "household",
    "project",
    "realm",
    "company_name",
    "domain",
    "municipality",
];

/// How many claims, routes of an object, and lists for each are tried.
const CLAIMS: usize = 2;
const ITEMS: usize = 4;
const LISTS: usize = 4;

/// A claim that names the tenant of the good caller.
struct Tenant {
    claim: String,
    value: Value,
    issuer: TestIssuer,
}

impl Tenant {
    fn other_value(&self) -> Value {
        match &self.value {
            Value::Number(_) => json!(999_999_999),
            _ => json!("another-tenant"),
        }
    }

    /// A good token of another caller of another tenant.
    fn other(&self, route: &Route) -> Credentials {
        let issuer = self.issuer.clone().with_claim(&self.claim, self.other_value());
        issuer.another_caller("another-caller", &AttackPlan::scopes_for(route))
    }
}

impl AttackBuilder {
    /// Declares that the answer of a route belongs to the tenant of the caller.
    ///
    /// `claim` is the claim of the good tokens that names the tenant. Other callers of the tenant
    /// may get the answer. A token with another value of the claim must not (H36).
    ///
    /// ```
    /// # use auth_runtime::AuthRouter;
    /// # use auth_testkit::{TestIssuer, attack};
    /// # async fn test(app: AuthRouter) {
    /// let issuer = TestIssuer::new().with_claim("tenant", "alpha");
    /// let attack = attack(app).with(&issuer).parameter("id", "s7");
    /// let attack = attack.owned_by_claim("tenant", "GET /sessions/{id}");
    /// attack.await.assert_nothing_got_through();
    /// # }
    /// ```
    ///
    /// [`owned`](Self::owned) is for the answer that belongs to the caller alone.
    pub fn owned_by_claim(mut self, claim: &str, route: &str) -> Self {
        self.plan.name_route("owned_by_claim", route);
        self.plan.owned_by_claim.push((claim.to_owned(), route.to_owned()));
        self
    }
}

impl AttackPlan {
    /// The claims by which the answer of a route is owned.
    fn claims_owning(&self, route: &Route) -> Vec<String> {
        let name = route.to_string();
        self.owned_by_claim.iter().filter(|(_, owned)| *owned == name).map(|(claim, _)| claim.clone()).collect()
    }

    /// One message for each claim of `.owned_by_claim(..)` that the good tokens do not have.
    pub(super) fn unknown_tenant_claims(&self, routes: &[Route]) -> Vec<String> {
        let mut messages = Vec::new();
        for (claim, name) in &self.owned_by_claim {
            let Some(route) = routes.iter().find(|route| route.to_string() == *name) else { continue };
            let has_claim = self.sources.of(route).issuer().is_some_and(|issuer| issuer.has_claim(claim));
            if !has_claim {
                messages.push(format!(
                    "unknown claim: `.owned_by_claim({claim:?}, {name:?})`: give the issuer of the good tokens the \
                     claim: `.with_claim({claim:?}, ..)`"
                ));
            }
        }
        messages
    }
}

impl AttackRun {
    /// Attacks the routes of objects. It returns what to count, by the place of the route.
    pub(super) async fn attack_tenant_claims(&mut self, routes: &[Route]) -> Vec<(usize, bool)> {
        let mut counted = Vec::new();
        for name in ["GET", "PUT", "PATCH", "POST", "DELETE"] {
            for (place, route) in routes.iter().enumerate().filter(|(_, route)| route.method == name) {
                let (true, Ok(method)) = (self.is_of_tokens(route), name.parse::<Method>()) else { continue };
                for claim in self.plan.claims_owning(route) {
                    let Some(tenant) = self.tenant_by(&claim, route) else { continue };
                    counted.extend(self.attack_owned_by((route, &method), &tenant).await.map(|found| (place, found)));
                }
            }
        }
        let items = routes.iter().filter(|route| self.is_item(route)).take(ITEMS);
        for item in items.cloned().collect::<Vec<_>>() {
            for tenant in self.tenants_of(&item) {
                counted.extend(self.attack_lists_beside(&item, &tenant, routes).await);
            }
        }
        counted
    }

    fn is_of_tokens(&self, route: &Route) -> bool {
        route.decision() == Decision::Authenticated
            && route.accepts_bearer_tokens()
            && !route.grpc
            && self.plan.exclusion_of(route).is_none()
    }

    /// Whether the test has set the id of an object that the route reads.
    fn is_item(&self, route: &Route) -> bool {
        route.method == "GET"
            && route.path.ends_with('}')
            && self.is_of_tokens(route)
            && self.plan.names_a_parameter(&route.path)
            && self.good_answers.status(route, &Method::GET).is_some_and(|status| status.is_success())
    }

    fn tenant_by(&self, claim: &str, route: &Route) -> Option<Tenant> {
        let issuer = self.plan.sources.of(route).issuer()?;
        let value = issuer.claims().get(claim)?.clone();
        Some(Tenant { claim: claim.to_owned(), value, issuer: issuer.clone() })
    }

    /// The claims of the good tokens that may name a tenant.
    fn tenants_of(&self, route: &Route) -> Vec<Tenant> {
        let Some(issuer) = self.plan.sources.of(route).issuer() else { return Vec::new() };
        let is_tenant = |claim: &str| NAMES.contains(&claim) || GROUPS.contains(&claim.trim_end_matches("_id"));
        let values = issuer.claims().iter().filter(|(_, value)| value.is_string() || value.is_number());
        let claims: Vec<String> = values.map(|(claim, _)| claim.clone()).filter(|claim| is_tenant(claim)).collect();
        claims.iter().filter_map(|claim| self.tenant_by(claim, route)).take(CLAIMS).collect()
    }

    /// Requests what the test declares as owned by the tenant, with the token of another one.
    async fn attack_owned_by(&mut self, (route, method): (&Route, &Method), tenant: &Tenant) -> Option<bool> {
        let template = self.plan.template(route, method);
        let other = tenant.other(route);
        // A request that deletes comes before the good caller's own.
        if self.good_answers.status(route, method).is_some_and(|status| !status.is_success()) {
            return None;
        }
        // A service may answer so for objects that do not exist, too.
        if *method != Method::GET
            && let Some(elsewhere) = self.plan.elsewhere(route, method)
            && self.send(elsewhere.request(&other)).await.ok()?.status.is_success()
        {
            return None;
        }
        let response = self.send(template.request(&other)).await.ok()?;
        let is_found = match *method {
            Method::GET => self.reveals_good_answer(route, method, &response),
            _ => response.status.is_success(),
        };
        if is_found {
            let problem = format!(
                "another tenant gets the object: `{}`: declared as owned by the claim `{}`: look the object up by its \
                 tenant and its id, and take the tenant from the token",
                response.status, tenant.claim
            );
            self.report_tenant((route, method), tenant, problem, (&template, &other), &response);
        }
        Some(is_found)
    }

    /// Searches the lists for an object that its own route denies to another tenant.
    async fn attack_lists_beside(&mut self, item: &Route, tenant: &Tenant, routes: &[Route]) -> Vec<(usize, bool)> {
        let mut counted = Vec::new();
        let template = self.plan.template(item, &Method::GET);
        let Ok(response) = self.send(template.request(&tenant.other(item))).await else { return counted };
        if !matches!(response.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND) {
            if self.reveals_good_answer(item, &Method::GET, &response) {
                self.suggest_a_tenant(item, tenant);
            }
            return counted;
        }
        let Some(object) = self.object(item).await else { return counted };
        let is_list = |(_, route): &(usize, &Route)| {
            let has_item = names_of_parameters(&route.path).any(|name| item.path.ends_with(&format!("{{{name}}}")));
            route.method == "GET" && !has_item && self.is_of_tokens(route)
        };
        let lists: Vec<(usize, &Route)> = routes.iter().enumerate().filter(is_list).collect();
        let mut tried = 0;
        for (place, list) in lists {
            let is_parent = item.path.starts_with(&format!("{}/", list.path));
            if tried == LISTS || self.good_answers.body(list, &Method::GET).is_none() {
                continue;
            }
            tried += 1;
            let Some(good) = self.text_for_good_caller(list).await else { continue };
            if !object.is_in(&good, is_parent) {
                continue;
            }
            let (request, other) = (self.plan.template(list, &Method::GET), tenant.other(list));
            let Ok(response) = self.send(request.request(&other)).await else { continue };
            let is_found =
                response.status.is_success() && object.is_in(&String::from_utf8_lossy(&response.body), is_parent);
            counted.push((place, is_found));
            if is_found {
                let problem = format!(
                    "list has an object of another tenant: `{}`: {item} denies the object by the claim `{}`: filter \
                     each query by the tenant of the token",
                    response.status, tenant.claim
                );
                self.report_tenant((list, &Method::GET), tenant, problem, (&request, &other), &response);
            }
        }
        counted
    }

    /// The id of an object, and the good answer of its route.
    async fn object(&mut self, item: &Route) -> Option<ListedObject> {
        let name = names_of_parameters(&item.path).last()?;
        let id = self.plan.parameters.iter().find(|(known, _)| *known == name)?.1.clone();
        let body = self.text_for_good_caller(item).await?;
        let members = serde_json::from_str(&body).unwrap_or_default();
        Some(ListedObject { name, id, members })
    }

    /// The answer with its ids, which are masked where answers are compared.
    async fn text_for_good_caller(&mut self, route: &Route) -> Option<String> {
        let good = Credentials::bearer(&self.plan.good_token(route));
        let response = self.send(self.plan.template(route, &Method::GET).request(&good)).await.ok()?;
        response.status.is_success().then(|| String::from_utf8_lossy(&response.body).into_owned())
    }

    fn report_tenant(
        &mut self,
        place: (&Route, &Method),
        tenant: &Tenant,
        problem: String,
        sent: (&RequestTemplate, &Credentials),
        response: &ServiceResponse,
    ) {
        let what = format!("the object of the good caller, by a caller with another {}", tenant.claim);
        self.report_got_through(place, GotThrough { id: "H36", what, problem }, sent, response);
    }

    fn suggest_a_tenant(&mut self, item: &Route, tenant: &Tenant) {
        let declared = item.to_string();
        let is_known =
            self.plan.owned.contains(&declared) || self.plan.owned_by_claim.iter().any(|(_, route)| *route == declared);
        if !is_known {
            let claim = &tenant.claim;
            self.suggestions.insert(format!(
                "a caller with another `{claim}` gets the same object: {item}: if the object belongs to the \
                 {claim} of its caller, declare it: `.owned_by_claim(\"{claim}\", \"{item}\")`"
            ));
        }
    }
}
