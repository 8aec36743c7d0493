//! H31: headers that name another caller, beside a good token.
//!
//! A service that reads the caller from such a header takes the identity that the client chooses,
//! however well it verifies the token. The answer must be that without the header.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::probe::Probe;
use super::published_headers::published;
use super::requests::{self, RequestTemplate};
use crate::catalogue::{Credentials, IDENTITIES};
use crate::report::{RouteReport, Severity};
use crate::target::{Route, ServiceResponse};
use http::header::COOKIE;
use http::{HeaderName, Method};

/// Cookies that name a caller.
const COOKIES: [&str; 5] = ["user", "user_id", "username", "__Host-user", "uid"];

/// Headers that name the tenant of a caller. Its token has the tenant.
pub(super) const TENANTS: [&str; 9] = [
    "x-tenant-id",
    "x-tenant",
    "x-organization-id",
    "x-organization",
    "x-org-id",
    "x-workspace-id",
    "x-project-id",
    "x-company-id",
    "x-team-id",
];

impl AttackRun {
    /// Sends the headers of a group at once, and each by itself where the answer changes.
    pub(super) async fn attack_identity(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        if self.plan.without.contains("H31") || *method == Method::HEAD {
            return;
        }
        let template = self.plan.template(route, method);
        let good = Credentials::bearer(&self.plan.good_token(route));
        // Twice, because an answer that differs by itself shows nothing.
        let Some(first) = self.answer(&template, &good).await else { return };
        if self.answer(&template, &good).await.as_ref() != Some(&first) {
            return;
        }
        for group in [headers("admin"), headers("1"), published("1"), tenants()] {
            let all = group.iter().cloned().fold(good.clone(), Credentials::and);
            let changed = self.changes(route, &template, &all, &first).await;
            report.count("H31", changed.is_some());
            if changed.is_none() {
                continue;
            }
            // The data of the service may have changed since.
            if self.answer(&template, &good).await.as_ref() != Some(&first) {
                return;
            }
            let mut found = false;
            for one in group {
                let credentials = good.clone().and(one);
                if let Some(response) = self.changes(route, &template, &credentials, &first).await {
                    self.report_identity(route, method, &template, &credentials, &response);
                    found = true;
                }
            }
            if let Some(response) = changed.filter(|_| !found) {
                self.report_identity(route, method, &template, &all, &response);
            }
            return;
        }
    }

    pub(super) async fn answer(&mut self, template: &RequestTemplate, credentials: &Credentials) -> Option<String> {
        let response = self.send(template.request(credentials)).await.ok()?;
        response.status.is_success().then(|| comparable_body(&response, &self.plan.varying))
    }

    /// The response, if it is an answer, and another one.
    ///
    /// A service may reject such a request. It must not act on the header.
    async fn changes(
        &mut self,
        route: &Route,
        template: &RequestTemplate,
        credentials: &Credentials,
        first: &str,
    ) -> Option<ServiceResponse> {
        // A header may be the carrier of a credential.
        if route.places().iter().any(|place| !place.is_bearer() && credentials.are_in(place)) {
            return None;
        }
        let response = self.send(template.request(credentials)).await.ok()?;
        let body = comparable_body(&response, &self.plan.varying);
        if !response.status.is_success() || body == first {
            return None;
        }
        // A random word does not always look like one, so the difference must repeat.
        (self.answer(template, credentials).await.as_ref() == Some(&body)).then_some(response)
    }

    fn report_identity(
        &mut self,
        route: &Route,
        method: &Method,
        template: &RequestTemplate,
        credentials: &Credentials,
        response: &ServiceResponse,
    ) {
        let (name, value) = &credentials.headers[credentials.headers.len() - 1];
        let value = String::from_utf8_lossy(value.as_bytes());
        let probe = Probe {
            route,
            method: method.clone(),
            id: "H31".to_owned(),
            what: format!("{name}: {value} beside a good token"),
            curl: requests::curl(template, credentials),
        };
        let problem = format!(
            "header of the client changes the answer to a good token: `{name}: {value}`: take the caller from the token only"
        );
        self.findings.push(probe.finding(Severity::GotThrough, problem, Some(response)));
    }
}

/// The headers that choose a tenant. A group of their own, because a service that checks the choice
/// rejects the request.
fn tenants() -> Vec<Credentials> {
    TENANTS.iter().map(|name| Credentials::none().header(HeaderName::from_static(name), "1")).collect()
}

pub(super) fn headers(caller: &str) -> Vec<Credentials> {
    let header = |(name, value): (&'static str, &'static str)| {
        // A name in place of a number, and the reverse.
        let value = if value == "admin" || value == "1" { caller } else { value };
        Credentials::none().header(HeaderName::from_static(name), value)
    };
    let cookie = |name: &&str| Credentials::none().header(COOKIE, format!("{name}={caller}"));
    IDENTITIES.into_iter().map(header).chain(COOKIES.iter().map(cookie)).collect()
}
