//! Reports a request that got what its caller must not get.

use super::attack_run::AttackRun;
use super::probe::Probe;
use super::requests::{self, RequestTemplate};
use crate::catalogue::Credentials;
use crate::report::Severity;
use crate::target::{Route, ServiceResponse};
use http::Method;

/// The id of an attack, what was sent, and what is wrong.
pub(super) struct GotThrough {
    pub(super) id: &'static str,
    pub(super) what: String,
    pub(super) problem: String,
}

impl AttackRun {
    pub(super) fn report_got_through(
        &mut self,
        (route, method): (&Route, &Method),
        GotThrough { id, what, problem }: GotThrough,
        (template, credentials): (&RequestTemplate, &Credentials),
        response: &ServiceResponse,
    ) {
        let probe = Probe {
            route,
            method: method.clone(),
            id: id.to_owned(),
            what,
            curl: requests::curl(template, credentials),
        };
        let finding = probe.finding(Severity::GotThrough, problem, Some(response));
        self.findings.push(finding);
    }
}
