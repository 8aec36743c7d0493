//! H36: objects that are not published, requested by the filter of a public list.
//!
//! A public list that takes the status of the client as it is shows the drafts of all users at
//! `?status=draft` (CWE-639).

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::named_owners::encoded;
use super::requests::RequestTemplate;
use super::second_objects::{LONG, texts};
use crate::catalogue::Credentials;
use crate::target::{Decision, Route};
use http::Method;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// How many routes are read, and how many values of a member are sent.
const ROUTES: usize = 8;
const VALUES: usize = 3;

/// Values of objects that are not published. Others, such as `sold`, may be public.
const HIDDEN: [&str; 12] = [
    "draft",
    "hidden",
    "private",
    "deleted",
    "unpublished",
    "unlisted",
    "trash",
    "trashed",
    "internal",
    "embargoed",
    "confidential",
    "suspended",
];

/// Members that say with `false`, or with `true`, that an object is not published.
const IF_FALSE: [&str; 5] = ["published", "public", "visible", "is_public", "is_published"];
const IF_TRUE: [&str; 8] =
    ["draft", "hidden", "private", "deleted", "is_draft", "is_hidden", "is_private", "is_deleted"];

/// Values that services take for each object.
const ALL: [&str; 2] = ["all", ""];

/// What the objects say that only a protected route shows, by the value of a member.
#[derive(Default)]
struct Hidden {
    /// Each value as it is sent, with the texts of its objects.
    by_value: BTreeMap<String, BTreeSet<String>>,
    /// Texts of the other objects.
    others: BTreeSet<String>,
}

impl AttackRun {
    /// It returns what to count, by the place of the route.
    pub(super) async fn attack_public_filters(&mut self, routes: &[Route]) -> Vec<(usize, bool)> {
        let mut counted = Vec::new();
        for (place, route) in routes.iter().enumerate() {
            let is_attacked = route.decision() == Decision::Public
                && route.method == "GET"
                && self.plan.exclusion_of(route).is_none();
            let template = self.plan.template(route, &Method::GET);
            let Some(query) = template.query.clone().filter(|_| is_attacked) else { continue };
            for pair in query.split('&') {
                let Some((name, value)) = pair.split_once('=').filter(|(name, value)| !is_hidden(name, value)) else {
                    continue;
                };
                let hidden = self.hidden_objects(routes, name).await;
                if !hidden.by_value.is_empty() {
                    counted.push((place, self.attack_public_filter(route, &template, (name, value), hidden).await));
                }
            }
        }
        counted
    }

    async fn attack_public_filter(
        &mut self,
        route: &Route,
        template: &RequestTemplate,
        (name, value): (&str, &str),
        mut hidden: Hidden,
    ) -> bool {
        let query = template.query.clone().unwrap_or_default();
        let with = |new: Option<&str>| {
            let is_own = |pair: &&str| *pair == format!("{name}={value}");
            let rest = query.split('&').filter(|pair| !is_own(pair)).map(str::to_owned);
            let pairs: Vec<String> = rest.chain(new.map(|new| format!("{name}={}", encoded(new)))).collect();
            template.clone().with(Some(pairs.join("&")).filter(|query| !query.is_empty()), template.headers.clone())
        };
        let guest = Credentials::none();
        // What the list shows without the filter is public.
        for shown in [template.clone(), with(None)] {
            let Ok(response) = self.send(shown.request(&guest)).await else { return false };
            let shown = texts(&String::from_utf8_lossy(&response.body));
            hidden.by_value.values_mut().for_each(|texts| texts.retain(|text| !shown.contains(text)));
        }
        let secret: BTreeSet<String> = hidden.by_value.values().flatten().cloned().collect();
        let values: Vec<&str> = hidden.by_value.keys().map(String::as_str).take(VALUES).collect();
        for sent in values.into_iter().chain(ALL).filter(|_| !secret.is_empty()) {
            let filtered = with(Some(sent));
            let Ok(response) = self.send(filtered.request(&guest)).await else { continue };
            let shown = texts(&String::from_utf8_lossy(&response.body));
            if response.status.is_success() && shown.iter().any(|text| secret.contains(text)) {
                let problem = format!(
                    "filter of a public list shows objects that are not published: `{name}={sent}`: `{}`: compare \
                     the filter with the values that are public",
                    response.status
                );
                let what = format!("{name}={sent}, without credentials");
                let got_through = GotThrough { id: "H36", what, problem };
                self.report_got_through((route, &Method::GET), got_through, (&filtered, &guest), &response);
                return true;
            }
        }
        false
    }

