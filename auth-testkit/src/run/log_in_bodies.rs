//! H38: bodies of a log-in that no client of the service sends.
//!
//! An operator of a query in place of a text (CWE-943), a part of the right password, a user that
//! does not exist and a password that is absent (both are `None`), and the accounts that products
//! are delivered with (CWE-1392).

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::log_ins::{Outcome, PASSWORDS, USERS, secret_of};
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Route};
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

/// Accounts that products and tutorials are delivered with.
const DELIVERED: [(&str, &str); 8] = [
    ("admin", "admin"),
    ("admin", "password"),
    ("admin", "changeme"),
    ("admin", "admin123"),
    ("root", "root"),
    ("test", "test"),
    ("guest", "guest"),
    ("demo", "demo"),
];

/// After so many wrong ones, a right log-in ends their count.
const IN_A_ROW: usize = 3;

/// A log-in that must fail, and the remedy.
struct Body {
    what: String,
    request: RequestTemplate,
    remedy: &'static str,
}

impl AttackRun {
    pub(super) async fn attack_log_in_bodies(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        if self.plan.without.contains("H38") || self.locked_out {
            return;
        }
        for (route, report) in routes.iter().zip(reports) {
            let is_log_in = route.decision() == Decision::Public && route.method == "POST" && !route.grpc;
            // A log-in that accepts any password has its finding.
            let name = route.to_string();
            let is_known = self.findings.iter().any(|finding| finding.id == "H38" && finding.route == name);
            if is_log_in && !is_known && self.plan.exclusion_of(route).is_none() {
                self.send_log_in_bodies(route, report).await;
            }
        }
    }

    async fn send_log_in_bodies(&mut self, route: &Route, report: &mut RouteReport) {
        let none = Credentials::none();
        let template = self.plan.template(route, &Method::POST);
        let Some((member, value)) = secret_of(&template, &route.path) else { return };
        let Ok(right) = self.send(template.request(&none)).await else { return };
        let good = Outcome::of(&right);
        if !good.logs_in() {
            return;
        }
        for (number, Body { what, request, remedy }) in bodies(&template, member, &value).into_iter().enumerate() {
            let Ok(response) = self.send(request.request(&none)).await else { continue };
            let is_limited = matches!(response.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::LOCKED);
            if is_limited || self.locked_out {
                break;
            }
            let is_found = Outcome::of(&response) == good;
            report.count("H38", is_found);
            if is_found {
                let problem = format!("log-in accepts {what}: `{}`: {remedy}", response.status);
                let got_through = GotThrough { id: "H38", what, problem };
                self.report_got_through((route, &Method::POST), got_through, (&request, &none), &response);
                break;
            }
            if number % IN_A_ROW == IN_A_ROW - 1 {
                let _ = self.send(template.request(&none)).await;
            }
        }
        let _ = self.send(template.request(&none)).await;
    }
}

fn bodies(template: &RequestTemplate, member: &str, right: &str) -> Vec<Body> {
    let mut bodies = Vec::new();
    let compare = "compare the whole text with the one that is stored";
    let mut shorter = right.to_owned();
    shorter.pop();
    let swapped: String = right
        .chars()
        .map(|letter| if letter.is_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() })
        .collect();
    let mut add = |what: &str, request: Option<RequestTemplate>, remedy| {
        bodies.extend(request.map(|request| Body { what: what.to_owned(), request, remedy }));
    };
    let other = |text: &str| (text != right).then(|| template.naming(&[member], right, text)).flatten();
    add(&format!("the `{member}` without its last character"), other(&shorter), compare);
    // A code may be read in each case, because people type it.
    if PASSWORDS.contains(&member) {
        add(&format!("the `{member}` in the other letter case"), other(&swapped), compare);
    }
    let user = template.first_member(&USERS);
    let text = "read a text, and bind it as a parameter";
    if let Ok(members) = serde_json::from_slice::<Map<String, Value>>(&template.body) {
        let with = |changes: &[(&str, Option<Value>)]| {
            let mut members = members.clone();
            for (name, value) in changes {
                match value {
                    Some(value) => members.insert((*name).to_owned(), value.clone()),
                    None => members.remove(*name),
                };
            }
            Some(template.with_body(&Value::Object(members).to_string()))
        };
        for value in [json!({"$ne": ""}), json!({"$gt": ""}), json!(true), json!([])] {
            add(&format!("`{member}` is {value}"), with(&[(member, Some(value))]), text);
        }
        if let Some((field, _)) = &user {
            let unknown = Some(json!("no-such-user"));
            let equal = "reject a user that does not exist before anything is compared";
            for (what, value) in [("absent", None), ("null", Some(Value::Null))] {
                let what = format!("a user that does not exist, and `{member}` is {what}");
                add(&what, with(&[(*field, unknown.clone()), (member, value)]), equal);
            }
        }
    }
    if let Some((field, name)) = &user {
        let name = name.replace("%40", "@");
        let named = |user: &str, password: &str| {
            let request = template.naming(&[member], right, password)?;
            if name == user { Some(request) } else { request.naming(&[*field], &name, user) }
        };
        let sql = "' OR '1'='1";
        add(&format!("`{member}` is {sql}"), named(&name, sql), text);
        add(&format!("`{field}` ends with '--"), named(&format!("{name}'-- "), "x"), text);
        // A code belongs to one log-in.
        let delivered = DELIVERED.iter().filter(|(user, password)| (*user, *password) != (name.as_str(), right));
        for (user, password) in delivered.filter(|_| PASSWORDS.contains(&member)) {
            let remedy = "have no account that each installation has, or let it choose its password first";
            add(&format!("the delivered account {user} with the password {password}"), named(user, password), remedy);
        }
    }
    bodies
}
