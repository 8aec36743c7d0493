//! H31: a caller without the permission, who names a role, a scope or a place in the request.
//!
//! The permission comes from the token. A header, a cookie, a query or a body that grants it lets
//! every caller have it.

use super::attack_run::AttackRun;
use super::identities::headers;
use super::plan::AttackPlan;
use super::probe::Probe;
use super::requests;
use super::weaker_methods::is_rejection;
use crate::catalogue::{Credentials, SIGNALS};
use crate::report::{RouteReport, Severity};
use crate::target::Route;
use http::header::{ACCEPT, COOKIE};
use http::{HeaderName, Method};
use serde_json::{Value, json};

/// Signals that change the form of a request, so that a service may reject it for another reason.
const OF_ANOTHER_FORM: [&str; 6] =
    ["content-type", "upgrade", "sec-websocket-key", "origin", "access-control-request-method", "accept"];

/// Pairs of a query or of a cookie that claim a role.
const ROLES: [&str; 9] = [
    "role=admin",
    "roles=admin",
    "admin=true",
    "admin=1",
    "is_admin=true",
    "isAdmin=true",
    "internal=true",
    "debug=true",
    "sudo=true",
];

/// Other forms of an answer, which may have a branch of their own.
const FORMS: [&str; 3] = ["format=csv", "format=pdf", "export=csv"];
const TYPES: [&str; 4] = ["text/csv", "application/pdf", "text/html", "application/xml"];

/// Headers for which a check may leave a request to the handler.
const BRANCHES: [(&str, &str); 7] = [
    ("content-type", "text/plain"),
    ("content-type", "application/x-www-form-urlencoded"),
    ("content-type", "multipart/form-data; boundary=x"),
    ("upgrade", "websocket"),
    ("origin", "http://localhost"),
    ("host", "admin.localhost"),
    ("host", "internal"),
];

/// Headers that may list the scopes of a caller.
const SCOPES: [&str; 5] = ["x-scope", "x-scopes", "x-permissions", "x-user-permissions", "x-auth-scopes"];

impl AttackRun {
    pub(super) async fn attack_with_roles(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        if self.plan.without.contains("H31") || *method == Method::HEAD {
            return;
        }
        let template = self.plan.template(route, method);
        let Some(caller) = self.callers_without(route, route).into_iter().next() else { return };
        // Where the permission is not checked at all, T29 is the finding.
        let denied = self.send(template.request(&caller)).await.is_ok_and(|response| is_rejection(response.status));
        if !denied {
            return;
        }
        let scopes = AttackPlan::scopes_for(route).join(" ");
        // All of a group at once, and each by itself where they grant.
        for group in [headers("admin"), headers("1"), signals()] {
            let all = group.iter().cloned().fold(Credentials::none(), Credentials::and);
            if self.elevates(route, method, (&caller, &all), report).await.is_none() {
                continue;
            }
            for one in group {
                let (name, value) = &one.headers[0];
                let what = format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()));
                self.send_elevation(route, method, (&caller, one.clone(), what), report).await;
            }
        }
        for (what, one) in ways(&scopes) {
            self.send_elevation(route, method, (&caller, one, what), report).await;
        }
        for (name, value) in members(&scopes) {
            let Some(body) = template.body_with(name, value.clone()) else { continue };
            let one = Credentials { body: Some(body), ..Credentials::none() };
            self.send_elevation(route, method, (&caller, one, format!("{name}: {value} in the body")), report).await;
        }
    }

    /// The response, if the caller gets through with the addition.
    async fn elevates(
        &mut self,
        route: &Route,
        method: &Method,
        (caller, addition): (&Credentials, &Credentials),
        report: &mut RouteReport,
    ) -> Option<crate::target::ServiceResponse> {
        // A header or a cookie may be the carrier of a credential.
        let is_carrier = route.places().iter().any(|place| !place.is_bearer() && addition.are_in(place));
        if is_carrier || route.grpc && addition.unfit_for_grpc().is_some() {
            return None;
        }
        let request = self.plan.template(route, method).request(&caller.clone().with(addition.clone()));
        let response = self.send(request).await.ok()?;
        let got_through = response.status.is_success() || response.gate.admitted > 0;
        report.count("H31", got_through);
        got_through.then_some(response)
    }

    async fn send_elevation(
        &mut self,
        route: &Route,
        method: &Method,
        (caller, addition, what): (&Credentials, Credentials, String),
        report: &mut RouteReport,
    ) {
        let Some(response) = self.elevates(route, method, (caller, &addition), report).await else { return };
        let template = self.plan.template(route, method);
        let credentials = caller.clone().with(addition);
        let problem = format!(
            "request grants a permission that the token does not grant: `{what}`: take roles and scopes from the token \
             only"
        );
        let probe = Probe {
            route,
            method: method.clone(),
            id: "H31".to_owned(),
            what: format!("{what} beside a token without the permission"),
            curl: requests::curl(&template, &credentials),
        };
        let finding = probe.finding(Severity::GotThrough, problem, Some(&response));
        self.findings.push(finding);
    }
}

/// One header of each name.
fn signals() -> Vec<Credentials> {
    let mut names: Vec<&str> = Vec::new();
    let mut signals = Vec::new();
    for (name, value) in SIGNALS {
        if !OF_ANOTHER_FORM.contains(&name) && !names.contains(&name) {
            names.push(name);
            signals.push(Credentials::none().header(HeaderName::from_static(name), value));
        }
    }
    signals
}

fn ways(scopes: &str) -> Vec<(String, Credentials)> {
    let mut ways = Vec::new();
    for pair in ROLES {
        ways.push((format!("?{pair}"), Credentials::none().query(pair)));
        ways.push((format!("the cookie {pair}"), Credentials::none().header(COOKIE, pair)));
    }
    ways.extend(FORMS.iter().map(|pair| (format!("?{pair}"), Credentials::none().query(*pair))));
    ways.extend(TYPES.iter().map(|value| (format!("accept: {value}"), Credentials::none().header(ACCEPT, value))));
    ways.extend(BRANCHES.iter().map(|(name, value)| {
        (format!("{name}: {value}"), Credentials::none().header(HeaderName::from_static(name), value))
    }));
    // A name that is not a scope may have characters that a header must not have.
    if !scopes.is_empty() && scopes.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        let query = format!("scope={}", scopes.replace(' ', "+"));
        ways.push((format!("?{query}"), Credentials::none().query(query)));
        ways.extend(SCOPES.iter().map(|name| {
            (format!("{name}: {scopes}"), Credentials::none().header(HeaderName::from_static(name), scopes))
        }));
    }
    ways
}

/// Members of a JSON body that claim a role.
fn members(scopes: &str) -> Vec<(&'static str, Value)> {
    let mut members = vec![
        ("role", json!("admin")),
        ("roles", json!(["admin"])),
        ("admin", json!(true)),
        ("is_admin", json!(true)),
        ("isAdmin", json!(true)),
    ];
    if !scopes.is_empty() {
        members.push(("scope", json!(scopes)));
    }
    members
}
