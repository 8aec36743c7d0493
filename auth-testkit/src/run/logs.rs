//! L01: credentials in what the service logs.
//!
//! A log is read by more people than a database, and is kept for longer. Good tokens are looked
//! for as well as bad ones, because a token that a service rejects may be good for another one.

use super::attack_run::AttackRun;
use super::probe::Probe;
use crate::report::{RequestCounts, RouteReport, Severity};
use crate::target::{LoggedCredential, ServiceResponse};
use std::collections::{HashMap, HashSet};

/// Holds the places that log a credential, by route.
#[derive(Default)]
pub(super) struct Logs {
    found: HashSet<(String, LoggedCredential)>,
    counts: HashMap<String, RequestCounts>,
}

impl AttackRun {
    /// Starts to read the log of a service in this process.
    pub(super) fn read_logs(&mut self) {
        if !self.plan.without.contains("L01") {
            self.target.watch_logs();
        }
    }

    /// Reports each place of a route once.
    pub(super) fn check_log(&mut self, probe: &Probe<'_>, response: &ServiceResponse) {
        if !self.target.watches_logs() {
            return;
        }
        let route = probe.route.to_string();
        let counts = self.logs.counts.entry(route.clone()).or_default();
        counts.sent += 1;
        counts.failed += usize::from(!response.logged.is_empty());
        for logged in &response.logged {
            if !self.logs.found.insert((route.clone(), logged.clone())) {
                continue;
            }
            let LoggedCredential { target, field, level, source } = logged;
            let source = source.as_ref().map(|source| format!(" at {source}")).unwrap_or_default();
            let problem = format!(
                "credential is in the log: target `{target}`, field `{field}`: log the subject or the `jti` of a \
                 verified token, and never a credential ({level}{source})"
            );
            let probe = Probe { id: "L01".to_owned(), ..probe.clone() };
            self.findings.push(probe.finding(Severity::Wrong, problem, Some(response)));
        }
    }

    /// Adds the number of requests whose log was read.
    pub(super) fn count_logs(&self, reports: &mut [RouteReport]) {
        for report in reports {
            if let Some(counts) = self.logs.counts.get(&report.route.to_string()) {
                report.tried.insert("L01".to_owned(), *counts);
            }
        }
    }
}
