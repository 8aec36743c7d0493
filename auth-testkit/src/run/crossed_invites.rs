//! H36: an invite to one object, sent with the name of another one.
//!
//! A route that looks the invite up, and takes the object from the body, lets its holder join each
//! object (CVE-2025-58073).

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::log_ins::others;
use super::plan::{AttackPlan, names_of_parameters};
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Route};
use http::Method;
use serde_json::{Map, Value};

/// Parts of the path of a route that takes an invite.
const JOINS: [&str; 7] = ["join", "accept", "redeem", "enrol", "invit", "member", "claim"];

/// How many routes that take an invite, and how many objects, are tried.
const ROUTES: usize = 3;
const OBJECTS: usize = 2;

/// A caller that joins, and one that sends the declared request.
const CALLERS: [&str; 2] = ["joining-caller", "joining-another"];

/// The declared request, and those that name the object of the good caller.
struct Invites {
    declared: RequestTemplate,
    crossed: RequestTemplate,
    /// With another invite.
    wrong: RequestTemplate,
    field: String,
}

impl AttackRun {
    /// Joins objects of the good caller. It comes last, because a caller is a member from here on.
    pub(super) async fn attack_crossed_invites(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        if self.plan.without.contains("H36") || self.locked_out {
            return;
        }
        let owned: Vec<&Route> =
            routes.iter().filter(|route| route.method == "GET" && !route.grpc && self.is_owned(route)).collect();
        let joins: Vec<usize> = (0..routes.len()).filter(|place| self.takes_invites(&routes[*place])).collect();
        for place in joins.into_iter().take(ROUTES) {
            let mut objects = 0;
            for object in &owned {
                let Some(invites) = self.invites(&routes[place], object).filter(|_| objects < OBJECTS) else {
                    continue;
                };
                objects += 1;
                let is_found = self.join_another(&routes[place], object, invites).await;
                reports[place].count("H36", is_found);
                if is_found {
                    return;
                }
            }
        }
    }

    fn takes_invites(&self, route: &Route) -> bool {
        let path = route.path.to_ascii_lowercase();
        route.decision() == Decision::Authenticated
            && matches!(route.method.as_str(), "POST" | "PUT")
            && !route.grpc
            && JOINS.iter().any(|part| path.contains(part))
            && self.plan.exclusion_of(route).is_none()
    }

    /// The requests, where a member of the body has the name of a parameter, and another value.
    fn invites(&self, route: &Route, object: &Route) -> Option<Invites> {
        let declared = self.plan.template(route, &route.method.parse().ok()?);
        let members = serde_json::from_slice::<Map<String, Value>>(&declared.body).ok()?;
        let known = |name: String| self.plan.parameters.iter().find(|(known, _)| *known == name);
        let (name, value) = names_of_parameters(&object.path).filter_map(known).last()?;
        let (field, own) = members.iter().find(|(field, _)| is_name(field, name))?;
        let value = match own {
            Value::Number(_) => Value::from(value.parse::<u64>().ok()?),
            Value::String(_) => Value::from(value.as_str()),
            _ => return None,
        };
        let mut crossed = members.clone();
        crossed.insert(field.clone(), value.clone());
        let mut wrong = crossed.clone();
        for (_, text) in wrong.iter_mut().filter(|(member, _)| *member != field) {
            if let Some(other) = text.as_str().map(|text| others(text).swap_remove(0)) {
                *text = other.into();
            }
        }
        // Without an invite, each caller may join.
        let is_invite = value != *own && wrong != crossed;
        let with = |members: Map<String, Value>| declared.with_body(&Value::Object(members).to_string());
        let (crossed, wrong, field) = (with(crossed), with(wrong), field.clone());
        is_invite.then_some(Invites { declared, crossed, wrong, field })
    }

    async fn join_another(&mut self, route: &Route, object: &Route, invites: Invites) -> bool {
        let Invites { declared, crossed, wrong, field } = invites;
        let shown = self.plan.template(object, &Method::GET);
        let (Some(joining), Some(reading)) =
            (self.plan.sources.of(route).issuer().cloned(), self.plan.sources.of(object).issuer().cloned())
        else {
            return false;
        };
        let [(caller, reader), (declaring, other_reader)] = CALLERS.map(|subject| {
            let caller = joining.another_caller(subject, &AttackPlan::scopes_for(route));
            (caller, reading.another_caller(subject, &AttackPlan::scopes_for(object)))
        });
        let good = Credentials::bearer(&self.plan.good_token(object));
        // The invite must decide: another one is rejected, and opens nothing.
        let is_refused = self.send(wrong.request(&caller)).await.is_ok_and(|refused| refused.status.is_client_error());
        if !is_refused || self.opens(object, &shown, &reader).await || !self.opens(object, &shown, &good).await {
            return false;
        }
        let Ok(response) = self.send(crossed.request(&caller)).await else { return false };
        if !response.status.is_success() || !self.opens(object, &shown, &reader).await {
            return false;
        }
        // The declared invite may be one to all objects of the good caller.
        let _ = self.send(declared.request(&declaring)).await;
        if self.opens(object, &shown, &other_reader).await {
            return false;
        }
        let got_through = GotThrough {
            id: "H36",
            what: format!("an invite with the object of the good caller as `{field}`, by {}", CALLERS[0]),
            problem: format!(
                "invite of one object opens another one: {object} answers afterwards: take the object from the \
                 invite, or compare `{field}` with it"
            ),
        };
        self.report_got_through((route, &crossed.method), got_through, (&crossed, &caller), &response);
        true
    }

    async fn opens(&mut self, object: &Route, shown: &RequestTemplate, caller: &Credentials) -> bool {
        let Ok(response) = self.send(shown.request(caller)).await else { return false };
        response.status.is_success() && self.reveals_good_answer(object, &Method::GET, &response)
    }
}

/// Whether a member names the parameter of a path: `team`, `team_id` or `teamId` for each other.
fn is_name(member: &str, parameter: &str) -> bool {
    let bare = |name: &str| {
        let name = name.to_ascii_lowercase().replace(['_', '-'], "");
        name.strip_suffix("id").map_or_else(|| name.clone(), str::to_owned)
    };
    let (member, parameter) = (bare(member), bare(parameter));
    !member.is_empty() && member == parameter
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn a_member_names_a_parameter_with_and_without_id() {
        assert!(is_name("team", "team") && is_name("teamId", "team") && is_name("team", "team_id"));
        assert!(!is_name("name", "team") && !is_name("id", "id"));
    }
}
