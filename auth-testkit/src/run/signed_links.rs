//! H38: a link whose signature is not compared, or does not cover what the link says.
//!
//! A client that has one link, such as one that was sent by mail, must not change its time, its
//! user or its role (CWE-345, CWE-347).

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::good_answers::says_nothing;
use super::got_through::GotThrough;
use super::linked_objects::is_signature;
use super::log_ins::others;
use super::requests::RequestTemplate;
use super::weaker_methods::is_rejection;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Route, ServiceResponse};
use http::{Method, StatusCode};

/// Parameters of a token that opens one file or one page.
const TOKENS: [&str; 5] = ["token", "share_token", "download_token", "access_key", "hash"];

/// Parts of the path of a link that opens a file. Elsewhere a page is the same for each token.
const FILES: [&str; 12] = [
    "download",
    "file",
    "share",
    "export",
    "document",
    "invoice",
    "attachment",
    "calendar",
    "feed",
    "report",
    "unsubscribe",
    "statement",
];

/// Parameters that a signature must cover: the time, and who may do what.
const COVERED: [&str; 18] = [
    "expires",
    "expires_at",
    "exp",
    "expiry",
    "until",
    "valid_until",
    "user",
    "user_id",
    "uid",
    "sub",
    "email",
    "account",
    "tenant",
    "role",
    "scope",
    "amount",
    "file",
    "path",
];

impl AttackRun {
    pub(super) async fn attack_signed_link(&mut self, route: &Route, report: &mut RouteReport) {
        let template = self.plan.template(route, &Method::GET);
        let Some(query) = template.query.clone().filter(|_| !self.plan.without.contains("H38") && !route.grpc) else {
            return;
        };
        let path = route.path.to_ascii_lowercase();
        let is_file = FILES.iter().any(|part| path.contains(part));
        let pairs: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let is_proof = |name: &str| is_signature(name) || (is_file && TOKENS.contains(&name));
        let Some((proof, right)) = pairs.iter().find(|(name, value)| is_proof(name) && !value.is_empty()) else {
            return;
        };
        let guest = Credentials::none();
        let Ok(good) = self.send(template.request(&guest)).await else { return };
        if !good.status.is_success() && !good.status.is_redirection() {
            return;
        }
        let with = |changed: &str, other: &str| {
            let pair =
                |(name, value): &(&str, &str)| format!("{name}={}", if *name == changed { other } else { value });
            let query = pairs.iter().map(pair).collect::<Vec<_>>().join("&");
            template.clone().with(Some(query), template.headers.clone())
        };
        let wrong = with(proof, &others(right)[0]);
        let Ok(response) = self.send(wrong.request(&guest)).await else { return };
        let body = |response: &ServiceResponse| comparable_body(response, &self.plan.varying);
        let is_found = response.status == good.status && body(&response) == body(&good) && !says_nothing(&body(&good));
        report.count("H38", is_found);
        if is_found {
            let got_through = GotThrough {
                id: "H38",
                what: format!("{proof} is changed"),
                problem: format!(
                    "link opens with another `{proof}`: `{}`, as with the right one: compare it before anything else is \
                     done",
                    response.status
                ),
            };
            self.report_got_through((route, &Method::GET), got_through, (&wrong, &guest), &response);
            return;
        }
        if !is_rejection(response.status) && response.status != StatusCode::BAD_REQUEST {
            return;
        }
        for (name, value) in pairs.iter().filter(|(name, _)| COVERED.contains(name)).take(4) {
            let Some(other) = other_value(name, value) else { continue };
            let changed = with(name, &other);
            self.attack_covered((route, report), (name, proof), &changed, good.status).await;
        }
    }

    /// Reports a parameter that can be changed under the signature.
    async fn attack_covered(
        &mut self,
        (route, report): (&Route, &mut RouteReport),
        (name, proof): (&str, &str),
        changed: &RequestTemplate,
        good: StatusCode,
    ) {
        let guest = Credentials::none();
        let Ok(response) = self.send(changed.request(&guest)).await else { return };
        let is_found = response.status == good;
        report.count("H38", is_found);
        if is_found {
            let got_through = GotThrough {
                id: "H38",
                what: format!("{name} is changed under the same {proof}"),
                problem: format!(
                    "signature of a link does not cover `{name}`: `{}` with another one: sign all that the link says",
                    response.status
                ),
            };
            self.report_got_through((route, &Method::GET), got_through, (changed, &guest), &response);
        }
    }
}

/// A later time, or another name.
fn other_value(name: &str, value: &str) -> Option<String> {
    let is_time = name.starts_with("exp") || name.ends_with("until");
    match value.parse::<u64>() {
        Ok(number) => number.checked_add(if is_time { 86_400 } else { 1 }).map(|number| number.to_string()),
        // Another form of a time may be rejected before it is compared.
        Err(_) if is_time => None,
        Err(_) => others(value).into_iter().next().filter(|other| other != value),
    }
}
