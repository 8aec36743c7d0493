//! H32: a request in a body, to a route whose permission the caller lacks.
//!
//! A batch endpoint that calls the handlers behind their checks answers for all of them
//! (CVE-2022-24112).

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::good_answers::says_nothing;
use super::got_through::GotThrough;
use super::plan::AttackPlan;
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Route};
use http::Method;
use serde_json::Value;

/// How many protected routes are named.
const NAMED: usize = 4;

/// A shorter answer may be a part of another one.
const LONG: usize = 12;

impl AttackRun {
    /// Names protected routes in a body that names a route of the service.
    pub(super) async fn attack_inner_requests(&mut self, (route, method): (&Route, &Method), report: &mut RouteReport) {
        if *method != Method::POST || self.plan.without.contains("H32") {
            return;
        }
        let template = self.plan.template(route, method);
        if !template.body.starts_with(b"{") && !template.body.starts_with(b"[") || template.body.len() <= 2 {
            return;
        }
        let routes = self.target.routes.clone();
        let reads: Vec<&Route> = routes.iter().filter(|other| other.method == "GET" && *other != route).collect();
        let path_of = |other: &Route| self.plan.template(other, &Method::GET).path;
        let body = String::from_utf8_lossy(&template.body).into_owned();
        let is_named = |path: &String| body.contains(&format!("\"{path}\""));
        let Some(named) = reads.iter().map(|other| path_of(other)).find(is_named) else { return };
        let is_protected = |other: &&&Route| {
            other.decision() == Decision::Authenticated
                && (route.decision() == Decision::Public || !other.permissions.is_empty())
                && self.plan.exclusion_of(other).is_none()
        };
        let targets: Vec<Route> = reads.iter().filter(is_protected).take(NAMED).map(|other| (*other).clone()).collect();
        for other in targets {
            let path = self.plan.template(&other, &Method::GET).path;
            let inner = template.with_body(&body.replace(&format!("\"{named}\""), &format!("\"{path}\"")));
            if let Some(is_found) = self.attack_inner_request((route, method), &other, &inner).await {
                report.count("H32", is_found);
            }
        }
    }

    /// `None` where the caller gets the answer of the other route by itself, too.
    async fn attack_inner_request(
        &mut self,
        (route, method): (&Route, &Method),
        other: &Route,
        inner: &RequestTemplate,
    ) -> Option<bool> {
        let caller = if route.decision() == Decision::Public {
            Credentials::none()
        } else {
            let issuer = self.plan.sources.of(route).issuer()?.clone();
            let scopes = AttackPlan::scopes_for(route);
            let token = scopes.iter().fold(issuer.token(), |token, scope| token.scope(scope));
            Credentials::bearer(&token.signed())
        };
        let direct = self.plan.template(other, &Method::GET);
        let good = Credentials::bearer(&self.plan.good_token(other));
        let own = self.stable_answer(&direct, &good).await.filter(|own| !says_nothing(own) && own.len() >= LONG)?;
        if !self.is_rejected(&direct, &caller).await {
            return None;
        }
        let response = self.send(inner.request(&caller)).await.ok()?;
        let body = comparable_body(&response, &self.plan.varying);
        let is_found = response.status.is_success() && (body.contains(&own) || has_text(&body, &own));
        if is_found {
            let problem = format!(
                "request in a body is not checked: `{}`: it has the answer of {other}, which rejects this caller: send \
                 each inner request through the checks of its route",
                response.status
            );
            let what = format!("a request to {other} in the body");
            self.report_got_through(
                (route, method),
                GotThrough { id: "H32", what, problem },
                (inner, &caller),
                &response,
            );
        }
        Some(is_found)
    }
}

/// Whether a string of a JSON body has a text.
fn has_text(body: &str, text: &str) -> bool {
    fn has(value: &Value, text: &str) -> bool {
        match value {
            Value::String(own) => own.contains(text),
            Value::Array(values) => values.iter().any(|value| has(value, text)),
            Value::Object(members) => members.values().any(|value| has(value, text)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    serde_json::from_str::<Value>(body).is_ok_and(|value| has(&value, text))
}
