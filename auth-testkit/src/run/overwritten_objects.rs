//! H36: an object of the good caller, replaced by a creation that names its id.
//!
//! A handler that stores the body as the row, and takes the id of the body where it has one, lets a
//! caller replace the objects of others (CWE-639, CWE-915).

use super::attack_run::AttackRun;
use super::good_answers::says_nothing;
use super::got_through::GotThrough;
use super::plan::names_of_parameters;
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::target::{Decision, Route};
use http::Method;
use serde_json::{Value, json};

/// How many routes that create an object are tried.
const TRIED: usize = 4;

impl AttackRun {
    /// Creates objects of another caller under the id of the good caller's object.
    pub(super) async fn attack_overwritten_objects(&mut self, routes: &[Route]) -> Vec<(usize, bool)> {
        let is_tried = |route: &Route| {
            route.decision() == Decision::Authenticated
                && route.accepts_bearer_tokens()
                && !route.grpc
                && self.plan.exclusion_of(route).is_none()
        };
        let creating = routes.iter().enumerate().filter(|(_, route)| route.method == "POST" && is_tried(route));
        let reads = |post: &Route, get: &Route| {
            let rest = get.path.strip_prefix(&post.path).and_then(|rest| rest.strip_prefix("/{"));
            get.method == "GET" && rest.is_some_and(|rest| rest.find('}') == Some(rest.len() - 1))
        };
        let pairs: Vec<(usize, Route)> = creating
            .filter_map(|(place, post)| {
                let read = routes.iter().find(|get| reads(post, get) && is_tried(get))?;
                Some((place, read.clone()))
            })
            .take(TRIED)
            .collect();
        let mut counted = Vec::new();
        for (place, read) in pairs {
            if let Some(is_found) = self.attack_overwritten_object(&routes[place], &read).await {
                counted.push((place, is_found));
            }
        }
        counted
    }

    /// `None` where the other caller creates no object, or the answer changes by itself.
    async fn attack_overwritten_object(&mut self, create: &Route, read: &Route) -> Option<bool> {
        let parameter = names_of_parameters(&read.path).last()?;
        let (_, id) = self.plan.parameters.iter().find(|(name, _)| *name == parameter).cloned()?;
        let caller = self.another_caller(create)?;
        let template = self.plan.template(create, &Method::POST);
        let reading = self.plan.template(read, &Method::GET);
        let good = Credentials::bearer(&self.plan.good_token(read));
        let own = self.stable_answer(&reading, &good).await.filter(|own| !says_nothing(own))?;
        // An object of the other caller must not change the answer without the id.
        let created = self.send(template.request(&caller)).await.ok()?;
        if !created.status.is_success() || self.answer(&reading, &good).await.as_ref() != Some(&own) {
            return None;
        }
        for (member, value) in ids(&parameter, &id) {
            let Some(request) = with_id(&template, member, &value) else { continue };
            let Ok(response) = self.send(request.request(&caller)).await else { continue };
            if response.status.is_success() && self.answer(&reading, &good).await.as_ref() != Some(&own) {
                let got_through = GotThrough {
                    id: "H36",
                    what: format!("the id of the good caller's object as {member}, by another caller"),
                    problem: format!(
                        "creation replaces the object of another caller: `{}` with `{member}: {value}`: make the id in \
                         the service, and reject one that exists",
                        response.status
                    ),
                };
                self.report_got_through((create, &Method::POST), got_through, (&request, &caller), &response);
                return Some(true);
            }
        }
        Some(false)
    }
}

/// The id as a member of the body, as a number where it is one.
fn ids<'a>(parameter: &'a str, id: &str) -> Vec<(&'a str, Value)> {
    let mut names = vec!["id", parameter];
    names.dedup();
    let mut values = vec![json!(id)];
    if let Ok(number) = id.parse::<u64>() {
        values.insert(0, json!(number));
    }
    names
        .into_iter()
        .flat_map(|name| values.iter().map(move |value| (name, value.clone())).collect::<Vec<_>>())
        .collect()
}

fn with_id(template: &RequestTemplate, member: &str, value: &Value) -> Option<RequestTemplate> {
    if template.has_member(member) {
        return None;
    }
    let body = template.body_with_all(&[(member, value.clone())])?;
    Some(RequestTemplate { body: body.into_bytes(), ..template.clone() })
}
