//! T29: claims that are almost those of a caller with the permission.
//!
//! A check by a part of a claim grants more than it should: `ends_with("acme.com")` is also true
//! for `eve@not-acme.com`. The kit learns from the service which claims decide: a token with
//! another value is rejected.

use super::attack_run::AttackRun;
use super::plan::AttackPlan;
use super::probe::Probe;
use super::requests::{self, RequestTemplate};
use super::weaker_methods::is_rejection;
use crate::catalogue::Credentials;
use crate::issuer::TestIssuer;
use crate::report::{RouteReport, Severity};
use crate::target::Route;
use http::Method;
use serde_json::{Value, json};

/// Claims of every token, and those that other attacks change.
const OTHERS: [&str; 12] =
    ["iss", "aud", "sub", "exp", "nbf", "iat", "jti", "scope", "scp", "client_id", "cnf", "email_verified"];

/// How many claims are varied.
const CLAIMS: usize = 8;

impl AttackRun {
    pub(super) async fn attack_near_claims(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let Some(issuer) = self.plan.sources.of(route).issuer().cloned() else { return };
        if self.plan.without.contains("T29") || *method == Method::HEAD {
            return;
        }
        let template = self.plan.template(route, method);
        let claims = issuer.claims().iter().filter(|(name, _)| !OTHERS.contains(&name.as_str()));
        for (name, value) in claims.filter_map(|(name, value)| Some((name, Shape::of(value)?))).take(CLAIMS) {
            let unrelated = credentials(&issuer, route, name, &value.unrelated());
            let Ok(response) = self.send(template.request(&unrelated)).await else { continue };
            // Any value is accepted, so another claim decides.
            if !is_rejection(response.status) {
                continue;
            }
            for near in value.near() {
                let credentials = credentials(&issuer, route, name, &near);
                let what = format!("the claim {name}: {near}");
                self.send_near(route, method, (&template, credentials, what), report).await;
            }
            if name == "email" && issuer.claims().get("email_verified") == Some(&Value::Bool(true)) {
                let credentials = credentials(&issuer, route, "email_verified", &json!(false));
                let what = "an email that is not verified".to_owned();
                self.send_near(route, method, (&template, credentials, what), report).await;
            }
        }
    }

    pub(super) async fn send_near(
        &mut self,
        route: &Route,
        method: &Method,
        (template, credentials, what): (&RequestTemplate, Credentials, String),
        report: &mut RouteReport,
    ) {
        let Ok(response) = self.send(template.request(&credentials)).await else { return };
        let got_through = response.status.is_success() || response.gate.admitted > 0;
        report.count("T29", got_through);
        if got_through {
            let problem = format!(
                "claim that does not grant the permission is accepted: `{what}`: compare the whole value with those that \
                 grant, of an address all that follows the last `@`"
            );
            let probe = Probe {
                route,
                method: method.clone(),
                id: "T29".to_owned(),
                what: format!("a token with {what}"),
                curl: requests::curl(template, &credentials),
            };
            let finding = probe.finding(Severity::GotThrough, problem, Some(&response));
            self.findings.push(finding);
        }
    }
}

pub(super) fn credentials(issuer: &TestIssuer, route: &Route, name: &str, value: &Value) -> Credentials {
    let scopes = AttackPlan::scopes_for(route);
    let token = scopes.iter().fold(issuer.token(), |token, scope| token.scope(scope));
    Credentials::bearer(&token.claim(name, value.clone()).signed())
}

/// A text that a permission may compare. Others, such as paths, often grant by their start.
enum Shape {
    Address {
        whole: String,
        domain: String,
    },
    Domain(String),
    Word(String),
    /// The first member of a list of words.
    Words(String),
}

impl Shape {
    fn of(value: &Value) -> Option<Self> {
        let is_word = |text: &str| {
            text.len() >= 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'-')
        };
        if let Some(words) = value.as_array() {
            let first = words.first()?.as_str()?;
            return is_word(first).then(|| Self::Words(first.to_owned()));
        }
        let text = value.as_str()?;
        let is_domain = |text: &str| {
            text.contains('.')
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-')
                && text.split('.').next_back().is_some_and(is_word_of_a_domain)
        };
        match text.split_once('@') {
            Some((_, domain)) if is_domain(domain) => {
                Some(Self::Address { whole: text.to_owned(), domain: domain.to_owned() })
            }
            None if is_domain(text) => Some(Self::Domain(text.to_owned())),
            None if is_word(text) => Some(Self::Word(text.to_owned())),
            _ => None,
        }
    }

    /// A value of the same kind that has no part in common.
    fn unrelated(&self) -> Value {
        match self {
            Self::Address { .. } => json!("eve@evil.test"),
            Self::Domain(_) => json!("evil.test"),
            Self::Word(_) => json!("zzz"),
            Self::Words(_) => json!(["zzz"]),
        }
    }

    /// Values that contain the good one, and are not it.
    fn near(&self) -> Vec<Value> {
        match self {
            Self::Address { whole, domain } => vec![
                json!(format!("eve@not-{domain}")),
                json!(format!("eve@{domain}.evil.test")),
                json!(format!("eve@{domain}@evil.test")),
                json!(format!("{whole}@evil.test")),
                json!(format!("{domain}@evil.test")),
                json!(format!("eve+{domain}@evil.test")),
            ],
            Self::Domain(domain) => {
                vec![
                    json!(format!("not-{domain}")),
                    json!(format!("{domain}.evil.test")),
                    json!(format!("evil.test#{domain}")),
                ]
            }
            Self::Word(word) => near(word).map(Value::from).to_vec(),
            Self::Words(word) => near(word).map(|near| json!([near])).to_vec(),
        }
    }
}

fn is_word_of_a_domain(label: &str) -> bool {
    label.len() >= 2 && label.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Words that end or begin with the good one.
fn near(word: &str) -> [String; 2] {
    [format!("non{word}"), format!("{word}x")]
}
