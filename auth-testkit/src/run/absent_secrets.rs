//! H38: a token, a code or a password that is absent.
//!
//! CVE-2019-16109 (Devise): a user that has not asked for a new password has no token, and an
//! absent token is equal to it.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::log_ins::{PASSWORDS, others};
use super::public_cookies::cookies_of;
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Route, ServiceResponse};
use http::Method;
use serde_json::{Map, Value, json};

/// Members that the service must compare.
const SECRETS: [&str; 13] = [
    "token",
    "reset_token",
    "resetToken",
    "code",
    "verification_code",
    "otp",
    "totp",
    "pin",
    "passcode",
    "secret",
    "signature",
    "api_key",
    "key",
];

/// Parts of the path of a route that compares one. Elsewhere a code may be that of a discount.
pub(super) const PATHS: [&str; 13] = [
    "reset", "recover", "forgot", "password", "verif", "confirm", "activat", "login", "log-in", "signin", "sign-in",
    "token", "magic",
];

impl AttackRun {
    /// Sends the body of the test without its secret, where a wrong one is rejected.
    pub(super) async fn attack_absent_secret(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let writes = matches!(*method, Method::POST | Method::PUT | Method::PATCH);
        let path = route.path.to_ascii_lowercase();
        let compares = PATHS.iter().any(|part| path.contains(part));
        if self.plan.without.contains("H38") || !writes || !compares || route.grpc {
            return;
        }
        let template = self.plan.template(route, method);
        let Ok(members) = serde_json::from_slice::<Map<String, Value>>(&template.body) else { return };
        let Some((name, right)) = template.first_member(&SECRETS).or_else(|| template.first_member(&PASSWORDS)) else {
            return;
        };
        let with = |value: Option<Value>| {
            let mut members = members.clone();
            match value {
                Some(value) => members.insert(name.to_owned(), value),
                None => members.remove(name),
            };
            template.with_body(&Value::Object(members).to_string())
        };
        let wrong = others(&right).into_iter().next().filter(|wrong| *wrong != right);
        let Some(wrong) = wrong.map(|wrong| with(Some(json!(wrong)))) else { return };
        if self.acts(&wrong).await.is_none_or(|(_, acts)| acts) {
            return;
        }
        let ways = [("null", Some(Value::Null)), ("absent", None), ("empty", Some(json!(""))), ("[]", Some(json!([])))];
        for (what, value) in ways {
            let request = with(value);
            let Some((response, acts)) = self.acts(&request).await else { continue };
            report.count("H38", acts);
            if acts {
                let got_through = GotThrough {
                    id: "H38",
                    what: format!("{name} is {what}"),
                    problem: format!(
                        "absent secret is accepted: `{name}` is {what}: `{}`: reject it before it is compared",
                        response.status
                    ),
                };
                self.report_got_through((route, method), got_through, (&request, &Credentials::none()), &response);
                return;
            }
        }
    }

    /// The response, and whether the request succeeds: it logs in, or changes a value of the test.
    async fn acts(&mut self, request: &RequestTemplate) -> Option<(ServiceResponse, bool)> {
        let before = self.read_side_effects().await;
        let response = self.send(request.request(&Credentials::none())).await.ok()?;
        let changes = self.read_side_effects().await != before;
        let acts = response.status.is_success() && (changes || !cookies_of(&response).is_empty());
        Some((response, acts))
    }
}
