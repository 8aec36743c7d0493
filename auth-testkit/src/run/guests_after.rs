//! H29: a guest after a good caller. A service that stores the caller where the next request finds
//! it gives the guest the answer of that caller.
//!
//! The requests come before all other good ones, because only then is the answer to a guest known.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use crate::catalogue::Credentials;
use crate::target::{Decision, Route};
use http::Method;

/// How many guests come after a good caller.
const GUESTS: usize = 2;

/// Parts of a path that ends the session of its caller.
const LOG_OUTS: [&str; 6] = ["logout", "log-out", "signout", "sign-out", "revoke", "disconnect"];

impl AttackRun {
    /// Returns the places of the attacked routes, and whether there is a finding.
    pub(super) async fn attack_guests(&mut self, routes: &[Route]) -> Vec<(usize, bool)> {
        let mut first = Vec::new();
        if self.plan.without.contains("H29") {
            return Vec::new();
        }
        let has_guests = |route: &Route| {
            route.decision() == Decision::Visitor
                && route.accepts_bearer_tokens()
                && matches!(route.method.as_str(), "GET" | "ANY")
                && !LOG_OUTS.iter().any(|part| route.path.to_ascii_lowercase().contains(part))
        };
        // The state is that of the service, so the guests of all routes come first.
        for (place, route) in routes.iter().enumerate().filter(|(_, route)| has_guests(route)) {
            if self.plan.exclusion_of(route).is_none() && !self.locked_out {
                let template = self.plan.template(route, &Method::GET);
                first.extend(self.stable_answer(&template, &Credentials::none()).await.map(|answer| (place, answer)));
            }
        }
        let mut counted = Vec::new();
        for (place, answer) in first {
            counted.push((place, self.attack_guest(&routes[place], &answer).await));
        }
        counted
    }

    /// Whether each guest gets the answer of the good caller before.
    async fn attack_guest(&mut self, route: &Route, first: &str) -> bool {
        let template = self.plan.template(route, &Method::GET);
        for _ in 0..GUESTS {
            let good = Credentials::bearer(&self.plan.good_token(route));
            let known = self.answer(&template, &good).await;
            let guest = self.answer(&template, &Credentials::none()).await;
            if known.is_none() || guest != known || guest.as_deref() == Some(first) {
                return false;
            }
        }
        let guest = Credentials::none();
        let Ok(response) = self.send(template.request(&guest)).await else { return false };
        let got_through = GotThrough {
            id: "H29",
            what: "a guest after a good token".to_owned(),
            problem:
                "guest gets the answer of the caller before, and got another one at first: keep the caller in the \
                      request, not in shared state"
                    .to_owned(),
        };
        self.report_got_through((route, &Method::GET), got_through, (&template, &guest), &response);
        true
    }
}
