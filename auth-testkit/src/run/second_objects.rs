//! H36: an object of another caller, requested beside an own one, or after it.
//!
//! A check that asks whether any object of a list is the caller's, or that caches its decision
//! without the object, denies a caller that has no object, and allows one that has.

use super::attack_run::AttackRun;
use super::builder::AttackBuilder;
use super::comparable::comparable_body;
use super::got_through::GotThrough;
use super::plan::{AttackPlan, names_of_parameters};
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::report::Finding;
use crate::target::{Decision, Route, ServiceResponse};
use http::Method;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A shorter text may be a word of each answer.
pub(super) const LONG: usize = 4;

impl AttackBuilder {
    /// Declares an object of another caller, by the subject and the id.
    ///
    /// ```
    /// # use auth_runtime::AuthRouter;
    /// # use auth_testkit::{TestIssuer, attack};
    /// # async fn test(app: AuthRouter, issuer: TestIssuer) {
    /// let attack = attack(app).with(&issuer).parameter("id", "7").owned("GET /orders/{id}");
    /// attack.object_of("bob", "8").await.assert_nothing_got_through();
    /// # }
    /// ```
    ///
    /// On each `.owned(..)` route, this caller requests its object and then that of the good
    /// caller, and both in a list of the JSON body (H36). On each route with a parameter, it
    /// requests the object of the good caller with its own one in the query. Call it once for each
    /// object.
    ///
    /// `"beta/8"` is the object 8 of the parent `beta`, for a path such as
    /// `/projects/{project}/documents/{id}`. The caller then also requests the object of the good
    /// caller below `beta`, which must not have an object with that id, and 8 below the parent of
    /// the good caller.
    ///
    /// The query of a public route, such as that of a signed link, must not open the object.
    pub fn object_of(mut self, subject: &str, id: &str) -> Self {
        self.plan.second_objects.push((subject.to_owned(), id.to_owned()));
        self
    }
}

impl AttackRun {
    /// It returns what to count, by the place of the route.
    pub(super) async fn attack_second_objects(&mut self, routes: &[Route]) -> Vec<(usize, bool)> {
        self.suggest_objects_of_others(routes);
        let mut counted = Vec::new();
        for (subject, id) in self.plan.second_objects.clone() {
            let mut found = self.attack_second_object(routes, (&subject, &id)).await;
            found.extend(self.attack_linked_objects(routes, (&subject, &id)).await);
            if found.is_empty() {
                self.findings.push(Finding::about_the_test(format!(
                    "`.object_of({subject:?}, {id:?})` tests no route: declare one with the id in its path, \
                     `.parameter(\"id\", ..).owned(\"GET /orders/{{id}}\")`, in a list of its JSON body, or in a public link \
                     with `.query(..)`"
                )));
            }
            counted.extend(found);
            counted.extend(self.attack_queried_objects(routes, (&subject, &id)).await);
        }
        counted
    }

    async fn attack_second_object(&mut self, routes: &[Route], (subject, id): (&str, &str)) -> Vec<(usize, bool)> {
        if let Some(names) = self.parents_and_child(routes, id) {
            return self.attack_crossed_objects(routes, &names, (subject, id)).await;
        }
        let mut counted = Vec::new();
        for (place, route) in routes.iter().enumerate() {
            let is_attacked = matches!(route.method.as_str(), "GET" | "POST") && self.is_owned(route);
            let Some(method) = route.method.parse::<Method>().ok().filter(|_| is_attacked) else { continue };
            let Some(issuer) = self.plan.sources.of(route).issuer() else { continue };
            let caller = issuer.another_caller(subject, &AttackPlan::scopes_for(route));
            let template = self.plan.template(route, &method);
            let is_found = if let Some(own) = self.own_path(route, &template, id) {
                self.attack_after_own((route, &method), (&template, &own), (&caller, subject)).await
            } else if let Some(lists) = Lists::of(&template, id) {
                self.attack_lists((route, &method), lists, (&caller, subject)).await
            } else {
                continue;
            };
            counted.push((place, is_found));
        }
        counted
    }

    /// Whether the test declares an owner of the answer.
    pub(super) fn is_owned(&self, route: &Route) -> bool {
        route.decision() == Decision::Authenticated
            && self.plan.owned.iter().any(|owned| *owned == route.to_string())
            && self.plan.exclusion_of(route).is_none()
    }

    /// The request for the own object: the last parameter of the test has its id.
    pub(super) fn own_path(&self, route: &Route, template: &RequestTemplate, id: &str) -> Option<RequestTemplate> {
        let known = |name: String| self.plan.parameters.iter().find(|(known, _)| *known == name);
        let (_, value) = names_of_parameters(&route.path).filter_map(known).last()?;
        let start = template.path.rfind(&format!("/{value}"))?;
        let (before, rest) = template.path.split_at(start);
        let own = template.at(&format!("{before}/{id}{}", &rest[value.len() + 1..]));
        (own.path != template.path).then_some(own)
    }

