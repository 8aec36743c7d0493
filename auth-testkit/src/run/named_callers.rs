//! H11: a request without a token, which names a caller that exists.
//!
//! A service may look up the caller that a header or a cookie names. It rejects `admin` where it
//! has no such user, and accepts the subject of a good token.

use super::attack_run::AttackRun;
use super::identities::headers;
use super::kinds::ready;
use super::named_owners::{encoded, names_of};
use crate::catalogue::{Credentials, Expected};
use crate::issuer::base64url;
use crate::report::RouteReport;
use crate::target::{Decision, Route};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::COOKIE;
use http::{Method, StatusCode};

/// Cookies that may have the name of the caller, or a record with it.
const COOKIES: [&str; 10] =
    ["session", "sid", "session_id", "user", "user_id", "username", "auth", "token", "remember_me", "login"];

impl AttackRun {
    pub(super) async fn attack_named_caller(
        &mut self,
        route: &Route,
        method: &Method,
        good_status: StatusCode,
        report: &mut RouteReport,
    ) {
        if self.plan.without.contains("H11") || route.decision() != Decision::Authenticated {
            return;
        }
        let good = self.plan.good_token(route);
        let Some(name) = names_of(&good).into_iter().next() else { return };
        let mut attacks = Vec::new();
        for (what, expected, group) in groups(&name) {
            let all = group.into_iter().fold(Credentials::none(), Credentials::with);
            // Another answer is right where a carrier of another kind is one of them.
            if !route.places().iter().any(|place| !place.is_bearer() && all.are_in(place)) {
                attacks.push(ready("H11", format!("{what} of a caller that exists: {name}"), expected, all));
            }
        }
        self.send_attacks(route, method, &attacks, good_status, report).await;
    }
}

/// Requests with a name, each group at once.
fn groups(name: &str) -> Vec<(&'static str, Expected, Vec<Credentials>)> {
    let record = format!(r#"{{"sub":"{name}","user":"{name}","user_id":"{name}","role":"admin"}}"#);
    let cookies = |value: &str| {
        let pairs: Vec<String> = COOKIES.iter().map(|cookie| format!("{cookie}={value}")).collect();
        vec![Credentials::none().header(COOKIE, pairs.join("; "))]
    };
    let query: Vec<String> = ["user", "user_id", "userId", "username", "uid", "as"]
        .iter()
        .map(|field| format!("{field}={}", encoded(name)))
        .collect();
    let basic = |pair: String| vec![Credentials::authorization(format!("Basic {}", STANDARD.encode(pair)))];
    // A name may have bytes that a header must not have.
    if !name.bytes().all(|byte| byte.is_ascii_graphic() && !b"\";,\\".contains(&byte)) {
        return Vec::new();
    }
    vec![
        ("headers with the name", Expected::NoCredentials, headers(name)),
        ("cookies with the name", Expected::NoCredentials, cookies(name)),
        ("cookies with the name in base64", Expected::NoCredentials, cookies(&STANDARD.encode(name))),
        ("cookies with an unsigned record", Expected::NoCredentials, cookies(&base64url(&record))),
        ("a query with the name", Expected::NoCredentials, vec![Credentials::none().query(query.join("&"))]),
        ("the name as the token", Expected::Refused, vec![Credentials::bearer(name)]),
        ("the name in base64 as the token", Expected::Refused, vec![Credentials::bearer(&STANDARD.encode(name))]),
        ("an unsigned record as the token", Expected::Refused, vec![Credentials::bearer(&base64url(&record))]),
        ("Basic with the name and no password", Expected::Refused, basic(format!("{name}:"))),
        ("Basic with the name as the password", Expected::Refused, basic(format!("{name}:{name}"))),
        ("Basic with a wrong password", Expected::Refused, basic(format!("{name}:wrong"))),
    ]
}
