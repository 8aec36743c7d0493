//! H36: an object of the good caller in the path, and an own one in the query.
//!
//! A check that reads the object from the query where it is there, beside a handler that reads it
//! from the path, decides on an object of the attacker (CVE-2025-24365).

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::got_through::GotThrough;
use super::named_owners::encoded;
use super::plan::{AttackPlan, names_of_parameters};
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::target::{Decision, Route, ServiceResponse};
use http::Method;

/// How many names of a query are tried on a route.
const NAMES: usize = 8;

/// How many routes are tried for a caller.
const ROUTES: usize = 16;

impl AttackRun {
    /// It returns what to count, by the place of the route.
    pub(super) async fn attack_queried_objects(
        &mut self,
        routes: &[Route],
        (subject, id): (&str, &str),
    ) -> Vec<(usize, bool)> {
        let is_attacked = |(_, route): &(usize, &Route)| {
            route.decision() == Decision::Authenticated
                && matches!(route.method.as_str(), "GET" | "POST" | "PUT" | "PATCH")
                && !route.grpc
                && self.plan.names_a_parameter(&route.path)
                && self.plan.exclusion_of(route).is_none()
        };
        let attacked: Vec<(usize, &Route)> = routes.iter().enumerate().filter(is_attacked).take(ROUTES).collect();
        let mut counted = Vec::new();
        for (place, route) in attacked {
            let Some(issuer) = self.plan.sources.of(route).issuer() else { continue };
            let caller = issuer.another_caller(subject, &AttackPlan::scopes_for(route));
            let Ok(method) = route.method.parse::<Method>() else { continue };
            if let Some(is_found) = self.attack_queried_object((route, &method), &caller, (subject, id)).await {
                counted.push((place, is_found));
            }
        }
        counted
    }

    /// `None` where the caller gets the object anyway, or no name is known.
    async fn attack_queried_object(
        &mut self,
        (route, method): (&Route, &Method),
        caller: &Credentials,
        (subject, id): (&str, &str),
    ) -> Option<bool> {
        let template = self.plan.template(route, method);
        let names = self.names_for(route, &template);
        let reads = *method == Method::GET;
        self.good_answers.status(route, method).filter(|status| status.is_success() && !names.is_empty())?;
        let plain = self.send(template.request(caller)).await.ok()?;
        if plain.status.is_success() && (!reads || self.reveals_good_answer(route, method, &plain)) {
            return None;
        }
        // A service may use the object of the query for the check and for the write.
        let own = match self.own_path(route, &template, id) {
            Some(own) if !reads => Some(self.send(own.request(caller)).await.ok()?),
            None if !reads => return None,
            _ => None,
        };
        let body = |response: &ServiceResponse| comparable_body(response, &self.plan.varying);
        let of_own = own.map(|own| body(&own));
        for name in names {
            let pair = format!("{name}={}", encoded(id));
            let beside = caller.clone().query(pair.clone());
            let Ok(response) = self.send(template.request(&beside)).await else { continue };
            let is_object = match &of_own {
                Some(own) => comparable_body(&response, &self.plan.varying) != *own,
                None => self.reveals_good_answer(route, method, &response),
            };
            if response.status.is_success() && is_object {
                let got_through = GotThrough {
                    id: "H36",
                    what: format!("the object of the good caller, by {subject} with `{pair}` in the query"),
                    problem: format!(
                        "own object in the query opens the object of the path: `{}`: check the object that the \
                         handler uses, and read it in one place",
                        response.status
                    ),
                };
                self.report_got_through((route, method), got_through, (&template, &beside), &response);
                return Some(true);
            }
        }
        Some(false)
    }

    /// Names of the queries of the test, and of the parameters of the path, that the request lacks.
    fn names_for(&self, route: &Route, template: &RequestTemplate) -> Vec<String> {
        let names_in = |query: &str| -> Vec<String> {
            let names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default().to_owned());
            names.filter(|name| !name.is_empty()).collect()
        };
        let sent = template.query.as_deref().map(names_in).unwrap_or_default();
        let of_queries = self.plan.queries.iter().flat_map(|(_, query)| names_in(query));
        let mut names: Vec<String> = Vec::new();
        for name in of_queries.chain(names_of_parameters(&route.path)) {
            if !names.contains(&name) && !sent.contains(&name) {
                names.push(name);
            }
        }
        names.truncate(NAMES);
        names
    }
}
