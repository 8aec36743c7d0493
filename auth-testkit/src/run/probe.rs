//! One request of an attack, with what its findings say about it.

use super::requests::Curl;
use crate::report::{Finding, Severity};
use crate::target::{NoResponse, Route, ServiceResponse};
use http::Method;

/// Describes a request that was sent, for the findings about it.
#[derive(Debug, Clone)]
pub(super) struct Probe<'a> {
    pub(super) route: &'a Route,
    pub(super) method: Method,
    /// The id of the attack.
    pub(super) id: String,
    /// What was sent, in words.
    pub(super) what: String,
    pub(super) curl: Curl<'a>,
}

impl Probe<'_> {
    pub(super) fn finding(&self, severity: Severity, problem: String, response: Option<&ServiceResponse>) -> Finding {
        Finding {
            severity,
            route: self.route.to_string(),
            method: self.method.to_string(),
            mounted: self.route.mounted.clone(),
            id: self.id.clone(),
            attack: self.what.clone(),
            problem,
            request: self.curl.line(),
            answer: response.map(as_curl_prints_it),
            repeated: None,
            base: None,
        }
    }

    /// The finding about a request without a response.
    pub(super) fn without_response(&self, cause: NoResponse) -> Finding {
        let problem = match cause {
            NoResponse::Panicked => {
                "service panicked: the connection breaks without a response and without an event: return a rejection \
                 instead"
            }
            #[cfg(feature = "wire")]
            NoResponse::Disconnected => {
                "no response: the connection failed or broke: check the address, and that the service runs"
            }
            NoResponse::TimedOut => "no response: 20 seconds passed: reject the request without waiting",
        };
        self.finding(Severity::Wrong, problem.to_owned(), None)
    }
}

fn as_curl_prints_it(response: &ServiceResponse) -> String {
    let mut text = format!("HTTP/1.1 {}", response.status);
    for (name, value) in &response.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        text.extend(["\n", name.as_str(), ": ", &value]);
    }
    let body = String::from_utf8_lossy(&response.body);
    if !body.is_empty() {
        text.push_str("\n\n");
        text.extend(body.chars().take(500));
    }
    text
}
