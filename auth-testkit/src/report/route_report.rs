//! The part of a report about one route.

use crate::target::Route;
use serde::Serialize;
use std::collections::BTreeMap;

/// Counts the attacks on one route.
///
/// ```
/// use auth_testkit::AttackReport;
///
/// fn print(report: &AttackReport) {
///     for route in &report.routes {
///         let sent: usize = route.tried.values().map(|counts| counts.sent).sum();
///         println!("{}: {sent} requests", route.route);
///     }
/// }
/// # let _ = print;
/// ```
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct RouteReport {
    /// The route, with the decision about it.
    #[serde(flatten)]
    pub route: Route,
    /// The number of requests, by the id of the attack.
    pub tried: BTreeMap<String, RequestCounts>,
    /// Remarks for the reviewer of the report.
    pub notes: Vec<String>,
}

/// Counts requests, and those with a finding.
///
/// [`RouteReport`] has an example that adds them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RequestCounts {
    /// The number of requests.
    pub sent: usize,
    /// The number of requests with a finding.
    pub failed: usize,
}

/// Starts the note of a route that the test excludes.
pub(super) const EXCLUDED: &str = "NOT ATTACKED";

impl RouteReport {
    pub(crate) fn new(route: &Route) -> Self {
        Self { route: route.clone(), tried: BTreeMap::new(), notes: Vec::new() }
    }

    pub(crate) fn excluded(route: &Route, why: &str) -> Self {
        let mut report = Self::new(route);
        report.note(format!("{EXCLUDED}: {why}"));
        report
    }

    pub(crate) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Counts one request of an attack.
    pub(crate) fn count(&mut self, id: &str, failed: bool) {
        let counts = self.tried.entry(id.to_owned()).or_default();
        counts.sent += 1;
        counts.failed += usize::from(failed);
    }
}
