//! Findings of one cause, as one entry of a report.

use super::{AttackReport, Finding, Severity};
use serde::Serialize;
use std::collections::HashMap;
use std::fmt;

/// How many routes and attacks a text lists by name.
const LISTED: usize = 5;

/// The longest value that is a part of a cause, in bytes. A longer one quotes a response.
const LONGEST_VALUE: usize = 48;

/// Groups the findings of one attack that have the same problem, on all routes.
///
/// Where a request without credentials (H01) or without a signature (G01) gets through, the route
/// has no check. All that gets through there has the same cause. So have rejections with the same
/// problem, such as a missing challenge.
///
/// [`AttackReport::causes`] returns them.
///
/// ```
/// use auth_testkit::{AttackReport, Severity};
///
/// fn worst(report: &AttackReport) -> Option<String> {
///     let cause = report.causes().into_iter().next()?;
///     let finding = &report.findings[cause.example];
///     let got_through = cause.severity == Severity::GotThrough;
///     got_through.then(|| format!("{}: {}", cause.id, finding.request))
/// }
/// # let _ = worst;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cause {
    /// The severity.
    pub severity: Severity,
    /// The id of the attack.
    pub id: String,
    /// What is wrong, with the value if it is the same in all findings.
    pub problem: String,
    /// The number of requests with this finding.
    pub requests: usize,
    /// The routes, each once.
    pub routes: Vec<String>,
    /// The ids of the attacks, each once. There are several for a route without a check, and for a
    /// service whose rejections all have the same problem.
    pub ids: Vec<String>,
    /// The names of the attacks, each once.
    pub attacks: Vec<String>,
    /// The place of the first of the findings in [`AttackReport::findings`].
    pub example: usize,
}

impl AttackReport {
    /// Groups the findings by attack and problem, the worst first.
    ///
    /// One mistake of a service has a finding for each request that shows it, so there may be
    /// hundreds.
    ///
    /// ```
    /// # async fn test(report: auth_testkit::AttackReport) {
    /// for cause in report.causes() {
    ///     println!("{}: {} on {} routes", cause.id, cause.problem, cause.routes.len());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn causes(&self) -> Vec<Cause> {
        causes_of(&self.findings.iter().collect::<Vec<_>>())
    }
}

pub(super) fn causes_of(findings: &[&Finding]) -> Vec<Cause> {
    let without_check = routes_without_check(findings);
    let mut causes: Vec<Cause> = Vec::new();
    for (place, finding) in findings.iter().enumerate() {
        let is_through = finding.severity == Severity::GotThrough;
        let unchecked = without_check.get(&(finding.route.as_str(), finding.method.as_str()));
        let example = unchecked.copied().filter(|_| is_through).unwrap_or(place);
        let (id, problem) = (findings[example].id.as_str(), problem_of(findings[example]));
        let same = |cause: &Cause| {
            let is_named = cause.id == id || is_of_the_rejection(finding);
            is_named && (cause.severity, cause.problem.as_str()) == (finding.severity, problem)
        };
        let known = causes.iter().position(same).unwrap_or_else(|| {
            causes.push(Cause::new(finding.severity, id, problem, example));
            causes.len() - 1
        });
        causes[known].add(finding);
    }
    let is_through = |cause: &&mut Cause| cause.severity == Severity::GotThrough;
    for cause in causes.iter_mut().filter(is_through).filter(|cause| cause.ids.len() > 1) {
        cause.problem = format!("route without a check: {}", cause.problem);
    }
    causes
}

/// Whether the problem is in how the service rejects, so that each attack shows the same mistake.
///
/// A 5xx may have a cause of its own for each attack.
fn is_of_the_rejection(finding: &Finding) -> bool {
    const PROBLEMS: [&str; 6] = [
        "missing header: ",
        "wrong header: ",
        "wrong challenge: ",
        "wrong status: `4",
        "rejection differs from others: ",
        "request body was read before the rejection: ",
    ];
    finding.severity == Severity::Wrong && PROBLEMS.iter().any(|problem| finding.problem.starts_with(problem))
}

/// Routes with their methods where a request without credentials got through, with its finding.
fn routes_without_check<'a>(findings: &[&'a Finding]) -> HashMap<(&'a str, &'a str), usize> {
    let mut routes = HashMap::new();
    for (place, finding) in findings.iter().enumerate() {
        if matches!(finding.id.as_str(), "H01" | "G01" | "U01") && finding.severity == Severity::GotThrough {
            routes.entry((finding.route.as_str(), finding.method.as_str())).or_insert(place);
        }
    }
    routes
}

/// The part of the message that findings of one cause share: what failed, and a short value.
///
/// A request that got through has the status of its route, so there the value is omitted.
fn problem_of(finding: &Finding) -> &str {
    let text = finding.problem.as_str();
    // A mistake of the test is a cause by itself.
    if finding.route == "-" {
        return text;
    }
    let Some((what, rest)) = text.split_once(": ") else { return text };
    let value = rest.split_once(": ").map_or(rest, |(value, _)| value);
    let is_part = finding.severity != Severity::GotThrough && value.len() <= LONGEST_VALUE && !value.contains('\n');
    if is_part { &text[..what.len() + 2 + value.len()] } else { what }
}

impl Cause {
    fn new(severity: Severity, id: &str, problem: &str, example: usize) -> Self {
        let (routes, ids, attacks) = (Vec::new(), Vec::new(), Vec::new());
        Self { severity, id: id.to_owned(), problem: problem.to_owned(), requests: 0, routes, ids, attacks, example }
    }

    fn add(&mut self, finding: &Finding) {
        self.requests += 1;
        let names =
            [(&mut self.routes, &finding.route), (&mut self.ids, &finding.id), (&mut self.attacks, &finding.attack)];
        for (names, name) in names {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }

    /// The routes for a text: five by name, and the number of the others.
    pub(super) fn listed_routes(&self) -> String {
        listed(&self.routes)
    }

    /// The attacks for a text: `3 attacks: ..`, or `38 kinds of attacks: H01, ..`.
    ///
    /// `None` where there is one.
    pub(super) fn listed_attacks(&self) -> Option<String> {
        if self.ids.len() > 1 {
            return Some(format!("{} kinds of attacks: {}", self.ids.len(), listed(&self.ids)));
        }
        // Names of attacks contain commas.
        (self.attacks.len() > 1).then(|| format!("{} attacks: {}", self.attacks.len(), joined(&self.attacks, "; ")))
    }

    /// `90 requests on 10 routes`.
    pub(super) fn counts(&self) -> String {
        format!("{} on {}", counted(self.requests, "request"), counted(self.routes.len(), "route"))
    }
}

/// `716 requests on 12 routes: GET /a, GET /b and 10 more`.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.counts(), self.listed_routes())?;
        self.listed_attacks().map_or(Ok(()), |attacks| write!(f, "\n{attacks}"))
    }
}

pub(super) fn listed(names: &[String]) -> String {
    joined(names, ", ")
}

fn joined(names: &[String], separator: &str) -> String {
    let shown = names.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join(separator);
    match names.len().saturating_sub(LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
