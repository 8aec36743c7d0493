//! H38: routes that give tokens for a token, a secret or the `state` of a log-in elsewhere.
//!
//! A refresh route that parses its token and does not verify it, or that takes an access token,
//! makes each session endless (RFC 9700 section 4.14). A callback that does not compare `state`
//! logs a victim in as the attacker (RFC 6749 section 10.12).

use super::attack_run::AttackRun;
use super::changed_proofs::FirstAnswer;
use super::got_through::GotThrough;
use super::log_ins::{Outcome, others};
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::issuer::{TestIssuer, TestToken};
use crate::report::RouteReport;
use crate::target::Route;
use http::header::COOKIE;
use http::{Method, StatusCode};
use serde_json::json;

/// Members that a token route must verify.
const PROOFS: [&str; 9] = [
    "refresh_token",
    "refreshToken",
    "client_secret",
    "code_verifier",
    "id_token",
    "idToken",
    "assertion",
    "client_assertion",
    // Sign in with Google.
    "credential",
];

/// Parts of the path of a callback, beside a `code` in its query.
const CALLBACKS: [&str; 4] = ["callback", "oauth", "oidc", "sso"];

/// 2001-09-09.
const LONG_AGO: u64 = 1_000_000_000;

/// One request, what is wrong with it, and the remedy.
struct Wrong {
    what: String,
    request: RequestTemplate,
    remedy: &'static str,
}

impl AttackRun {
    pub(super) async fn attack_token_route(&mut self, route: &Route, first: &FirstAnswer, report: &mut RouteReport) {
        // A callback answers an error with a redirect too, so the right answer must be known.
        let is_judged = first.method == Method::POST || first.outcome.logs_in();
        if self.plan.without.contains("H38") || route.grpc || !is_judged {
            return;
        }
        let method = &first.method;
        let template = self.plan.template(route, method);
        let wrong = match *method {
            Method::POST => self.other_proofs(&template),
            Method::GET => other_states(&template, &route.path.to_ascii_lowercase()),
            _ => Vec::new(),
        };
        for Wrong { what, request, remedy } in wrong {
            let Ok(response) = self.send(request.request(&Credentials::none())).await else { continue };
            let outcome = Outcome::of(&response);
            let is_right = !first.outcome.logs_in() || outcome == first.outcome;
            let is_found = logs_in(response.status) && outcome.logs_in() && is_right;
            report.count("H38", is_found);
            if is_found {
                let problem =
                    format!("public route gives a session or a token: `{}` with {what}: {remedy}", response.status);
                let got_through = GotThrough { id: "H38", what, problem };
                self.report_got_through((route, method), got_through, (&request, &Credentials::none()), &response);
                return;
            }
        }
    }

    /// Bodies with another token or secret than the right one.
    fn other_proofs(&self, template: &RequestTemplate) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        for name in PROOFS {
            let Some(right) = template.text_member(name).filter(|right| !right.is_empty()) else { continue };
            let mut add = |what: String, value: &str, remedy| {
                if value != right
                    && let Some(body) = template.body_with_all_replaced(&[(name, json!(value))])
                {
                    let request = RequestTemplate { body: body.into_bytes(), ..template.clone() };
                    wrong.push(Wrong { what, request, remedy });
                }
            };
            let compare = "compare it, or verify its signature";
            add(format!("another {name}"), &others(&right)[0], compare);
            add(format!("an empty {name}"), "", compare);
            if let Some(token) = TestToken::decoded(&right) {
                add(format!("an unsigned {name}"), &token.clone().header("alg", "none").unsigned(), compare);
                add(format!("a {name} of another key"), &token.signed_with_untrusted_key(), compare);
                // Facebook Login of several sites, 2023: the token of a quiz opened the account.
                if let Some(issuer) = self.issuer_of(&token) {
                    let of_another = token.clone().claim("aud", "another-application").signed_by(&issuer);
                    add(format!("a {name} for another application"), &of_another, "compare its `aud`");
                    let expired = token.clone().claim("exp", LONG_AGO).signed_by(&issuer);
                    add(format!("an expired {name}"), &expired, "compare its `exp` with the time");
                }
            }
            if name.starts_with("refresh") && self.plan.has_tokens {
                let access = self.plan.sources.default().good_token(&[]);
                add(
                    format!("an access token as the {name}"),
                    &access,
                    "give each kind of token a type, and compare it",
                );
            }
        }
        wrong
    }

    /// The issuer of the test that has signed such a token.
    fn issuer_of(&self, token: &TestToken) -> Option<TestIssuer> {
        let iss = token.issuer()?;
        let own = self.plan.sources.all().filter_map(|source| source.issuer().cloned());
        own.chain(self.plan.partners.iter().cloned()).find(|issuer| issuer.name() == iss)
    }
}

/// Callbacks with another `state`, and without the cookie that it belongs to.
fn other_states(template: &RequestTemplate, path: &str) -> Vec<Wrong> {
    let query = template.query.as_deref().unwrap_or_default();
    let pairs: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let value = |name: &str| pairs.iter().find(|(own, _)| *own == name).map(|(_, value)| *value);
    let is_callback = value("code").is_some() || CALLBACKS.iter().any(|part| path.contains(part));
    let Some(state) = value("state").filter(|state| is_callback && !state.is_empty()) else { return Vec::new() };
    let with = |other: Option<&str>| {
        let all = pairs.iter().filter_map(|(name, value)| match (*name == "state", other) {
            (true, None) => None,
            (true, Some(other)) => Some(format!("{name}={other}")),
            (false, _) => Some(format!("{name}={value}")),
        });
        template.clone().with(Some(all.collect::<Vec<_>>().join("&")), template.headers.clone())
    };
    let remedy = "compare `state` with the one that this browser has (RFC 6749 section 10.12)";
    let mut wrong = vec![
        Wrong { what: "another `state`".to_owned(), request: with(Some(&others(state)[0])), remedy },
        Wrong { what: "no `state`".to_owned(), request: with(None), remedy },
    ];
    if template.header(&COOKIE).is_some() {
        let headers = template.headers.iter().filter(|(name, _)| *name != COOKIE).cloned().collect();
        let request = template.clone().with(template.query.clone(), headers);
        wrong.push(Wrong { what: "the `state` of another browser".to_owned(), request, remedy });
    }
    wrong
}

fn logs_in(status: StatusCode) -> bool {
    status.is_success() || status.is_redirection()
}
