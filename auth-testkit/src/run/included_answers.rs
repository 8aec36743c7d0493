//! T29, H36: the answer of a route that denies a caller, included in one that the caller may get.
//!
//! `GET /employees/7?include=payslips` checks the permission of the employee only, where the
//! payslips have a route and a permission of their own (OWASP API3:2023).

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::plan::AttackPlan;
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Route};
use http::Method;
use serde_json::Value;
use std::collections::BTreeSet;

/// Members of a query that add related objects to an answer.
const INCLUDES: [&str; 8] = ["include", "expand", "embed", "_embed", "with", "relations", "fields", "populate"];

/// Those that are also sent alone, because a service may reject unknown members.
const ALONE: [&str; 2] = ["include", "expand"];

/// How many routes above one are tried.
const ROUTES: usize = 2;

/// A shorter text, or number, may be in each answer.
const LONG_TEXT: usize = 4;
const LONG_NUMBER: usize = 3;

/// How many values show that an object is included. One may be a title that all may see.
const VALUES: usize = 2;

impl AttackRun {
    /// Requests the objects above a route, and asks for the answer of the route there.
    pub(super) async fn attack_included_answers(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let is_attacked = *method == Method::GET && route.decision() == Decision::Authenticated && !route.grpc;
        let values = self.good_answers.body(route, method).map(values).unwrap_or_default();
        if !is_attacked || values.is_empty() {
            return;
        }
        for (above, name) in self.routes_above(route) {
            for (id, callers) in self.callers_of_one(route, &above) {
                if let Some(is_found) = self.include_answer((route, &above), id, (&callers, &name), &values).await {
                    report.count(id, is_found);
                    if is_found {
                        return;
                    }
                }
            }
        }
    }

    /// The nearest routes whose path begins this one, each with the next segment of this path.
    fn routes_above(&self, route: &Route) -> Vec<(Route, String)> {
        let mut above: Vec<(Route, String)> = Vec::new();
        for other in &self.target.routes {
            let is_attacked = other.method == "GET"
                && other.decision() == Decision::Authenticated
                && self.plan.exclusion_of(other).is_none();
            let Some(rest) = route.path.strip_prefix(&format!("{}/", other.path)).filter(|_| is_attacked) else {
                continue;
            };
            // A list is above the objects, and above what is below each one.
            let name = rest.split('/').take(2).find(|segment| !segment.contains('{'));
            above.extend(name.map(|name| (other.clone(), name.to_owned())));
        }
        above.sort_by_key(|(other, _)| std::cmp::Reverse(other.path.len()));
        above.truncate(ROUTES);
        above
    }

    /// Callers that may have the object above, and not this answer, by the attack.
    fn callers_of_one(&self, route: &Route, above: &Route) -> Vec<(&'static str, Vec<Credentials>)> {
        let lacking = self.callers_without(route, above).into_iter().filter(Credentials::are_presented).collect();
        let scopes = [AttackPlan::scopes_for(above), AttackPlan::scopes_for(route)].concat();
        let issuer = self.plan.sources.of(above).issuer();
        let other = issuer.map(|issuer| issuer.another_caller("another-caller", &scopes)).into_iter().collect();
        let all = [("T29", lacking), ("H36", other)];
        all.into_iter().filter(|(id, _)| !self.plan.without.contains(id)).collect()
    }

    /// `None` where no caller gets one answer and not the other one.
    async fn include_answer(
        &mut self,
        (route, above): (&Route, &Route),
        id: &'static str,
        (callers, name): (&[Credentials], &str),
        all: &BTreeSet<String>,
    ) -> Option<bool> {
        let (denying, template) = (self.plan.template(route, &Method::GET), self.plan.template(above, &Method::GET));
        for caller in callers {
            // Where the permission is not checked at all, that is the finding.
            if !self.is_rejected(&denying, caller).await {
                continue;
            }
            let Some(plain) = self.answer(&template, caller).await else { continue };
            let shown = values(&plain);
            let hidden: BTreeSet<&String> = all.difference(&shown).collect();
            if hidden.is_empty() {
                continue;
            }
            for query in queries(template.query.as_deref().unwrap_or_default(), name) {
                let including = template.clone().with(Some(query.clone()), template.headers.clone());
                let Ok(response) = self.send(including.request(caller)).await else { continue };
                let found = values(&String::from_utf8_lossy(&response.body));
                let count = hidden.iter().filter(|value| found.contains(**value)).count();
                if response.status.is_success() && count >= VALUES.min(hidden.len()) {
                    let problem = format!(
                        "answer of {route} is included for a caller that it denies: `{query}`: `{}`: check the \
                         permission and the owner of each object that an answer includes",
                        response.status
                    );
                    let what = format!("?{query}, by a caller that {route} denies");
                    let sent: (&RequestTemplate, &Credentials) = (&including, caller);
                    self.report_got_through((above, &Method::GET), GotThrough { id, what, problem }, sent, &response);
                    return Some(true);
                }
            }
            return Some(false);
        }
        None
    }
}

