//! H39: a session id that the client had before the log-in.
//!
//! Who sends a victim to the service with a session id that both know is logged in with the victim
//! (session fixation). A log-in must make a new id.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::log_ins::others;
use super::public_cookies::cookies_of;
use super::requests::RequestTemplate;
use crate::catalogue::{Credentials, SEC_FETCH_SITE};
use crate::report::RouteReport;
use crate::target::{Decision, Route};
use http::Method;
use http::header::COOKIE;

/// How many protected routes are tried with the cookie of a log-in.
const TRIED: usize = 3;

impl AttackRun {
    pub(super) async fn attack_fixed_sessions(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        if self.plan.without.contains("H39") || self.locked_out {
            return;
        }
        for (route, report) in routes.iter().zip(reports) {
            let is_log_in =
                route.decision() == Decision::Public && route.method == "POST" && self.plan.completes(route);
            if !is_log_in || self.plan.exclusion_of(route).is_some() {
                continue;
            }
            let template = self.plan.template(route, &Method::POST);
            let Ok(answer) = self.send(template.request(&Credentials::none())).await else { continue };
            for (name, value) in cookies_of(&answer) {
                let Some(protected) = self.opened_by(routes, &cookie(&name, &value)).await else { continue };
                if let Some(is_found) = self.attack_fixed_session((route, &template), &protected, (&name, &value)).await
                {
                    report.count("H39", is_found);
                }
            }
        }
    }

    /// A protected request that a cookie opens, and that is rejected without it.
    pub(super) async fn opened_by(&mut self, routes: &[Route], cookie: &Credentials) -> Option<RequestTemplate> {
        let protected = |route: &&Route| {
            let decides = matches!(route.decision(), Decision::Authenticated);
            decides && route.method == "GET" && !route.grpc && self.plan.exclusion_of(route).is_none()
        };
        let protected: Vec<&Route> = routes.iter().filter(protected).take(TRIED).collect();
        for route in protected {
            let template = self.plan.template(route, &Method::GET);
            if self.is_opened(&template, cookie).await && !self.is_opened(&template, &Credentials::none()).await {
                return Some(template);
            }
        }
        None
    }

    /// Logs in beside an id of the client. `None` where the id opens the route before.
    async fn attack_fixed_session(
        &mut self,
        (route, log_in): (&Route, &RequestTemplate),
        protected: &RequestTemplate,
        (name, value): (&str, &str),
    ) -> Option<bool> {
        let of_a_guest = self.public_cookies.get(name).cloned();
        for fixed in of_a_guest.into_iter().chain(others(value).into_iter().take(1)) {
            let fixed = cookie(name, &fixed);
            if self.is_opened(protected, &fixed).await {
                return None;
            }
            self.send(log_in.request(&fixed)).await.ok()?;
            let response = self.send(protected.request(&fixed)).await.ok()?;
            if response.status.is_success() {
                let got_through = GotThrough {
                    id: "H39",
                    what: format!("a cookie {name} from before the log-in"),
                    problem: format!(
                        "log-in keeps the session id of the client: `{}` with the id from before it: make a new id at \
                         each log-in",
                        response.status
                    ),
                };
                self.report_got_through((route, &Method::POST), got_through, (log_in, &fixed), &response);
                return Some(true);
            }
        }
        Some(false)
    }

    async fn is_opened(&mut self, template: &RequestTemplate, credentials: &Credentials) -> bool {
        self.send(template.request(credentials)).await.is_ok_and(|response| response.status.is_success())
    }
}

/// As a page of the service sends it.
pub(super) fn cookie(name: &str, value: &str) -> Credentials {
    Credentials::none().header(COOKIE, format!("{name}={value}")).header(SEC_FETCH_SITE, "same-origin")
}
