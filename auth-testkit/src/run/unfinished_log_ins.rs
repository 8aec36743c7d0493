//! H35: the session of a log-in whose second factor is missing.
//!
//! A check that accepts each session of the store, and not only those with the second factor, makes
//! the password enough (CWE-308).

use super::attack_run::AttackRun;
use super::builder::AttackBuilder;
use super::got_through::GotThrough;
use super::log_ins::{CODES, PASSWORDS, USERS};
use super::public_cookies::cookies_of;
use crate::catalogue::{Credentials, SEC_FETCH_SITE};
use crate::report::{Finding, RouteReport};
use crate::target::{Decision, Route};
use http::Method;
use http::header::COOKIE;

/// Parts of the path of a second factor.
const SECOND: [&str; 8] =
    ["2fa", "mfa", "otp", "two-factor", "second-factor", "second_factor", "two_factor", "passcode"];

/// Parts of the path of a route that takes a second factor away (Box, 2021).
const TAKEN_AWAY: [&str; 6] = ["unenroll", "disable", "remove", "delete", "deactivate", "turn-off"];

/// Parts of the path of a write that belongs to a log-in, or that ends one.
const OF_A_LOG_IN: [&str; 8] = ["logout", "log-out", "signout", "sign-out", "verif", "challenge", "resend", "code"];

/// How many protected routes are tried with the session: so many that read, so many that write.
const TRIED: usize = 16;

impl AttackBuilder {
    /// Declares a public log-in after which a second factor is still missing.
    ///
    /// ```
    /// # use auth_testkit::{TestIssuer, attack};
    /// # use serde_json::json;
    /// # async fn test(app: axum::Router, issuer: TestIssuer) {
    /// let attack = attack(app).with(&issuer);
    /// let attack = attack.public("POST /login", "the password, before the code");
    /// let attack = attack.json("POST /login", json!({"user": "alice", "password": "tea-4711"}));
    /// attack.unfinished_log_in("POST /login").await.assert_nothing_got_through();
    /// # }
    /// ```
    ///
    /// Its cookies must not open a protected route (H35). The kit finds a log-in by itself where
    /// another public route takes only a code, such as `POST /login/code` or `POST /2fa`.
    pub fn unfinished_log_in(mut self, route: &str) -> Self {
        self.plan.name_route("unfinished_log_in", route);
        self.plan.unfinished.push(route.to_owned());
        self
    }
}

impl AttackRun {
    pub(super) async fn attack_unfinished_log_ins(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        if self.plan.without.contains("H35") || self.locked_out {
            return;
        }
        for (place, route) in routes.iter().enumerate() {
            let is_declared = self.plan.unfinished.iter().any(|unfinished| *unfinished == route.to_string());
            if !self.is_public_post(route) || !is_declared && !self.is_unfinished(route, routes) {
                if is_declared {
                    self.report_useless_log_in(route);
                }
                continue;
            }
            let template = self.plan.template(route, &Method::POST);
            let Ok(answer) = self.send(template.request(&Credentials::none())).await else { continue };
            let pairs: Vec<String> =
                cookies_of(&answer).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
            if pairs.is_empty() || !answer.status.is_success() && !answer.status.is_redirection() {
                if is_declared {
                    self.report_useless_log_in(route);
                }
                continue;
            }
            // As a page of the service sends them.
            let session = Credentials::none().header(COOKIE, pairs.join("; ")).header(SEC_FETCH_SITE, "same-origin");
            let is_found = self.attack_with_unfinished((route, &routes[place].path), routes, &session).await;
            reports[place].count("H35", is_found);
        }
    }

    async fn attack_with_unfinished(
        &mut self,
        (log_in, below): (&Route, &str),
        routes: &[Route],
        session: &Credentials,
    ) -> bool {
        let is_tried = |route: &&Route| {
            route.decision() == Decision::Authenticated
                && !route.grpc
                && !route.path.starts_with(below)
                && self.plan.exclusion_of(route).is_none()
                && self.is_for_both_factors(route)
        };
        let (reads, writes): (Vec<&Route>, Vec<&Route>) =
            routes.iter().filter(is_tried).partition(|route| route.method == "GET");
        // A write may end the session, so the writes come last.
        let tried: Vec<Route> = reads.into_iter().take(TRIED).chain(writes.into_iter().take(TRIED)).cloned().collect();
        for route in tried {
            let Ok(method) = route.method.parse::<Method>() else { continue };
            let template = self.plan.template(&route, &method);
            let Ok(response) = self.send(template.request(session)).await else { continue };
            if !response.status.is_success() {
                continue;
            }
            // Where the check does not run at all, H01 is the finding.
            let plain = self.send(template.request(&Credentials::none())).await;
            if plain.is_ok_and(|plain| !plain.status.is_success()) {
                let got_through = GotThrough {
                    id: "H35",
                    what: format!("the session of {log_in}, without the second factor"),
                    problem: format!(
                        "log-in without its second factor opens the route: `{}`: check in one place that the session \
                         has both factors",
                        response.status
                    ),
                };
                self.report_got_through((&route, &method), got_through, (&template, session), &response);
                return true;
            }
        }
        false
    }

    /// Whether a session without the second factor must not open a route. The pages of the second
    /// factor are for such a session.
    fn is_for_both_factors(&self, route: &Route) -> bool {
        let path = route.path.to_ascii_lowercase();
        let has_any = |parts: &[&str]| parts.iter().any(|part| path.contains(part));
        match route.method.as_str() {
            "GET" => !names_second(&path),
            "DELETE" => true,
            "POST" | "PUT" | "PATCH" if has_any(&TAKEN_AWAY) => true,
            "POST" | "PUT" | "PATCH" => {
                let takes_a_code = || self.plan.template(route, &Method::POST).first_member(&CODES).is_some();
                !names_second(&path) && !has_any(&OF_A_LOG_IN) && !takes_a_code()
            }
            _ => false,
        }
    }

    fn is_public_post(&self, route: &Route) -> bool {
        route.decision() == Decision::Public
            && route.method == "POST"
            && self.plan.completes(route)
            && self.plan.exclusion_of(route).is_none()
    }

    /// The declaration tests nothing.
    fn report_useless_log_in(&mut self, route: &Route) {
        self.findings.push(Finding::about_the_test(format!(
            "`.unfinished_log_in(\"{route}\")` sets no cookie: name a public POST, and give the kit a right password: \
             `.json(\"{route}\", ..)`"
        )));
    }

    /// Whether another public route takes the second factor.
    fn is_unfinished(&self, route: &Route, routes: &[Route]) -> bool {
        let body_of = |route: &Route| self.plan.template(route, &Method::POST);
        let own = body_of(route);
        if own.first_member(&PASSWORDS).is_none() || own.first_member(&CODES).is_some() {
            return false;
        }
        routes.iter().filter(|other| *other != route && self.is_public_post(other)).any(|other| {
            let body = body_of(other);
            // A route with a user is another way to log in.
            let is_second = body.first_member(&CODES).is_some()
                && body.first_member(&USERS).is_none()
                && body.first_member(&PASSWORDS).is_none();
            is_second && (other.path.starts_with(&format!("{}/", route.path)) || names_second(&other.path))
        })
    }
}

fn names_second(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    SECOND.iter().any(|part| path.contains(part))
}
