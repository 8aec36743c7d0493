//! H02: a good token as the user name or the password of Basic.
//!
//! GHSA-683j-3ff6-hh2x (Gitea): the route that creates tokens required the password, and took
//! `<token>:x-oauth-basic` for one, so that a token created tokens with other scopes. Many services
//! rightly take a token as the password of Basic, as that of Git does. So it is a finding only
//! where a route makes or changes credentials, asks for Basic, and rejects the same token as a
//! bearer token.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::log_ins::others;
use super::named_owners::names_of;
use super::plan::AttackPlan;
use super::requests::RequestTemplate;
use super::weaker_methods::is_rejection;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Place, Route};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::WWW_AUTHENTICATE;
use http::{Method, StatusCode};

/// Words in the path of a route that makes or changes credentials.
const CREDENTIALS: [&str; 10] =
    ["token", "key", "secret", "password", "passwd", "credential", "2fa", "mfa", "totp", "authorization"];

/// How many routes are tried.
const ROUTES: usize = 3;

/// A good token, in the carrier in which it opens a route.
struct Good {
    token: String,
    place: Place,
}

impl AttackRun {
    pub(super) async fn attack_token_passwords(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        if self.plan.without.contains("H02") || self.locked_out {
            return;
        }
        let mut tried = 0;
        for (route, report) in routes.iter().zip(reports) {
            let Ok(method) = route.method.parse::<Method>() else { continue };
            if tried == ROUTES || !self.may_require_the_password(route) {
                continue;
            }
            let template = self.plan.template(route, &method);
            if !self.asks_for_basic(&template).await {
                continue;
            }
            tried += 1;
            for good in self.good_tokens(routes).await {
                if let Some(is_found) = self.present_as_password((route, &method), &template, &good).await {
                    report.count("H02", is_found);
                }
            }
        }
    }

    fn may_require_the_password(&self, route: &Route) -> bool {
        let last = route.path.rsplit('/').find(|segment| !segment.starts_with('{')).unwrap_or_default();
        let last = last.to_ascii_lowercase();
        matches!(route.method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE")
            && CREDENTIALS.iter().any(|word| last.contains(word))
            && route.signed.is_none()
            && route.setup.is_none()
            && !route.grpc
            && self.plan.exclusion_of(route).is_none()
    }

    async fn asks_for_basic(&mut self, template: &RequestTemplate) -> bool {
        self.send(template.request(&Credentials::none())).await.is_ok_and(|response| {
            let challenges = response.headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
            let mut schemes = challenges.flat_map(|value| value.split(',')).map(str::trim_start);
            let is_basic = |text: &str| text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic"));
            response.status == StatusCode::UNAUTHORIZED && schemes.any(is_basic)
        })
    }

    /// One token of each kind, which opens a route.
    async fn good_tokens(&mut self, routes: &[Route]) -> Vec<Good> {
        let scopes: Vec<String> = routes.iter().flat_map(AttackPlan::scopes_for).collect();
        let mut made = Vec::new();
        if self.plan.has_tokens {
            made.push(Good { token: self.plan.sources.default().good_token(&scopes), place: Place::bearer() });
        }
        for source in self.plan.credentials.all().to_vec() {
            if let Some(place) = source.carriers().iter().find_map(|carrier| Place::read(carrier)) {
                made.push(Good { token: source.good(&scopes).await, place });
            }
        }
        let mut good = Vec::new();
        for made in made {
            let is_token = !matches!(made.place, Place::Cookie(_)) && made.place.holds(&made.token);
            if is_token && self.opened_by(routes, &Credentials::placed(&made.place, &made.token)).await.is_some() {
                good.push(made);
            }
        }
        good
    }

    /// `None` where the route takes the token as a token, or any text as a password.
    async fn present_as_password(
        &mut self,
        (route, method): (&Route, &Method),
        template: &RequestTemplate,
        good: &Good,
    ) -> Option<bool> {
        let as_token = self.send(template.request(&Credentials::placed(&good.place, &good.token))).await.ok()?;
        if !is_rejection(as_token.status) {
            return None;
        }
        let user = self.plan.sources.default().good_token(&[]);
        let user = names_of(&user).into_iter().next().unwrap_or_else(|| "alice".to_owned());
        for (what, user, password) in [
            ("`<token>:x-oauth-basic`", None, Some("x-oauth-basic")),
            ("`<token>:`", None, Some("")),
            ("`x-access-token:<token>`", Some("x-access-token"), None),
            ("`:<token>`", Some(""), None),
            ("`<user>:<token>`", Some(user.as_str()), None),
        ] {
            let basic = |token: &str| {
                let pair = format!("{}:{}", user.unwrap_or(token), password.unwrap_or(token));
                Credentials::authorization(format!("Basic {}", STANDARD.encode(pair)))
            };
            let credentials = basic(&good.token);
            let response = self.send(template.request(&credentials)).await.ok()?;
            if !response.status.is_success() {
                continue;
            }
            let wrong = others(&good.token).into_iter().next()?;
            if self.send(template.request(&basic(&wrong))).await.ok()?.status.is_success() {
                return None;
            }
            let got_through = GotThrough {
                id: "H02",
                what: format!("a good token in Basic, as {what}"),
                problem: format!(
                    "token is taken for the password: `{}` as {what}, and `{}` as a token: accept a token only where a \
                     token is enough",
                    response.status, as_token.status
                ),
            };
            self.report_got_through((route, method), got_through, (template, &credentials), &response);
            return Some(true);
        }
        Some(false)
    }
}
