//! H36: an object of the good caller, requested on a route for guests.
//!
//! A comparison that runs only where a caller is known, as `if let Some(caller)`, gives guests what
//! it denies to other callers.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use crate::target::{Decision, Route, ServiceResponse};
use http::Method;

impl AttackRun {
    /// Attacks the routes for guests that the test declares as owned.
    ///
    /// It returns what to count, by the place of the route.
    pub(super) async fn attack_objects_of_guests(&mut self, routes: &[Route]) -> Vec<(usize, bool)> {
        let mut counted = Vec::new();
        for name in ["GET", "PUT", "PATCH", "POST", "DELETE"] {
            for (place, route) in routes.iter().enumerate().filter(|(_, route)| route.method == name) {
                let is_attacked = route.decision() == Decision::Visitor
                    && !route.grpc
                    && self.plan.exclusion_of(route).is_none()
                    && self.plan.owned.iter().any(|owned| *owned == route.to_string());
                let Some(method) = name.parse::<Method>().ok().filter(|_| is_attacked) else { continue };
                let mut is_found = false;
                for (who, caller) in self.other_callers(route) {
                    let template = self.plan.template(route, &method);
                    let Ok(response) = self.send(template.request(&caller)).await else { continue };
                    if self.is_owned_answer(route, &method, &response) {
                        let problem = format!(
                            "{who} gets the object: `{}`: declared as owned: deny it to every request without its owner, \
                             also where no caller is known",
                            response.status
                        );
                        let what = format!("the object of the good caller, by {who}");
                        let got_through = GotThrough { id: "H36", what, problem };
                        self.report_got_through((route, &method), got_through, (&template, &caller), &response);
                        is_found = true;
                    }
                }
                counted.push((place, is_found));
            }
        }
        counted
    }

    /// Whether a response is the object, or that of a write to it.
    fn is_owned_answer(&self, route: &Route, method: &Method, response: &ServiceResponse) -> bool {
        let is_good = self.good_answers.status(route, method).is_some_and(|status| status.is_success());
        let is_of_owner = *method != Method::GET || self.reveals_good_answer(route, method, response);
        is_good && response.status.is_success() && is_of_owner
    }
}
