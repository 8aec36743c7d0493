//! H15: where unmatched routes are hidden, a path that exists must look like one that does not, in every rejection that
//! a client without a proof can get.

use super::requests::{self, Filled};
use super::{Aim, Run, judge};
use crate::catalogue::Credentials;
use crate::report::{RouteReport, Severity};
use crate::target::{Answer, Broken, Policed, Route};
use http::header::{AUTHORIZATION, DATE};
use http::{HeaderName, Method};
use std::collections::HashMap;

const NOWHERE: &str = "/no-such-path-of-auth-testkit";

/// The answers where there is nothing, by method, credentials and what is appended to the path.
pub(super) type Nowhere = HashMap<(Method, &'static str, &'static str), Result<String, Broken>>;

impl Run {
    /// Compares every rejection at the path of these routes with that at a path that does not exist.
    pub(super) async fn looks_like_nothing(
        &mut self,
        here: &[&Route],
        nowhere: &mut Nowhere,
        report: &mut RouteReport,
    ) {
        let unmatched = &self.target.unmatched;
        let hides = |route: &&Route| unmatched.method_at(&route.path) == Policed::Concealed;
        if unmatched.path != Policed::Concealed || !here.iter().all(hides) {
            return;
        }
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
            let Ok(method) = Method::from_bytes(method.as_bytes()) else { continue };
            let route = here.iter().find(|route| route.methods(&[]).contains(&method)).unwrap_or(&here[0]);
            if self.armed.left_out(route).is_some() {
                continue;
            }
            let path = self.armed.fill(route, &method).path;
            // A slash at the end, and what is decoded or can't be: each may be matched otherwise.
            for appended in ["", "/", "%2f", "%ff"] {
                if self.is_open(&method, &format!("{path}{appended}")) {
                    continue;
                }
                let found = self.difference(route, &method, &path, appended, nowhere).await;
                report.tried("H15", found);
                // One finding for a path and a method: the others have the same cause.
                if found {
                    break;
                }
            }
        }
    }

    /// Whether some rejection differs, which becomes a finding.
    async fn difference(
        &mut self,
        route: &Route,
        method: &Method,
        path: &str,
        appended: &'static str,
        nowhere: &mut Nowhere,
    ) -> bool {
        for (name, credentials) in self.without_a_proof() {
            let key = (method.clone(), name, appended);
            if !nowhere.contains_key(&key) {
                let answer =
                    self.send(Filled::bare(method, &format!("{NOWHERE}{appended}")).request(&credentials)).await;
                let look = answer.map(|answer| self.whole_look(&answer, NOWHERE));
                nowhere.insert(key.clone(), look);
            }
            let filled = Filled::bare(method, &format!("{path}{appended}"));
            let aim = Aim {
                route,
                method: method.clone(),
                id: "H15".to_owned(),
                what: format!("{method} {path}{appended} beside a path that does not exist, with {name}"),
                curl: requests::curl(&filled, &credentials),
            };
            let answer = self.send(filled.request(&credentials)).await;
            let finding = match (&answer, nowhere.get(&key)) {
                (Err(broken), _) | (Ok(_), Some(Err(broken))) => judge::broken(&aim, *broken),
                (Ok(answer), Some(Ok(nothing))) => {
                    let look = self.whole_look(answer, path);
                    if look == *nothing {
                        continue;
                    }
                    let problem = format!(
                        "it differs from the answer for a path that does not exist, which shows that this one does:\n  \
                         {look}\n  {nothing}"
                    );
                    judge::finding(Severity::Wrong, &aim, problem, Some(answer))
                }
                (Ok(_), None) => continue,
            };
            self.findings.push(finding);
            return true;
        }
        false
    }

    /// One of each kind of rejection that a client without a proof can provoke.
    fn without_a_proof(&self) -> [(&'static str, Credentials); 8] {
        let good = self.armed.good(&[]);
        let forged = good.rsplit_once('.').map_or_else(|| "a.b.c".to_owned(), |(signed, _)| format!("{signed}.AAAA"));
        let twice = |first: &str, second: &str| {
            Credentials::authorization(first.as_bytes()).header(AUTHORIZATION, second.as_bytes())
        };
        [
            ("no credentials", Credentials::none()),
            ("a token that can't be read", Credentials::bearer("a.b.c")),
            ("a forged token", Credentials::bearer(&forged)),
            ("no token after the scheme", Credentials::authorization("Bearer")),
            ("two `Authorization` headers", twice("Bearer a.b.c", "Bearer a.b.c")),
            ("a good token and a second header", twice(&format!("Bearer {good}"), "Basic Og==")),
            ("another scheme", Credentials::authorization("Basic YWxpY2U6c2VjcmV0")),
            ("a token in the query", Credentials::none().query("access_token=a.b.c")),
        ]
    }

    /// All that a client can compare: status, headers and body. The path itself may be repeated in them.
    fn whole_look(&self, answer: &Answer, path: &str) -> String {
        let compared = |name: &HeaderName| *name != DATE && !self.armed.varying.contains(name);
        let headers = answer.headers.iter().filter(|(name, _)| compared(name));
        let mut headers: Vec<String> =
            headers.map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))).collect();
        headers.sort_unstable();
        let (headers, body) = (headers.join("; "), String::from_utf8_lossy(&answer.body));
        format!("{} [{headers}] {body:?}", answer.status.as_u16()).replace(path, "{path}")
    }
}
