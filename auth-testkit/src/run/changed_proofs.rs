//! H38: a public route that does not compare the token or the code of its request.
//!
//! The reset of a password at Subaru, in 2025, took a token and did not compare it. A route that
//! always answers the same does not tell whether it acted, so the answer counts only where that to
//! an unknown user or to another proof differs.

use super::absent_secrets::PATHS;
use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::good_answers::says_nothing;
use super::got_through::GotThrough;
use super::log_ins::{Outcome, TOKENS, USERS, others};
use super::named_owners::another;
use super::public_cookies::cookies_of;
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Route, ServiceResponse};
use http::{Method, StatusCode};
use serde_json::{Map, Value};

/// Members that are a proof on each route.
const PROOFS: [&str; 14] = [
    "reset_token",
    "resetToken",
    "verification_code",
    "verificationCode",
    "verification_token",
    "verificationToken",
    "confirmation_code",
    "confirmation_token",
    "recovery_code",
    "reset_code",
    "resetCode",
    "otp",
    "totp",
    "passcode",
];

/// Members that are a proof on a route whose path says so. Elsewhere a code may be that of a
/// discount.
const PROOFS_BY_PATH: [&str; 5] = ["token", "code", "pin", "secret", "signature"];

/// Parts of the path of a route that makes or takes away a proof, or whose code is a discount.
const NOT_COMPARED: [&str; 9] =
    ["forgot", "revoke", "resend", "introspect", "checkout", "order", "cart", "coupon", "voucher"];

/// Parts of the path of a route that may answer the same once it has succeeded, whatever the proof.
const ONCE: [&str; 3] = ["verif", "confirm", "activat"];

/// The answer to the declared request.
pub(super) struct FirstAnswer {
    pub(super) method: Method,
    status: StatusCode,
    body: String,
    logs_in: bool,
    pub(super) outcome: Outcome,
}

/// A request with another proof, and its answer.
struct Changed {
    what: &'static str,
    request: RequestTemplate,
    response: ServiceResponse,
    is_good: bool,
    acts: bool,
}

impl AttackRun {
    /// What the route answers to the declared request, before a proof for one time is used up.
    pub(super) fn first_answer(&self, method: &Method, response: &ServiceResponse) -> FirstAnswer {
        let json = serde_json::from_slice::<Value>(&response.body).unwrap_or_default();
        FirstAnswer {
            method: method.clone(),
            status: response.status,
            body: comparable_body(response, &self.plan.varying),
            // H38 compares the passwords and the codes of log-ins.
            logs_in: !cookies_of(response).is_empty() || TOKENS.iter().any(|name| json.get(name).is_some()),
            outcome: Outcome::of(response),
        }
    }

    pub(super) async fn attack_changed_proofs(&mut self, route: &Route, good: &FirstAnswer, report: &mut RouteReport) {
        let writes = matches!(good.method, Method::POST | Method::PUT | Method::PATCH);
        let is_judged = writes && good.status.is_success() && !good.logs_in && !route.grpc;
        if self.plan.without.contains("H38") || !is_judged {
            return;
        }
        let template = self.plan.template(route, &good.method);
        let path = route.path.to_ascii_lowercase();
        let Some((name, right)) = proof_of(&template, &path) else { return };
        let mut all = Vec::new();
        for (what, request) in changed(&template, &name, &right) {
            let before = self.read_side_effects().await;
            let Ok(response) = self.send(request.request(&Credentials::none())).await else { continue };
            let acts = response.status.is_success() && self.read_side_effects().await != before;
            let is_good = self.is_answer(good, &response);
            all.push(Changed { what, request, response, is_good, acts });
        }
        let is_once = ONCE.iter().any(|part| path.contains(part));
        let tells = !is_once && (all.iter().any(|one| !one.is_good) || self.denies_unknown(&template, good).await);
        let says_much = !says_nothing(&good.body);
        // A route without the proof may do something else, with an answer that says nothing.
        let is_found =
            |one: &Changed| one.acts || (one.is_good && tells && (says_much || one.what.starts_with("chan")));
        let found = all.into_iter().find(|one| is_found(one));
        report.count("H38", found.is_some());
        if let Some(Changed { what, request, response, .. }) = found {
            let got_through = GotThrough {
                id: "H38",
                what: format!("{name} is {what}"),
                problem: format!(
                    "public route does not compare its proof: `{name}` is {what}: `{}`, as with the right one: compare \
                     it before anything else is done",
                    response.status
                ),
            };
            self.report_got_through((route, &good.method), got_through, (&request, &Credentials::none()), &response);
        }
    }

