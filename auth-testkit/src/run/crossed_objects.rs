//! H36: an object below a parent that is not its own.
//!
//! A check of the parent in the path, in front of a look-up by the id of the child only, gives a
//! member of one project the documents of all (OWASP API1:2023).

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::got_through::GotThrough;
use super::plan::{AttackPlan, names_of_parameters, unknown_like};
use super::requests::RequestTemplate;
use super::second_objects::{LONG, texts};
use crate::catalogue::Credentials;
use crate::target::Route;
use http::Method;

/// A parameter of a path, its value of the good caller, and that of the other caller.
struct Level {
    name: String,
    good: String,
    own: String,
}

impl AttackRun {
    /// The parameters that an id such as `beta/8` sets, the parents first.
    ///
    /// In a wildcard it is one value.
    pub(super) fn parents_and_child(&self, routes: &[Route], id: &str) -> Option<Vec<String>> {
        let count = id.split('/').count();
        let names_of = |route: &Route| {
            let known = |name: &String| self.plan.parameters.iter().any(|(known, _)| known == name);
            let names: Vec<String> = names_of_parameters(&route.path).filter(known).collect();
            let is_fit = names.len() >= count && !route.path.contains("{*");
            is_fit.then(|| names[names.len() - count..].to_vec())
        };
        let names = routes.iter().filter(|route| self.is_owned(route)).find_map(names_of);
        names.filter(|_| count > 1)
    }

    /// Suggests to declare a child of another caller, where a path has a parent.
    pub(super) fn suggest_objects_of_others(&mut self, routes: &[Route]) {
        let has_child = self.plan.second_objects.iter().any(|(_, id)| id.contains('/'));
        let known = |name: &String| self.plan.parameters.iter().any(|(known, _)| known == name);
        let has_parent = |route: &&Route| {
            let names = names_of_parameters(&route.path).filter(known).count();
            names > 1 && !route.path.contains("{*") && self.is_owned(route)
        };
        if let Some(route) = routes.iter().find(has_parent).filter(|_| !has_child) {
            self.suggestions.insert(format!(
                "an object may be found below another parent: {route}: declare one of another caller with its parent: \
                 `.object_of(\"bob\", \"beta/8\")`"
            ));
        }
    }

    pub(super) async fn attack_crossed_objects(
        &mut self,
        routes: &[Route],
        names: &[String],
        (subject, id): (&str, &str),
    ) -> Vec<(usize, bool)> {
        let value = |name: &String| self.plan.parameters.iter().find(|(known, _)| known == name);
        let levels: Vec<Level> = names
            .iter()
            .zip(id.split('/'))
            .filter_map(|(name, own)| {
                let (_, good) = value(name)?;
                Some(Level { name: name.clone(), good: good.clone(), own: own.to_owned() })
            })
            .collect();
        let mut counted = Vec::new();
        // A request that deletes comes last, because the others need the object.
        for name in ["GET", "PUT", "PATCH", "POST", "DELETE"] {
            for (place, route) in routes.iter().enumerate().filter(|(_, route)| route.method == name) {
                let levels: Vec<&Level> = levels
                    .iter()
                    .filter(|level| names_of_parameters(&route.path).any(|own| own == level.name))
                    .collect();
                let Ok(method) = name.parse::<Method>() else { continue };
                let Some(issuer) = self.plan.sources.of(route).issuer().filter(|_| !levels.is_empty()) else {
                    continue;
                };
                if !self.is_owned(route) || (method != Method::GET && levels.len() < 2) {
                    continue;
                }
                let caller = issuer.another_caller(subject, &AttackPlan::scopes_for(route));
                let place_of = (route, &method);
                let is_found = if method == Method::GET {
                    self.read_crossed_objects(place_of, &levels, (&caller, subject)).await
                } else {
                    self.write_crossed_object(routes, place_of, &levels, (&caller, subject)).await
                };
                counted.push((place, is_found));
            }
        }
        counted
    }

