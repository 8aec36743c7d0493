//! H38: a log-in with another password or code.
//!
//! A comparison whose result is dropped, as in `verify(..).is_ok()` of an `Ok(false)`, logs in
//! every client that knows a name.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::got_through::GotThrough;
use super::named_owners::another;
use super::probe::Probe;
use super::public_cookies::cookies_of;
use super::requests::{self, RequestTemplate};
use crate::catalogue::Credentials;
use crate::report::{RouteReport, Severity};
use crate::target::{Route, ServiceResponse};
use http::header::LOCATION;
use http::{Method, StatusCode};
use serde_json::Value;

/// Members of a body that name a user.
pub(super) const USERS: [&str; 9] =
    ["username", "user", "email", "login", "name", "account", "phone", "user_id", "userId"];

pub(super) const PASSWORDS: [&str; 3] = ["password", "passphrase", "pass"];

/// Members beside a password, where the password may be a new one.
pub(super) const CODES: [&str; 6] = ["otp", "totp", "code", "pin", "passcode", "one_time_code"];

/// Members beside a user. Alone, a token may be put into a cookie, and verified with each request.
const OF_USERS: [&str; 2] = ["token", "secret"];

/// Routes where a client chooses its password.
const CHOOSE: [&str; 12] = [
    "signup", "sign-up", "register", "registr", "reset", "forgot", "recover", "invit", "activat", "join", "users",
    "accounts",
];

/// Members of a JSON answer that log the client in.
pub(super) const TOKENS: [&str; 7] =
    ["access_token", "accessToken", "token", "jwt", "id_token", "session", "session_id"];

/// What shows that an answer logs the client in.
#[derive(Clone, PartialEq)]
pub(super) struct Outcome {
    status: StatusCode,
    location: Option<String>,
    /// Names of cookies and of members with a token.
    given: Vec<String>,
}

impl Outcome {
    pub(super) fn of(response: &ServiceResponse) -> Self {
        let mut given: Vec<String> = cookies_of(response).into_iter().map(|(name, _)| name).collect();
        let json = serde_json::from_slice::<Value>(&response.body).unwrap_or_default();
        let has = |name: &&&str| json.get(**name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
        given.extend(TOKENS.iter().filter(has).map(|name| (*name).to_owned()));
        given.sort_unstable();
        let location = response.headers.get(LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self { status: response.status, location, given }
    }

    /// Whether the answer has a cookie or a token.
    pub(super) fn logs_in(&self) -> bool {
        !self.given.is_empty()
    }
}

impl AttackRun {
    pub(super) async fn attack_log_in(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let writes = matches!(*method, Method::POST | Method::PUT);
        if self.plan.without.contains("H38") || !writes || route.grpc {
            return;
        }
        let template = self.plan.template(route, method);
        let Some((member, value)) = secret_of(&template, &route.path) else { return };
        let Some(good) = self.outcome(&template).await.filter(|good| !good.given.is_empty()) else { return };
        // Where an unknown user gets the same, the route registers its users.
        let mut of_unknown = None;
        if let Some((field, user)) = template.first_member(&USERS) {
            let other = another(Some(&user));
            let Some(unknown) = template.naming(&[field], &user, &other) else { return };
            let Ok(response) = self.send(unknown.request(&Credentials::none())).await else { return };
            if Outcome::of(&response) == good {
                return;
            }
            of_unknown = Some((unknown, response, user, other));
        }
        for other in others(&value) {
            let Some(wrong) = template.naming(&[member], &value, &other) else { continue };
            let Ok(response) = self.send(wrong.request(&Credentials::none())).await else { continue };
            let is_found = Outcome::of(&response) == good;
            report.count("H38", is_found);
            if let Some((unknown, told, user, other)) = of_unknown.take().filter(|_| !is_found) {
                let answer = |response: &ServiceResponse, name: &str| {
                    (response.status, comparable_body(response, &self.plan.varying).replace(name, "the user"))
                };
                if answer(&told, &other) != answer(&response, &user) {
                    let none = Credentials::none();
                    let probe = Probe {
                        route,
                        method: method.clone(),
                        id: "H38".to_owned(),
                        what: "a user that does not exist".to_owned(),
                        curl: requests::curl(&unknown, &none),
                    };
                    let problem = format!(
                        "log-in tells whether a user exists: `{}`, and `{}` for another `{member}`: answer both alike",
                        told.status, response.status
                    );
                    self.findings.push(probe.finding(Severity::Wrong, problem, Some(&told)));
                }
            }
            if is_found {
                let got_through = GotThrough {
                    id: "H38",
                    what: format!("another {member} than the right one"),
                    problem: format!(
                        "log-in accepts another `{member}`: `{}`: log in where the comparison says that they are equal, \
                         and not where it has a result",
                        response.status
                    ),
                };
                self.report_got_through((route, method), got_through, (&wrong, &Credentials::none()), &response);
                break;
            }
        }
        // A right one ends the count of wrong ones.
        let _ = self.outcome(&template).await;
    }

    async fn outcome(&mut self, template: &RequestTemplate) -> Option<Outcome> {
        self.send(template.request(&Credentials::none())).await.ok().map(|response| Outcome::of(&response))
    }
}

/// The member that the log-in must compare.
pub(super) fn secret_of(template: &RequestTemplate, path: &str) -> Option<(&'static str, String)> {
    if let Some(code) = template.first_member(&CODES) {
        return Some(code);
    }
    let path = path.to_ascii_lowercase();
    match template.first_member(&PASSWORDS) {
        Some(_) if CHOOSE.iter().any(|word| path.contains(word)) => None,
        Some(password) => Some(password),
        None => template.first_member(&OF_USERS).filter(|_| template.first_member(&USERS).is_some()),
    }
}

/// Values of the same form, a longer one, and none.
pub(super) fn others(value: &str) -> Vec<String> {
    let other = |character: char| match character {
        '0'..='8' | 'a'..='y' | 'A'..='Y' => char::from_u32(u32::from(character) + 1).unwrap_or('a'),
        '9' => '0',
        'z' | 'Z' => 'a',
        character => character,
    };
    vec![value.chars().map(other).collect(), format!("{value}0"), String::new()]
}
