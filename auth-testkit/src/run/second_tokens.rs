//! H31: a forged token of another subject, beside a good credential.
//!
//! A check may verify the token of one carrier, and the handler read that of another one. The
//! answer must be that without the second token.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::got_through::GotThrough;
use super::named_owners::names_of;
use crate::catalogue::Credentials;
use crate::issuer::{TestIssuer, TestToken};
use crate::report::RouteReport;
use crate::target::Route;
use http::header::COOKIE;
use http::{HeaderName, Method};

/// The subject of the forged token, which is also that of another caller.
pub(super) const ANOTHER: &str = "another-caller";

const COOKIES: [&str; 9] =
    ["token", "access_token", "jwt", "session", "auth", "auth_token", "id_token", "accessToken", "__Host-token"];

const HEADERS: [&str; 8] = [
    "x-access-token",
    "x-auth-token",
    "x-id-token",
    "x-token",
    "x-jwt",
    "x-jwt-assertion",
    "x-user-token",
    "x-forwarded-access-token",
];

const FIELDS: [&str; 6] = ["access_token", "token", "id_token", "jwt", "auth", "auth_token"];

impl AttackRun {
    pub(super) async fn attack_second_token(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let good = self.plan.good_token(route);
        self.present_second_token((route, method), &Credentials::bearer(&good), ANOTHER, report).await;
        // An answer to the other subject may look like that to each unknown one.
        if let (Some(caller), Some(owner)) = (self.another_caller(route), names_of(&good).first()) {
            self.present_second_token((route, method), &caller, owner, report).await;
        }
    }

    /// Sends the forged token in all usual carriers at once, and in each where the answer changes.
    pub(super) async fn present_second_token(
        &mut self,
        (route, method): (&Route, &Method),
        caller: &Credentials,
        subject: &str,
        report: &mut RouteReport,
    ) {
        if self.plan.without.contains("H31") || !matches!(*method, Method::GET | Method::POST) {
            return;
        }
        let template = self.plan.template(route, method);
        // Twice, because an answer that differs by itself shows nothing.
        let Some(plain) = self.stable_answer(&template, caller).await else { return };
        let good = self.plan.good_token(route);
        let draft = TestToken::decoded(&good).unwrap_or_else(|| TestIssuer::new().token()).subject(subject);
        let unsigned = draft.clone().header("alg", "none").unsigned();
        let forged = draft.signed_with_untrusted_key();
        for (how, token, group) in [
            ("an unsigned token", &unsigned, in_headers(&unsigned)),
            ("a token of an untrusted key", &forged, in_headers(&forged)),
            ("a token of an untrusted key", &forged, vec![in_query(&forged)]),
            ("a token of an untrusted key", &forged, in_body(&template, &forged)),
        ] {
            let group: Vec<_> = group
                .into_iter()
                .filter(|(_, one)| !route.places().iter().any(|place| !place.is_bearer() && one.are_in(place)))
                .collect();
            if group.is_empty() {
                continue;
            }
            let all = at_once(&group);
            let changed = self.changed_by((&template, caller, &plain), &all, token).await;
            let is_changed = match &changed {
                // Any query and any body may change an answer.
                Some(changed) if all.query.is_some() || all.body.is_some() => {
                    let replaced = |text: &String| text.replace(token.as_str(), &"x".repeat(token.len()));
                    let (query, body) = (all.query.as_ref().map(replaced), all.body.as_ref().map(replaced));
                    let other = Credentials { query, body, ..all.clone() };
                    let answer = self.answer(&template, &caller.clone().with(other)).await;
                    answer.as_ref() != Some(&comparable_body(changed, &self.plan.varying))
                }
                changed => changed.is_some(),
            };
            report.count("H31", is_changed);
            // The data of the service may have changed since.
            if !is_changed || self.answer(&template, caller).await.as_ref() != Some(&plain) {
                continue;
            }
            let singles = if group.len() == 1 { Vec::new() } else { group };
            let mut ways = singles.into_iter().chain([("all usual carriers".to_owned(), all)]).collect::<Vec<_>>();
            let last = ways.len() - 1;
            let mut is_found = false;
            for (place, (carrier, one)) in ways.drain(..).enumerate() {
                if place == last && is_found {
                    break;
                }
                let Some(response) = self.changed_by((&template, caller, &plain), &one, token).await else { continue };
                is_found = true;
                let got_through = GotThrough {
                    id: "H31",
                    what: format!("{how} in {carrier}, beside a good credential"),
                    problem:
                        "second token changes the answer, and is not verified: take the caller from the token that \
                              the check has verified"
                            .to_owned(),
                };
                let credentials = caller.clone().with(one);
                self.report_got_through((route, method), got_through, (&template, &credentials), &response);
            }
        }
    }

    /// The response, if the second token changes it. An echo shows nothing.
    async fn changed_by(
        &mut self,
        (template, caller, plain): (&super::requests::RequestTemplate, &Credentials, &str),
        second: &Credentials,
        token: &str,
    ) -> Option<crate::target::ServiceResponse> {
        let credentials = caller.clone().with(second.clone());
        let response = self.send(template.request(&credentials)).await.ok()?;
        let is_echo = String::from_utf8_lossy(&response.body).contains(token);
        let changed = comparable_body(&response, &self.plan.varying);
        if !response.status.is_success() || changed == plain || is_echo {
            return None;
        }
        // Again, because an answer may differ by itself now and then.
        (self.answer(template, &credentials).await.as_ref() == Some(&changed)).then_some(response)
    }
}

/// All of a group in one request, with one line of cookies, as browsers send them.
fn at_once(group: &[(String, Credentials)]) -> Credentials {
    let all = group.iter().fold(Credentials::none(), |all, (_, one)| all.with(one.clone()));
    let (cookies, headers): (Vec<_>, Vec<_>) = all.headers.into_iter().partition(|(name, _)| name == COOKIE);
    let lines: Vec<&str> = cookies.iter().filter_map(|(_, value)| value.to_str().ok()).collect();
    let all = Credentials { headers, ..all };
    if lines.is_empty() { all } else { all.header(COOKIE, lines.join("; ")) }
}

fn in_headers(token: &str) -> Vec<(String, Credentials)> {
    let cookie =
        |name: &&str| (format!("the cookie {name}"), Credentials::none().header(COOKIE, format!("{name}={token}")));
    let header = |name: &&'static str| {
        (format!("the header {name}"), Credentials::none().header(HeaderName::from_static(name), token))
    };
    COOKIES.iter().map(cookie).chain(HEADERS.iter().map(header)).collect()
}

fn in_query(token: &str) -> (String, Credentials) {
    let pairs: Vec<String> = FIELDS.iter().map(|field| format!("{field}={token}")).collect();
    ("the query".to_owned(), Credentials::none().query(pairs.join("&")))
}

fn in_body(template: &super::requests::RequestTemplate, token: &str) -> Vec<(String, Credentials)> {
    let members = FIELDS.map(|field| (field, token.into()));
    let body = template.body_with_all(&members);
    let credentials = body.map(|body| Credentials { body: Some(body), ..Credentials::none() });
    credentials.map(|credentials| ("the body".to_owned(), credentials)).into_iter().collect()
}
