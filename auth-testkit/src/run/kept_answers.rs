//! H40: answers of one caller that the service keeps, and gives to another one.
//!
//! A store of answers behind the check has a key without the caller: the URL, or the
//! `Idempotency-Key`. Every caller is authenticated, and gets the answer of the first.

use super::attack_run::AttackRun;
use super::probe::Probe;
use super::requests::{self, RequestTemplate};
use crate::catalogue::Credentials;
use crate::report::{RouteReport, Severity};
use crate::target::Route;
use http::{HeaderName, Method};
use std::sync::atomic::{AtomicU64, Ordering};

const KEYS: [&str; 2] = ["idempotency-key", "x-idempotency-key"];

impl AttackRun {
    pub(super) async fn attack_kept_answers(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        if self.plan.without.contains("H40") || *method == Method::HEAD {
            return;
        }
        let template = self.plan.template(route, method);
        let good = Credentials::bearer(&self.plan.good_token(route));
        let others = self.other_callers(route);
        let Some((_, other)) = others.into_iter().find(|(_, caller)| caller.are_presented()) else { return };
        // A read has no key that repeats it, and a write is not kept by its URL.
        let new = if *method == Method::GET { by_url } else { by_key };
        let (first, second) = (new(), new());
        let mut requests = vec![(&good, &first), (&other, &first), (&other, &second), (&good, &second)];
        // An answer that differs by itself, such as a counter, may be kept for all callers. One
        // that a write has made may have a number of its own.
        let (third, fourth) = (new(), new());
        if *method == Method::GET {
            requests.extend([(&good, &third), (&other, &fourth)]);
        }
        let mut answers = Vec::new();
        for (caller, (value, addition)) in requests {
            let Some(answer) = self.answer(&template, &caller.clone().with(addition.clone())).await else { return };
            // An answer may contain its URL or its key.
            answers.push(answer.replace(value, "#"));
        }
        let is_stable = match answers.get(4..) {
            Some([own, others]) => (own, others) == (&answers[0], &answers[2]),
            _ => true,
        };
        // Each caller gets its own answer where it is the first, and the kept one where it is not.
        let is_kept = answers[0] == answers[1] && answers[2] == answers[3] && answers[0] != answers[2];
        report.count("H40", is_kept && is_stable);
        if is_kept && is_stable {
            self.report_kept(route, method, &template, &other.with(first.1));
        }
    }

    fn report_kept(&mut self, route: &Route, method: &Method, template: &RequestTemplate, credentials: &Credentials) {
        let probe = Probe {
            route,
            method: method.clone(),
            id: "H40".to_owned(),
            what: "the request of one caller, repeated by another".to_owned(),
            curl: requests::curl(template, credentials),
        };
        let key = if *method == Method::GET { "its URL" } else { "its `Idempotency-Key`" };
        let problem =
            format!("service keeps the answer of one caller for others: by {key}: make the caller a part of the key");
        let finding = probe.finding(Severity::GotThrough, problem, None);
        self.findings.push(finding);
    }
}

/// A value that no earlier request had.
fn new_value() -> String {
    static USED: AtomicU64 = AtomicU64::new(0);
    format!("kit-{}-{}", std::process::id(), USED.fetch_add(1, Ordering::Relaxed))
}

/// A new value, and the part of a request that has it.
fn by_url() -> (String, Credentials) {
    let value = new_value();
    let credentials = Credentials::none().query(format!("kept={value}"));
    (value, credentials)
}

fn by_key() -> (String, Credentials) {
    let value = new_value();
    let key = |all: Credentials, name: &&'static str| all.header(HeaderName::from_static(name), &value);
    let credentials = KEYS.iter().fold(Credentials::none(), key);
    (value, credentials)
}
