//! H35: a cookie that a public route has set, sent to protected routes without a token.
//!
//! A session of a guest, such as that of a cart, is not a log-in.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::got_through::GotThrough;
use super::plan::AttackPlan;
use crate::catalogue::{Credentials, SEC_FETCH_SITE};
use crate::report::RouteReport;
use crate::target::{Decision, Route, ServiceResponse};
use http::Method;
use http::header::{COOKIE, SET_COOKIE};

/// The name and the value of each cookie of a response.
pub(super) fn cookies_of(response: &ServiceResponse) -> Vec<(String, String)> {
    let cookie = |value: &http::HeaderValue| {
        let (name, value) = value.to_str().ok()?.split(';').next()?.trim().split_once('=')?;
        (!value.is_empty()).then(|| (name.to_owned(), value.to_owned()))
    };
    response.headers.get_all(SET_COOKIE).iter().filter_map(cookie).collect()
}

impl AttackRun {
    /// Keeps the cookies of a GET that every client can send.
    ///
    /// A route that the test gives a path, a query or a body may log its caller in.
    pub(super) fn keep_public_cookies(&mut self, route: &Route, method: &Method, response: &ServiceResponse) {
        if *method == Method::GET && !self.plan.completes(route) {
            self.public_cookies.extend(cookies_of(response));
        }
    }

    pub(super) async fn attack_with_public_cookies(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        let pairs: Vec<String> = self.public_cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() || self.plan.without.contains("H35") || self.locked_out {
            return;
        }
        // As a page of the service sends them.
        let cookies = Credentials::none().header(COOKIE, pairs.join("; ")).header(SEC_FETCH_SITE, "same-origin");
        for (route, report) in routes.iter().zip(reports) {
            let is_attacked =
                route.decision() == Decision::Authenticated && !route.grpc && self.plan.exclusion_of(route).is_none();
            let Some(method) = route.methods(&[]).into_iter().next().filter(|_| is_attacked) else { continue };
            let template = self.plan.template(route, &method);
            let Ok(response) = self.send(template.request(&cookies)).await else { continue };
            let mut is_found = response.status.is_success() || response.gate.ran > 0;
            if is_found {
                // Where the check does not run at all, H01 is the finding.
                let plain = self.send(template.request(&Credentials::none())).await;
                is_found = plain.is_ok_and(|plain| {
                    let body = |response| comparable_body(response, &self.plan.varying);
                    plain.status != response.status || body(&plain) != body(&response)
                });
            }
            report.count("H35", is_found);
            if is_found {
                let got_through = GotThrough {
                    id: "H35",
                    what: "the cookies that public routes have set, without other credentials".to_owned(),
                    problem: format!(
                        "cookie of a public route opens a protected one: `{}`: check that the session has a user",
                        response.status
                    ),
                };
                self.report_got_through((route, &method), got_through, (&template, &cookies), &response);
            }
        }
    }
}

impl AttackPlan {
    /// Whether the test gives the route a path, a query, a header or a body.
    pub(super) fn completes(&self, route: &Route) -> bool {
        let name = route.to_string();
        route.path.contains('{')
            || self.queries.iter().any(|(of, _)| *of == name)
            || self.headers.iter().any(|(of, ..)| *of == name)
            || self.bodies.iter().any(|(of, ..)| *of == name)
    }
}
