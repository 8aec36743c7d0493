//! H15: where unmatched routes are hidden, each rejection at a known path must equal the one at an
//! unknown path.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::probe::Probe;
use super::requests::{self, RequestTemplate};
use crate::catalogue::Credentials;
use crate::report::{RouteReport, Severity};
use crate::target::{NoResponse, Route, ServiceResponse, UnmatchedPolicy};
use http::header::{AUTHORIZATION, CONTENT_LENGTH, DATE};
use http::{HeaderName, Method};
use std::collections::HashMap;

/// A path that no service has.
pub(super) const UNKNOWN_PATH: &str = "/no-such-path-of-auth-testkit";

/// The responses at the unknown path, by method, credentials and suffix of the path.
pub(super) type UnknownPathResponses = HashMap<(Method, &'static str, &'static str), Result<String, NoResponse>>;

impl AttackRun {
    /// Compares every rejection at the path of these routes with that at the unknown path.
    pub(super) async fn compare_with_unknown_path(
        &mut self,
        here: &[&Route],
        unknown: &mut UnknownPathResponses,
        report: &mut RouteReport,
    ) {
        let unmatched = &self.target.unmatched;
        let hides = |route: &&Route| unmatched.method_at(&route.path) == UnmatchedPolicy::Hidden;
        let is_excluded = self.plan.without.contains("H15");
        if is_excluded || unmatched.path != UnmatchedPolicy::Hidden || !here.iter().all(hides) {
            return;
        }
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
            let Ok(method) = Method::from_bytes(method.as_bytes()) else { continue };
            let route = here.iter().find(|route| route.methods(&[]).contains(&method)).unwrap_or(&here[0]);
            if self.plan.exclusion_of(route).is_some() {
                continue;
            }
            let path = self.plan.template(route, &method).path;
            // A trailing slash, an encoded slash and a byte that is not UTF-8: routers match them
            // differently.
            for suffix in ["", "/", "%2f", "%ff"] {
                if self.is_open(&method, &format!("{path}{suffix}")) {
                    continue;
                }
                let found = self.differs(route, &method, &path, suffix, unknown).await;
                report.count("H15", found);
                // One finding for each path and method, because the others have the same cause.
                if found {
                    break;
                }
            }
        }
    }

    /// Whether a rejection differs, which becomes a finding.
    async fn differs(
        &mut self,
        route: &Route,
        method: &Method,
        path: &str,
        suffix: &'static str,
        unknown: &mut UnknownPathResponses,
    ) -> bool {
        for (name, credentials) in self.bad_credentials() {
            let key = (method.clone(), name, suffix);
            if !unknown.contains_key(&key) {
                let template = RequestTemplate::bare(method, &format!("{UNKNOWN_PATH}{suffix}"));
                let response = self.send(template.request(&credentials)).await;
                unknown.insert(
                    key.clone(),
                    response.map(|response| without_path(&self.full_appearance(&response), UNKNOWN_PATH)),
                );
            }
            let template = RequestTemplate::bare(method, &format!("{path}{suffix}"));
            let probe = Probe {
                route,
                method: method.clone(),
                id: "H15".to_owned(),
                what: format!("{method} {{path}}{suffix} compared with an unknown path, with {name}"),
                curl: requests::curl(&template, &credentials),
            };
            let response = self.send(template.request(&credentials)).await;
            let finding = match (&response, unknown.get(&key)) {
                (Err(cause), _) | (Ok(_), Some(Err(cause))) => probe.without_response(*cause),
                (Ok(response), Some(Ok(expected))) => {
                    let full = self.full_appearance(response);
                    let appearance = without_path(&full, path);
                    // The same bytes may contain this path: each challenge names the metadata of
                    // the protected resource (RFC 9728 section 5.1).
                    if appearance == *expected || full == *expected {
                        continue;
                    }
                    let problem = format!(
                        "response reveals that the path exists: the second line is that of an unknown path: send the \
                         same response to both\n  {appearance}\n  {expected}"
                    );
                    probe.finding(Severity::Wrong, problem, Some(response))
                }
                (Ok(_), None) => continue,
            };
            self.findings.push(finding);
            return true;
        }
        false
    }

    /// Credentials for each kind of rejection that an unauthenticated client can get.
    fn bad_credentials(&self) -> [(&'static str, Credentials); 8] {
        let good = self.plan.sources.default().good_token(&[]);
        let forged = good.rsplit_once('.').map_or_else(|| "a.b.c".to_owned(), |(signed, _)| format!("{signed}.AAAA"));
        let twice = |first: &str, second: &str| {
            Credentials::authorization(first.as_bytes()).header(AUTHORIZATION, second.as_bytes())
        };
        [
            ("no credentials", Credentials::none()),
            ("a token that cannot be parsed", Credentials::bearer("a.b.c")),
            ("a forged token", Credentials::bearer(&forged)),
            ("no token after the scheme", Credentials::authorization("Bearer")),
            ("two `Authorization` headers", twice("Bearer a.b.c", "Bearer a.b.c")),
            ("a good token and a second header", twice(&format!("Bearer {good}"), "Basic Og==")),
            ("another scheme", Credentials::authorization("Basic YWxpY2U6c2VjcmV0")),
            ("a token in the query", Credentials::none().query("access_token=a.b.c")),
        ]
    }

    /// All that a client can compare: status, headers and body.
    fn full_appearance(&self, response: &ServiceResponse) -> String {
        let compared = |name: &HeaderName| {
            *name != DATE
                && (*name != CONTENT_LENGTH || self.plan.varying.is_empty())
                && !self.plan.varying.contains(name)
        };
        let headers = response.headers.iter().filter(|(name, _)| compared(name));
        let mut headers: Vec<String> =
            headers.map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))).collect();
        headers.sort_unstable();
        let (headers, body) = (headers.join("; "), comparable_body(response, &self.plan.varying));
        format!("{} [{headers}] {body:?}", response.status.as_u16())
    }
}

/// The response may repeat the path of its request.
fn without_path(appearance: &str, path: &str) -> String {
    appearance.replace(path, "{path}")
}
