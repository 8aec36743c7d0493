//! H35: a cookie that a rejection has set, sent without a token.
//!
//! A service that starts a session before it checks the caller knows the client afterwards.

use super::attack_run::AttackRun;
use super::kinds::ready;
use super::public_cookies::cookies_of;
use crate::catalogue::{Credentials, Expected};
use crate::report::RouteReport;
use crate::target::{Route, ServiceResponse};
use http::header::COOKIE;
use http::{Method, StatusCode};

impl AttackRun {
    pub(super) fn keep_cookies(&mut self, response: &ServiceResponse) {
        self.cookies.extend(cookies_of(response));
    }

    pub(super) async fn attack_with_cookies(
        &mut self,
        route: &Route,
        method: &Method,
        good_status: StatusCode,
        report: &mut RouteReport,
    ) {
        let cookies = std::mem::take(&mut self.cookies);
        let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = Credentials::none().header(COOKIE, pairs.join("; "));
        if pairs.is_empty() || self.plan.without.contains("H35") {
            return;
        }
        for (what, expected, credentials) in [
            ("no token", Expected::NoCredentials, cookies.clone()),
            ("a token that cannot be parsed", Expected::InvalidToken, cookies.and(Credentials::bearer("a.b.c"))),
        ] {
            // The carrier of a session, where other answers are right.
            let is_carrier = route.places().iter().any(|place| !place.is_bearer() && credentials.are_in(place));
            if is_carrier || Self::is_guest(route, &credentials) {
                continue;
            }
            let name = format!("the cookies that rejections have set, and {what}");
            let attack = ready("H35", name, expected, credentials.clone());
            let failed = self.send_attack(route, method, &attack, credentials, good_status).await;
            report.count("H35", failed);
        }
    }
}