    pub(super) async fn attack_after_own(
        &mut self,
        (route, method): (&Route, &Method),
        (template, own): (&RequestTemplate, &RequestTemplate),
        (caller, subject): (&Credentials, &str),
    ) -> bool {
        if *method != Method::GET || !self.gets_own(own, (caller, subject)).await {
            return false;
        }
        let Ok(response) = self.send(template.request(caller)).await else { return false };
        let is_found = response.status.is_success() && self.reveals_good_answer(route, method, &response);
        if is_found {
            let problem = format!(
                "another caller gets the object after an own one: `{}`: compare the owner of this object on each \
                 request, and cache a decision with its object",
                response.status
            );
            let what = format!("the object of the good caller, by {subject} after an own one");
            let got_through = GotThrough { id: "H36", what, problem };
            self.report_got_through((route, method), got_through, (template, caller), &response);
        }
        is_found
    }

    async fn attack_lists(
        &mut self,
        (route, method): (&Route, &Method),
        lists: Lists,
        (caller, subject): (&Credentials, &str),
    ) -> bool {
        let Some(good) = self.good_answers.body(route, method).map(str::to_owned) else { return false };
        if !self.gets_own(&lists.own, (caller, subject)).await {
            return false;
        }
        let own = self.answer(&lists.own, caller).await.unwrap_or_default();
        // What only the objects of the good caller say.
        let mut of_owner = texts(&good);
        of_owner.retain(|text| text.len() >= LONG && !own.contains(text.as_str()) && !lists.sent.contains(text));
        for (what, list) in lists.both {
            let Ok(response) = self.send(list.request(caller)).await else { continue };
            if response.status.is_success() && self.has_any(&response, &of_owner) {
                let problem = format!(
                    "one own object opens a list: `{}`: compare the owner of each object of a list",
                    response.status
                );
                let what = format!("objects of the good caller in a list, {what}, by {subject}");
                let got_through = GotThrough { id: "H36", what, problem };
                self.report_got_through((route, method), got_through, (&list, caller), &response);
                return true;
            }
        }
        false
    }

    pub(super) fn has_any(&self, response: &ServiceResponse, of_owner: &BTreeSet<String>) -> bool {
        let body = comparable_body(response, &self.plan.varying);
        texts(&body).iter().any(|text| of_owner.contains(text))
    }

    /// Whether the declared caller gets its object. Otherwise the test is wrong.
    pub(super) async fn gets_own(&mut self, own: &RequestTemplate, (caller, subject): (&Credentials, &str)) -> bool {
        let is_got = self.answer(own, caller).await.is_some();
        if !is_got {
            self.findings.push(Finding::about_the_test(format!(
                "`{subject}` does not get the declared object: {} {}: name an object of this subject: \
                 `.object_of({subject:?}, \"8\")`",
                own.method, own.path
            )));
        }
        is_got
    }
}

/// Requests with lists of ids, of a body that has one.
struct Lists {
    own: RequestTemplate,
    /// Each with its description.
    both: [(&'static str, RequestTemplate); 2],
    /// The ids of the good caller.
    sent: BTreeSet<String>,
}

impl Lists {
    fn of(template: &RequestTemplate, id: &str) -> Option<Self> {
        let members = serde_json::from_slice::<Map<String, Value>>(&template.body).ok()?;
        let is_list = |value: &Value| {
            let ids = value.as_array().filter(|ids| !ids.is_empty());
            ids.is_some_and(|ids| ids.iter().all(|id| id.is_string() || id.is_number()))
        };
        let (member, ids) = members.iter().find(|(_, value)| is_list(value))?;
        let ids = ids.as_array()?;
        let id = match id.parse::<u64>() {
            Ok(number) if ids[0].is_number() => Value::from(number),
            _ => Value::from(id),
        };
        let with = |ids: Vec<Value>| {
            let mut members = members.clone();
            members.insert(member.clone(), Value::Array(ids));
            template.with_body(&Value::Object(members).to_string())
        };
        let first = std::iter::once(id.clone()).chain(ids.clone()).collect();
        let last = ids.iter().cloned().chain([id.clone()]).collect();
        let sent = ids.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let both = [("an own one first", with(first)), ("an own one last", with(last))];
        Some(Self { own: with(vec![id]), both, sent })
    }
}

/// The strings of a JSON body.
pub(super) fn texts(body: &str) -> BTreeSet<String> {
    fn collect(value: &Value, texts: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => drop(texts.insert(text.clone())),
            Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
            Value::Object(members) => members.values().for_each(|value| collect(value, texts)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut all = BTreeSet::new();
    if let Ok(json) = serde_json::from_str(body) {
        collect(&json, &mut all);
    }
    all
}
