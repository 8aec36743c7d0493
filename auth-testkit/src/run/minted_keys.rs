//! T29: a key that a caller mints for itself, with a permission that the caller lacks.
//!
//! GHSA-m2hx-wjxc-9fp4 (Gokapi): a user without a permission created an API key that had it. A new
//! key must not have more than its caller.

use super::attack_run::AttackRun;
use super::control::is_accepted;
use super::got_through::GotThrough;
use super::log_ins::{CODES, PASSWORDS};
use super::plan::AttackPlan;
use super::requests::RequestTemplate;
use super::scopes_of_others::may_include;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Place, Route, ServiceResponse};
use http::Method;
use serde_json::{Map, Value, json};

/// How many permissions are asked for, and how many texts of an answer are sent.
const ASKED_FOR: usize = 3;
const TEXTS: usize = 4;

/// A shorter text is the name of a key.
const SHORTEST: usize = 16;

/// Members of an answer that have the key, however short it is.
const NAMED: [&str; 8] = ["token", "key", "secret", "access_token", "accessToken", "api_key", "apiKey", "value"];

/// Members with which a client proves more than its token.
const PROOFS: [&str; 6] =
    ["client_secret", "refresh_token", "refreshToken", "current_password", "subject_token", "assertion"];

/// A member of a body that names a declared scope.
struct Wanting {
    body: Map<String, Value>,
    member: String,
    is_list: bool,
}

/// A route that the caller of a request may not call.
struct Locked<'a> {
    route: &'a Route,
    method: Method,
    template: RequestTemplate,
    scopes: Vec<String>,
}

impl Wanting {
    /// The member of the body that has a scope of the test.
    fn of(template: &RequestTemplate, declared: &[String]) -> Option<Self> {
        let body = serde_json::from_slice::<Map<String, Value>>(&template.body).ok()?;
        // Who proves the account may get all that the account has.
        if PASSWORDS.iter().chain(&CODES).chain(&PROOFS).any(|proof| body.contains_key(*proof)) {
            return None;
        }
        let is_scope = |word: &str| declared.iter().any(|scope| scope == word);
        let names_scope = |value: &Value| match value {
            Value::String(text) => text.split(' ').any(is_scope),
            Value::Array(items) => items.iter().filter_map(Value::as_str).any(is_scope),
            _ => false,
        };
        let (member, value) = body.iter().find(|(_, value)| names_scope(value))?;
        Some(Self { member: member.clone(), is_list: value.is_array(), body: body.clone() })
    }

    /// The bodies that ask for these scopes, alone and behind those of the caller.
    ///
    /// A check may compare the first one only.
    fn bodies_for(&self, scopes: &[String], own: &[String]) -> Vec<String> {
        let alone = scopes.to_vec();
        let behind = [own, scopes].concat();
        let body = |scopes: &Vec<String>| {
            let wanted = if self.is_list { json!(scopes) } else { json!(scopes.join(" ")) };
            let mut body = self.body.clone();
            body.insert(self.member.clone(), wanted);
            Value::Object(body).to_string()
        };
        let mut all = vec![alone, behind];
        all.dedup();
        all.iter().map(body).collect()
    }
}

impl AttackRun {
    /// Asks each route that mints keys for the permission of another route, and uses the key.
    pub(super) async fn attack_minted_keys(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        if self.plan.without.contains("T29") || self.locked_out {
            return;
        }
        let mut declared: Vec<String> = routes.iter().flat_map(AttackPlan::scopes_for).collect();
        declared.dedup();
        for (route, report) in routes.iter().zip(reports) {
            let (true, Ok(method)) = (self.may_mint(route), route.method.parse::<Method>()) else { continue };
            let template = self.plan.template(route, &method);
            let Some(wanting) = Wanting::of(&template, &declared) else { continue };
            let own = AttackPlan::scopes_for(route);
            let Some(caller) = self.maker(route, &own).await else { continue };
            let found = self.mint_more((route, &method), (&template, &wanting), (&own, &*caller), routes).await;
            if let Some(is_found) = found {
                report.count("T29", is_found);
            }
        }
    }

    fn may_mint(&self, route: &Route) -> bool {
        matches!(route.method.as_str(), "POST" | "PUT" | "PATCH")
            && route.decision() == Decision::Authenticated
            && !route.grpc
            && self.plan.exclusion_of(route).is_none()
    }

    /// The credentials of a caller with these scopes alone.
    ///
    /// Where the test has a claim with scopes, each token has them.
    async fn maker(&self, route: &Route, own: &[String]) -> Option<Box<dyn Fn() -> Credentials + Send + Sync>> {
        if route.accepts_bearer_tokens() {
            let issuer = self.plan.sources.of(route).issuer().cloned()?;
            if issuer.has_claim("scope") || issuer.has_claim("scp") {
                return None;
            }
            let own = own.to_vec();
            let token = move || own.iter().fold(issuer.token(), |token, scope| token.scope(scope)).signed();
            return Some(Box::new(move || Credentials::bearer(&token())));
        }
        let kind = route.accepts.first()?;
        let good = self.plan.credentials.of(kind)?.good(own).await;
        let place = kind.places.iter().find(|place| place.holds(&good))?.clone();
        Some(Box::new(move || Credentials::placed(&place, &good)))
    }