/// The query with the name in the members of the test, in all usual ones, and in some alone.
fn queries(query: &str, name: &str) -> Vec<String> {
    let pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
    let is_include = |pair: &str| INCLUDES.contains(&pair.split('=').next().unwrap_or_default());
    let mut queries = Vec::new();
    for known in pairs.iter().filter(|pair| is_include(pair)) {
        let field = known.split('=').next().unwrap_or_default();
        for new in [format!("{field}={name}"), format!("{known},{name}")] {
            let all = pairs.iter().map(|pair| if pair == known { new.as_str() } else { pair });
            queries.push(all.collect::<Vec<_>>().join("&"));
        }
    }
    let rest: Vec<String> = pairs.iter().filter(|pair| !is_include(pair)).map(|pair| (*pair).to_owned()).collect();
    let with = |fields: &[&str]| {
        let fields = fields.iter().map(|field| format!("{field}={name}"));
        rest.iter().cloned().chain(fields).collect::<Vec<_>>().join("&")
    };
    queries.push(with(&INCLUDES));
    queries.extend(ALONE.map(|field| with(&[field])));
    let mut sent = BTreeSet::new();
    queries.retain(|query| sent.insert(query.clone()));
    queries
}

/// The texts and numbers of a JSON body, without ids and links, which may stand for an object.
fn values(body: &str) -> BTreeSet<String> {
    fn collect(value: &Value, values: &mut BTreeSet<String>) {
        match value {
            Value::String(text) if text.len() >= LONG_TEXT && !text.contains(['/', '#']) => {
                values.insert(text.clone());
            }
            Value::Number(number) if number.to_string().len() >= LONG_NUMBER => {
                values.insert(number.to_string());
            }
            Value::Array(all) => all.iter().for_each(|value| collect(value, values)),
            Value::Object(members) => {
                let of_object = members.iter().filter(|(name, _)| !is_reference(name));
                of_object.for_each(|(_, value)| collect(value, values));
            }
            _ => {}
        }
    }
    let mut all = BTreeSet::new();
    // A time is masked in the good answers, also where it is a number.
    if let Ok(json) = serde_json::from_str(&body.replace(":#", ":0")) {
        collect(&json, &mut all);
    }
    all
}

/// Whether a member names an object in place of showing it.
fn is_reference(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["id", "uuid", "type", "kind", "href", "url", "uri", "self", "link", "links", "_links"].contains(&lower.as_str())
        || lower.ends_with("_id")
        || lower.ends_with("_ids")
        || name.ends_with("Id")
        || name.ends_with("Ids")
}

#[cfg(test)]
mod tests {
    use super::{queries, values};

    #[test]
    fn the_members_of_the_test_come_first() {
        let queries = queries("page=1&include=manager", "payslips");
        assert_eq!(queries[..2], ["page=1&include=payslips", "page=1&include=manager,payslips"]);
        assert!(queries[2].starts_with("page=1&include=payslips&expand=payslips"), "{queries:?}");
        assert_eq!(queries[3..], ["page=1&expand=payslips"]);
    }

    #[test]
    fn ids_and_links_are_not_values() {
        let body =
            r#"[{"id":101,"userId":4711,"self":"/payslips/101","month":"2026-10","gross":8200,"page":1,"paid":#}]"#;
        assert_eq!(values(body).into_iter().collect::<Vec<_>>(), ["2026-10", "8200"]);
    }
}
