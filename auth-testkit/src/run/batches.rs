//! T29 and H34: the JSON body of the test as the only element of an array.
//!
//! A check that reads a member of the body, in front of a handler that also takes a batch (JSON-RPC
//! 2.0 section 6, GraphQL), finds no such member in an array, and requires nothing.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::got_through::GotThrough;
use super::lacking_tokens::tokens_without_permission;
use super::plan::AttackPlan;
use super::probe::Probe;
use super::requests::{self, RequestTemplate};
use crate::catalogue::{Credentials, Expected};
use crate::report::RouteReport;
use crate::target::{Decision, Route, ServiceResponse};
use http::Method;
use serde_json::Value;

impl AttackRun {
    /// Sends the body as a batch, by callers that must not get the answer.
    pub(super) async fn attack_batch(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let writes = matches!(*method, Method::POST | Method::PUT | Method::PATCH);
        let template = self.plan.template(route, method);
        let members = serde_json::from_slice::<Value>(&template.body).unwrap_or_default();
        let has_members = members.as_object().is_some_and(|members| !members.is_empty());
        if !writes || !has_members || route.decision() != Decision::Authenticated {
            return;
        }
        let batch = template.with_body(&Value::Array(vec![members]).to_string());
        for (id, who, caller) in self.callers_of_batches(route) {
            if self.plan.without.contains(id) {
                continue;
            }
            // Where one request is answered already, a batch shows nothing more.
            let Ok(alone) = self.send(template.request(&caller)).await else { continue };
            if self.is_of_batch(route, method, &alone) {
                continue;
            }
            let is_found = self.attack_as_batch((route, method), (id, who), (&batch, &caller)).await;
            report.count(id, is_found);
        }
    }

    async fn attack_as_batch(
        &mut self,
        (route, method): (&Route, &Method),
        (id, who): (&'static str, &str),
        (batch, caller): (&RequestTemplate, &Credentials),
    ) -> bool {
        let before = self.read_side_effects().await;
        let Ok(response) = self.send(batch.request(caller)).await else { return false };
        let what = format!("the body as an array, by {who}");
        if response.status.is_success() && self.is_of_batch(route, method, &response) {
            let problem = format!(
                "batch is not checked: `{}`: the body in an array gets the answer of the good caller: check each element \
                 of a batch as one request, and reject what the check cannot read",
                response.status
            );
            self.report_got_through((route, method), GotThrough { id, what, problem }, (batch, caller), &response);
            return true;
        }
        let probe =
            Probe { route, method: method.clone(), id: id.to_owned(), what, curl: requests::curl(batch, caller) };
        let findings = self.changed_side_effects(&probe, &before, Some(&response)).await;
        let is_found = !findings.is_empty();
        self.findings.extend(findings);
        is_found
    }

    /// Whether a response has the good answer, alone or as the element of an array.
    fn is_of_batch(&self, route: &Route, method: &Method, response: &ServiceResponse) -> bool {
        self.reveals_good_answer(route, method, response)
            || self
                .good_answers
                .body(route, method)
                .is_some_and(|good| comparable_body(response, &self.plan.varying) == format!("[{good}]"))
    }

    /// A client without credentials, and one without the permission of the route.
    fn callers_of_batches(&self, route: &Route) -> Vec<(&'static str, &'static str, Credentials)> {
        let mut callers = vec![("H34", "a client without credentials", Credentials::none())];
        let is_granted = route.permissions.iter().any(|permission| self.plan.grant_of(permission).is_some());
        let Some(issuer) = self.plan.sources.of(route).issuer().filter(|_| !is_granted) else { return callers };
        if route.permissions.is_empty() {
            return callers;
        }
        let lacking = self.plan.lacking(route).next().map(|(permission, issuer)| {
            let scopes = AttackPlan::scopes_for(route);
            let scopes = scopes.iter().filter(|scope| *scope != permission);
            scopes.fold(issuer.token(), |token, scope| token.scope(scope))
        });
        let by_scope = || {
            let mut tokens = tokens_without_permission(route, issuer);
            let place = tokens.iter().position(|(_, expected, _)| *expected == Expected::Denied).unwrap_or_default();
            tokens.swap_remove(place).2
        };
        let token = lacking.unwrap_or_else(by_scope);
        callers.push(("T29", "a caller without the permission", Credentials::bearer(&token.signed())));
        callers
    }
}