    async fn read_crossed_objects(
        &mut self,
        (route, method): (&Route, &Method),
        levels: &[&Level],
        (caller, subject): (&Credentials, &str),
    ) -> bool {
        let template = self.plan.template(route, method);
        let own = self.below(route, method, levels, |_, level| &level.own);
        if self.attack_after_own((route, method), (&template, &own), (caller, subject)).await {
            return true;
        }
        let Some(good) = self.good_answers.body(route, method).map(str::to_owned) else { return false };
        let Some(own) = self.answer(&own, caller).await else { return false };
        // What only the objects of the good caller say.
        let mut of_owner = texts(&good);
        of_owner.retain(|text| {
            text.len() >= LONG && !own.contains(text.as_str()) && !levels.iter().any(|level| level.good == *text)
        });
        for count in 1..levels.len() {
            let foreign_child =
                self.below(route, method, levels, |at, level| if at < count { &level.own } else { &level.good });
            let foreign_parent =
                self.below(route, method, levels, |at, level| if at < count { &level.good } else { &level.own });
            let Ok(response) = self.send(foreign_child.request(caller)).await else { continue };
            // An answer may name the parent of the path.
            let body = comparable_body(&response, &self.plan.varying);
            let renamed = levels[..count].iter().fold(body, |body, level| body.replace(&level.own, &level.good));
            let reveals = renamed == good || self.reveals_good_answer(route, method, &response);
            if response.status.is_success() && reveals && own != good {
                let unknown = self.unknown_child(route, method, levels);
                // An answer that is the same for each id has no owner.
                if self.answer(&unknown, caller).await.as_ref() != Some(&comparable_body(&response, &self.plan.varying))
                {
                    self.report_crossed((route, method), subject, (&foreign_child, caller), &response);
                    return true;
                }
            }
            let Ok(response) = self.send(foreign_parent.request(caller)).await else { continue };
            if response.status.is_success() && self.has_any(&response, &of_owner) {
                self.report_crossed((route, method), subject, (&foreign_parent, caller), &response);
                return true;
            }
        }
        false
    }

    /// Writes to the object of the good caller below the parent of the other one.
    async fn write_crossed_object(
        &mut self,
        routes: &[Route],
        (route, method): (&Route, &Method),
        levels: &[&Level],
        (caller, subject): (&Credentials, &str),
    ) -> bool {
        let last = levels.len() - 1;
        let crossed = self.below(route, method, levels, |at, level| if at < last { &level.own } else { &level.good });
        let unknown = self.unknown_child(route, method, levels);
        if self.is_success(&unknown, caller).await {
            return false;
        }
        // The other parent may have an object with this id, too.
        let reading = |other: &&Route| other.method == "GET" && other.path == route.path;
        if let Some(reading) = routes.iter().find(reading) {
            let read =
                self.below(reading, &Method::GET, levels, |at, level| if at < last { &level.own } else { &level.good });
            if self.is_success(&read, caller).await {
                return false;
            }
        }
        let Ok(response) = self.send(crossed.request(caller)).await else { return false };
        if response.status.is_success() {
            self.report_crossed((route, method), subject, (&crossed, caller), &response);
        }
        response.status.is_success()
    }

    fn report_crossed(
        &mut self,
        place: (&Route, &Method),
        subject: &str,
        (template, caller): (&RequestTemplate, &Credentials),
        response: &crate::target::ServiceResponse,
    ) {
        let problem = format!(
            "object below a parent that is not its own: `{}`: {subject} gets it at `{}`: look the object up by its \
             parent and its id, and check the caller for both",
            response.status, template.path
        );
        let what = format!("the object of the good caller below a parent of {subject}, or the reverse");
        self.report_got_through(place, GotThrough { id: "H36", what, problem }, (template, caller), response);
    }

    fn unknown_child(&self, route: &Route, method: &Method, levels: &[&Level]) -> RequestTemplate {
        let unknown = levels.last().map(|level| unknown_like(&level.good)).unwrap_or_default();
        self.below(route, method, levels, |at, level| if at + 1 < levels.len() { &level.own } else { &unknown })
    }

    /// The request with other values of its parameters.
    fn below<'a>(
        &self,
        route: &Route,
        method: &Method,
        levels: &'a [&'a Level],
        value: impl Fn(usize, &'a Level) -> &'a str,
    ) -> RequestTemplate {
        let mut parameters = self.plan.parameters.clone();
        for (at, level) in levels.iter().enumerate() {
            for (_, own) in parameters.iter_mut().filter(|(name, _)| *name == level.name) {
                value(at, level).clone_into(own);
            }
        }
        self.plan.completed(route, RequestTemplate::new(route, method, &parameters, &self.plan.bodies))
    }

    async fn is_success(&mut self, template: &RequestTemplate, caller: &Credentials) -> bool {
        self.send(template.request(caller)).await.is_ok_and(|response| response.status.is_success())
    }
}