    fn is_answer(&self, good: &FirstAnswer, response: &ServiceResponse) -> bool {
        response.status == good.status && comparable_body(response, &self.plan.varying) == good.body
    }

    /// Whether the answer to a user that does not exist differs.
    async fn denies_unknown(&mut self, template: &RequestTemplate, good: &FirstAnswer) -> bool {
        let Some((field, user)) = template.first_member(&USERS) else { return false };
        let Some(unknown) = template.naming(&[field], &user, &another(Some(&user))) else { return false };
        let response = self.send(unknown.request(&Credentials::none())).await;
        response.is_ok_and(|response| !response.status.is_success() && !self.is_answer(good, &response))
    }
}

/// The proof of a request, in its body or its query.
pub(super) fn proof_of(template: &RequestTemplate, path: &str) -> Option<(String, String)> {
    let contains = |parts: &[&str]| parts.iter().any(|part| path.contains(part));
    if contains(&NOT_COMPARED) {
        return None;
    }
    let in_query = |names: &[&'static str]| {
        let pairs = template.query.as_deref()?.split('&').filter_map(|pair| pair.split_once('='));
        let mut known = pairs.filter(|(name, _)| names.contains(name));
        known.next().map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let of = |names: &[&'static str]| {
        let in_body = template.first_member(names).map(|(name, value)| (name.to_owned(), value));
        in_body.or_else(|| in_query(names))
    };
    let by_path = || contains(&PATHS).then(|| of(&PROOFS_BY_PATH)).flatten();
    of(&PROOFS).or_else(by_path).filter(|(_, value)| !value.is_empty())
}

/// Requests without the right proof, each with its description.
fn changed(template: &RequestTemplate, name: &str, right: &str) -> Vec<(&'static str, RequestTemplate)> {
    let named = |other: &str| template.naming(&[name], right, other).filter(|_| other != right);
    let last = |value: &str| {
        let mut changed: String = value.chars().take(value.chars().count() - 1).collect();
        changed.push(if value.ends_with('1') { '2' } else { '1' });
        changed
    };
    let other = others(right).into_iter().next().unwrap_or_default();
    let mut all: Vec<(&'static str, RequestTemplate)> = Vec::new();
    all.extend(named(&other).map(|request| ("changed", request)));
    all.extend(named(&last(right)).map(|request| ("changed by one character", request)));
    all.extend(left_out(template, name).map(|request| ("absent", request)));
    all.extend(named("").map(|request| ("empty", request)));
    all
}

fn left_out(template: &RequestTemplate, name: &str) -> Option<RequestTemplate> {
    let without = |pairs: &str| {
        let others = pairs.split('&').filter(|pair| pair.split('=').next() != Some(name));
        others.collect::<Vec<_>>().join("&")
    };
    if template.text_member(name).is_none() {
        let query = template.query.as_deref().map(without);
        return Some(RequestTemplate { query: query.filter(|query| !query.is_empty()), ..template.clone() });
    }
    if template.takes_form() {
        let body = without(&String::from_utf8_lossy(&template.body)).into_bytes();
        return Some(RequestTemplate { body, ..template.clone() });
    }
    let mut members = serde_json::from_slice::<Map<String, Value>>(&template.body).ok()?;
    members.remove(name);
    Some(template.with_body(&Value::Object(members).to_string()))
}
