//! H37: a key with more permissions than the caller who makes it.
//!
//! CVE-2025-62506 (MinIO): an account with few permissions made keys for itself, and the list in
//! the body decided what they may do. The key must have no permission that its maker lacks.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::plan::AttackPlan;
use super::requests::RequestTemplate;
use super::scopes_of_others::may_include;
use super::weaker_methods::is_rejection;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Place, Route, ServiceResponse};
use http::{HeaderName, Method};
use serde_json::{Map, Value, json};

/// How many other permissions are asked for.
const PERMISSIONS: usize = 4;

/// Parts of the path of a route that makes credentials.
const MAKES: [&str; 6] = ["key", "token", "credential", "service-account", "service_account", "client"];

/// Members with the permissions of a credential.
const LISTS: [&str; 5] = ["scopes", "permissions", "scope", "abilities", "grants"];

/// Members of an answer with the credential.
const MADE: [&str; 9] =
    ["key", "api_key", "apiKey", "token", "access_token", "secret", "value", "credential", "plaintext"];

impl AttackRun {
    pub(super) async fn attack_minted_keys(
        &mut self,
        (route, method): (&Route, &Method),
        maker: &Credentials,
        report: &mut RouteReport,
    ) {
        let path = route.path.to_ascii_lowercase();
        let mints = *method == Method::POST && MAKES.iter().any(|part| path.contains(part)) && !route.grpc;
        if self.plan.without.contains("H37") || !mints {
            return;
        }
        let template = self.plan.template(route, method);
        let Ok(Value::Object(members)) = serde_json::from_slice::<Value>(&template.body) else { return };
        let Some(list) = LISTS.into_iter().find(|name| members.contains_key(*name)) else { return };
        let own = AttackPlan::scopes_for(route);
        for (stronger, scopes) in self.beyond(route, &own) {
            let Some(other) = stronger.methods(&[]).into_iter().next() else { continue };
            let protected = self.plan.template(&stronger, &other);
            if !self.is_rejected(&protected, maker).await {
                continue;
            }
            let request = template.with_body(&asking(&members, list, &scopes).to_string());
            let Ok(response) = self.send(request.request(maker)).await else { continue };
            if !response.status.is_success() {
                report.count("H37", false);
                continue;
            }
            let opened = self.opened_by_made((&response, &members), (&stronger, &protected)).await;
            report.count("H37", opened.is_some());
            if let Some(answer) = opened {
                let asked = scopes.join(" ");
                let got_through = GotThrough {
                    id: "H37",
                    what: format!("a key with {asked}, made by a caller without it"),
                    problem: format!(
                        "caller makes a key with a permission that it lacks: `{asked}`: {stronger} answers `{}`: grant \
                         no more than the caller has",
                        answer.status
                    ),
                };
                self.report_got_through((route, method), got_through, (&request, maker), &response);
                return;
            }
        }
    }

    /// Routes with a permission that the maker must not hand out, each with its scopes.
    fn beyond(&self, route: &Route, own: &[String]) -> Vec<(Route, Vec<String>)> {
        let mut beyond: Vec<(Route, Vec<String>)> = Vec::new();
        let mut routes: Vec<&Route> = self
            .target
            .routes
            .iter()
            .filter(|other| *other != route && other.decision() == Decision::Authenticated && !other.grpc)
            .filter(|other| !matches!(other.method.as_str(), "DELETE" | "ANY"))
            .filter(|other| self.plan.exclusion_of(other).is_none())
            .collect();
        routes.sort_by_key(|other| other.method != "GET");
        for other in routes {
            let scopes = AttackPlan::scopes_for(other);
            let is_beyond = AttackPlan::lacks(other, &own.iter().collect::<Vec<_>>())
                && !own.iter().any(|own| scopes.iter().any(|scope| may_include(own, scope)));
            if !scopes.is_empty() && is_beyond && !beyond.iter().any(|(_, known)| *known == scopes) {
                beyond.push((other.clone(), scopes));
            }
        }
        beyond.truncate(PERMISSIONS);
        beyond
    }

    /// The answer of the protected route to what the response has made.
    async fn opened_by_made(
        &mut self,
        (response, sent): (&ServiceResponse, &Map<String, Value>),
        (stronger, protected): (&Route, &RequestTemplate),
    ) -> Option<ServiceResponse> {
        let json = serde_json::from_slice::<Value>(&response.body).ok()?;
        let key = made(&json).filter(|key| !sent.values().any(|value| value == key))?;
        let mut places: Vec<Place> = stronger.places().into_iter().cloned().collect();
        for usual in [Place::bearer(), Place::Header(HeaderName::from_static("x-api-key"))] {
            if !places.contains(&usual) {
                places.push(usual);
            }
        }
        for place in places.into_iter().filter(|place| place.holds(&key)) {
            let Ok(answer) = self.send(protected.request(&Credentials::placed(&place, &key))).await else { continue };
            if answer.status.is_success() && !is_rejection(answer.status) {
                return Some(answer);
            }
        }
        None
    }
}

/// The body of the test with other permissions.
fn asking(members: &Map<String, Value>, list: &str, scopes: &[String]) -> Value {
    let mut members = members.clone();
    let is_text = members.get(list).is_some_and(Value::is_string);
    members.insert(list.to_owned(), if is_text { json!(scopes.join(" ")) } else { json!(scopes) });
    Value::Object(members)
}

/// The credential of an answer, which has it alone or in an object.
fn made(json: &Value) -> Option<String> {
    let Value::Object(members) = json else { return json.as_str().map(str::to_owned) };
    let named = MADE.iter().find_map(|name| members.get(*name)?.as_str());
    named.map(str::to_owned).or_else(|| members.values().filter(|value| value.is_object()).find_map(made))
}