    /// Reads the protected routes, whose objects have the member of the filter.
    async fn hidden_objects(&mut self, routes: &[Route], name: &str) -> Hidden {
        let mut hidden = Hidden::default();
        let has_member = |run: &Self, route: &Route| {
            let good = run.good_answers.body(route, &Method::GET);
            good.is_some_and(|good| good.contains(&format!("\"{name}\"")))
        };
        let is_read = |route: &&Route| {
            route.method == "GET"
                && route.decision() == Decision::Authenticated
                && route.accepts_bearer_tokens()
                && self.plan.exclusion_of(route).is_none()
                && has_member(self, route)
        };
        let read: Vec<Route> = routes.iter().filter(is_read).take(ROUTES).cloned().collect();
        for route in read {
            let template = self.plan.template(&route, &Method::GET);
            let good = Credentials::bearer(&self.plan.good_token(&route));
            let Ok(response) = self.send(template.request(&good)).await else { continue };
            let Ok(json) = serde_json::from_slice::<Value>(&response.body) else { continue };
            let mut found = Hidden::default();
            found.collect(&json, name);
            // Where another caller sees the object too, it may be public.
            if route.permissions.is_empty()
                && !found.by_value.is_empty()
                && let Some(other) = self.another_caller(&route)
                && let Ok(response) = self.send(template.request(&other)).await
            {
                found.others.extend(texts(&String::from_utf8_lossy(&response.body)));
            }
            hidden.others.extend(found.others);
            for (value, texts) in found.by_value {
                hidden.by_value.entry(value).or_default().extend(texts);
            }
        }
        let others = std::mem::take(&mut hidden.others);
        hidden.by_value.values_mut().for_each(|texts| texts.retain(|text| !others.contains(text)));
        hidden.by_value.retain(|_, texts| !texts.is_empty());
        hidden
    }
}

impl Hidden {
    fn collect(&mut self, json: &Value, name: &str) {
        match json {
            Value::Array(values) => values.iter().for_each(|value| self.collect(value, name)),
            Value::Object(members) => match members.get(name).and_then(sent) {
                Some(value) => self.keep(members, name, value),
                None => members.values().for_each(|value| self.collect(value, name)),
            },
            _ => {}
        }
    }

    fn keep(&mut self, members: &Map<String, Value>, name: &str, value: String) {
        let rest: Map<String, Value> = members
            .iter()
            .filter(|(member, _)| *member != name)
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let long = texts(&Value::Object(rest).to_string()).into_iter().filter(|text| text.len() >= LONG);
        if is_hidden(name, &value) {
            self.by_value.entry(value).or_default().extend(long);
        } else {
            self.others.extend(long);
        }
    }
}

/// The value of a member, as a query has it.
fn sent(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn is_hidden(name: &str, value: &str) -> bool {
    let (name, value) = (name.to_ascii_lowercase(), value.to_ascii_lowercase());
    match value.as_str() {
        "false" => IF_FALSE.contains(&name.as_str()),
        "true" => IF_TRUE.contains(&name.as_str()),
        value => HIDDEN.contains(&value),
    }
}

#[cfg(test)]
mod tests {
    use super::{Hidden, is_hidden};
    use serde_json::json;

    #[test]
    fn the_texts_of_hidden_objects_are_found() {
        let list = json!({"items": [
            {"title": "tent", "status": "sold"},
            {"title": "console", "status": "draft", "by": "alice"},
        ]});
        let mut hidden = Hidden::default();
        hidden.collect(&list, "status");
        assert_eq!(hidden.by_value.into_keys().collect::<Vec<_>>(), ["draft"]);
        assert!(hidden.others.contains("tent"));
    }

    #[test]
    fn a_flag_says_by_its_name_what_is_hidden() {
        assert!(is_hidden("published", "false") && is_hidden("draft", "true") && is_hidden("state", "Hidden"));
        assert!(!is_hidden("sold", "false") && !is_hidden("published", "true") && !is_hidden("status", "sold"));
    }
}