    /// Returns whether a minted key opens a route of another permission.
    ///
    /// `None` where none was made.
    async fn mint_more(
        &mut self,
        (route, method): (&Route, &Method),
        (template, wanting): (&RequestTemplate, &Wanting),
        (own, caller): (&[String], &(dyn Fn() -> Credentials + Send + Sync)),
        routes: &[Route],
    ) -> Option<bool> {
        let mut is_found = None;
        for locked in self.locked_to(own, routes) {
            if !self.is_rejected(&locked.template, &caller()).await {
                continue;
            }
            for body in wanting.bodies_for(&locked.scopes, own) {
                let asks = Credentials { body: Some(body), ..caller() };
                let Ok(minted) = self.send(template.request(&asks)).await else { continue };
                is_found = is_found.or(Some(false));
                if !minted.status.is_success() {
                    continue;
                }
                let Some(status) = self.opened_with(&locked, &texts_of(&minted)).await else { continue };
                let wanted = locked.scopes.join(" ");
                let got_through = GotThrough {
                    id: "T29",
                    what: format!("a caller without {wanted} mints a key with it"),
                    problem: format!(
                        "new key has more than its caller: `{wanted}`: {} answers it with `{status}`, and rejects the \
                         caller: grant a key only what its caller has",
                        locked.route
                    ),
                };
                self.report_got_through((route, method), got_through, (template, &asks), &minted);
                return Some(true);
            }
        }
        is_found
    }

    /// One route for each permission that scopes grant, and that this caller lacks.
    fn locked_to<'a>(&self, own: &[String], routes: &'a [Route]) -> Vec<Locked<'a>> {
        let had: Vec<&String> = own.iter().collect();
        let mut locked: Vec<Locked<'_>> = Vec::new();
        let reads = routes.iter().filter(|route| route.method == "GET");
        let writes = routes.iter().filter(|route| matches!(route.method.as_str(), "POST" | "PUT" | "PATCH"));
        for route in reads.chain(writes) {
            let scopes = AttackPlan::scopes_for(route);
            let is_lacking = AttackPlan::lacks(route, &had)
                && !scopes.iter().any(|scope| own.iter().any(|own| may_include(own, scope)));
            let is_known = locked.iter().any(|known| known.scopes == scopes);
            let is_attacked = route.decision() == Decision::Authenticated && !route.grpc;
            let Some(method) = route.methods(&[]).into_iter().next() else { continue };
            if is_lacking && !is_known && is_attacked && self.plan.exclusion_of(route).is_none() {
                let template = self.plan.template(route, &method);
                locked.push(Locked { route, method, template, scopes });
            }
        }
        locked.truncate(ASKED_FOR);
        locked
    }

    /// The status with which a route accepts one of the texts, in each of its carriers.
    async fn opened_with(&mut self, locked: &Locked<'_>, texts: &[String]) -> Option<http::StatusCode> {
        let mut places: Vec<Place> = locked.route.places().into_iter().cloned().collect();
        if !places.contains(&Place::bearer()) {
            places.push(Place::bearer());
        }
        for text in texts {
            for place in places.iter().filter(|place| place.is_in_requests_of(&locked.method) && place.holds(text)) {
                let key = Credentials::placed(place, text);
                let Ok(response) = self.send(locked.template.request(&key)).await else { continue };
                if response.status.is_success() && is_accepted(&self.target, &response) {
                    return Some(response.status);
                }
            }
        }
        None
    }
}

/// The texts of an answer that may be a key, those with the name of one first.
fn texts_of(response: &ServiceResponse) -> Vec<String> {
    fn collect(name: &str, value: &Value, texts: &mut Vec<(bool, String)>) {
        match value {
            Value::String(text) => {
                let is_named = NAMED.contains(&name);
                if !text.is_empty() && (is_named || text.len() >= SHORTEST) {
                    texts.push((!is_named, text.clone()));
                }
            }
            Value::Array(items) => items.iter().for_each(|item| collect(name, item, texts)),
            Value::Object(members) => members.iter().for_each(|(name, value)| collect(name, value, texts)),
            _ => {}
        }
    }
    let mut texts = Vec::new();
    let body = String::from_utf8_lossy(&response.body);
    // A key may be the whole body.
    let answer = serde_json::from_str(&body).unwrap_or_else(|_| Value::String(body.trim().to_owned()));
    collect("", &answer, &mut texts);
    texts.sort_by_key(|(is_other, _)| *is_other);
    texts.into_iter().map(|(_, text)| text).take(TEXTS).collect()
}
