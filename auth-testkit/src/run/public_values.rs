//! H35: a value that a public route gives every client, sent as a session or a token.
//!
//! CVE-2023-48309 (NextAuth.js): the cookie of a log-in that has begun and the session are tokens
//! of the same key, and the check asks only whether the signature is good.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::got_through::GotThrough;
use super::public_cookies::cookies_of;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Place, Route, ServiceResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;

/// How many values are sent in each carrier, and to how many routes.
const VALUES: usize = 6;
const ROUTES: usize = 3;

/// A shorter value is a setting, and no credential.
const SHORTEST: usize = 16;

impl AttackRun {
    /// Keeps the cookies and the tokens of a GET that every client can send.
    ///
    /// A route that the test gives a path, a query or a body may log its caller in.
    pub(super) fn keep_public_values(&mut self, route: &Route, method: &Method, response: &ServiceResponse) {
        if *method != Method::GET || self.plan.completes(route) {
            return;
        }
        let cookies = cookies_of(response).into_iter().map(|(name, value)| (format!("the cookie {name}"), value));
        let body = String::from_utf8_lossy(&response.body);
        let words = body.split(|letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter)));
        let tokens = words.filter(|word| is_signed_token(word)).map(|word| ("a token".to_owned(), word.to_owned()));
        for (what, value) in cookies.chain(tokens).filter(|(_, value)| value.len() >= SHORTEST) {
            if self.public_values.len() < VALUES {
                self.public_values.insert(value, format!("{what} of {route}"));
            }
        }
    }

    pub(super) async fn attack_with_public_values(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        if self.public_values.is_empty() || self.plan.without.contains("H35") || self.locked_out {
            return;
        }
        let mut places: Vec<(Place, usize)> = Vec::new();
        for (route, report) in routes.iter().zip(reports) {
            let is_attacked =
                route.decision() == Decision::Authenticated && !route.grpc && self.plan.exclusion_of(route).is_none();
            let Some(method) = route.methods(&[]).into_iter().next().filter(|_| is_attacked) else { continue };
            let mut own: Vec<Place> = route.places().into_iter().cloned().collect();
            if route.accepts_bearer_tokens() && !own.contains(&Place::bearer()) {
                own.push(Place::bearer());
            }
            for place in own {
                let known = places.iter().position(|(known, _)| *known == place);
                let at = known.unwrap_or_else(|| {
                    places.push((place.clone(), 0));
                    places.len() - 1
                });
                if places[at].1 < ROUTES && place.is_in_requests_of(&method) {
                    places[at].1 += 1;
                    let is_found = self.present_public_values((route, &method), &place).await;
                    report.count("H35", is_found);
                }
            }
        }
    }

    async fn present_public_values(&mut self, (route, method): (&Route, &Method), place: &Place) -> bool {
        let template = self.plan.template(route, method);
        for (value, what) in self.public_values.clone() {
            // The cookie under its own name is another attack.
            let is_own = matches!(place, Place::Cookie(name) if self.public_cookies.get(name) == Some(&value));
            if is_own || !place.holds(&value) {
                continue;
            }
            let credentials = Credentials::placed(place, &value);
            let Ok(response) = self.send(template.request(&credentials)).await else { continue };
            if !response.status.is_success() && response.gate.ran == 0 {
                continue;
            }
            // Where the check does not run at all, H01 is the finding.
            let plain = self.send(template.request(&Credentials::none())).await;
            let body = |response: &ServiceResponse| comparable_body(response, &self.plan.varying);
            let differs = plain.is_ok_and(|plain| plain.status != response.status || body(&plain) != body(&response));
            if differs {
                let got_through = GotThrough {
                    id: "H35",
                    what: format!("{what} in {place}, without other credentials"),
                    problem: format!(
                        "value that every client gets is a credential: {what} in {place}: `{}`: give each kind of token \
                         a type, and compare it",
                        response.status
                    ),
                };
                self.report_got_through((route, method), got_through, (&template, &credentials), &response);
                return true;
            }
        }
        false
    }
}

/// Whether a word has the form of a signed token (RFC 7515 section 3.1).
fn is_signed_token(word: &str) -> bool {
    let segments: Vec<&str> = word.split('.').collect();
    let [header, claims, signature] = segments[..] else { return false };
    let is_json = |segment: &str| {
        URL_SAFE_NO_PAD.decode(segment).is_ok_and(|json| serde_json::from_slice::<serde_json::Value>(&json).is_ok())
    };
    !signature.is_empty() && is_json(header) && is_json(claims)
}
