//! One finding of an attack.

use serde::Serialize;

/// The first word of a finding about a verifier, as of its row in the lock.
const VERIFIER: &str = "VERIFIER";

/// Describes one request whose response is wrong.
///
/// ```
/// use auth_testkit::AttackReport;
///
/// fn print(report: &AttackReport) {
///     for finding in report.findings.iter().filter(|finding| finding.is_forgeable()) {
///         println!("{}: {}\n{}", finding.route, finding.problem, finding.request);
///     }
/// }
/// # let _ = print;
/// ```
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The severity.
    pub severity: Severity,
    /// The route, as it was mounted.
    pub route: String,
    /// The method of the request.
    pub method: String,
    /// The line where the route was mounted, if it is known.
    pub mounted: Option<String>,
    /// The id of the attack.
    pub id: String,
    /// What was sent.
    pub attack: String,
    /// What is wrong: the value: what to do.
    pub problem: String,
    /// The request, as a `curl` command line.
    pub request: String,
    /// The response, if there was one.
    pub answer: Option<String>,
    /// Whether the request got the same status when it was sent again by itself.
    ///
    /// `None` where it was not sent again.
    pub repeated: Option<bool>,
    /// The attack of which it is a consequence, where that one got through too.
    #[serde(skip)]
    pub(crate) base: Option<&'static str>,
}

/// Stands for a request that was not sent.
pub(super) const NOTHING: &str = "-";

/// Orders findings, the worst first.
///
/// ```
/// use auth_testkit::Severity;
///
/// // The worst comes first in a report.
/// assert!(Severity::GotThrough < Severity::Control && Severity::Control < Severity::Wrong);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// A request that must be rejected was accepted.
    GotThrough,
    /// A good token was rejected, so rejections of bad ones prove nothing.
    Control,
    /// A rejection is not what the route owes, or the service shows or trusts too much.
    ///
    /// The status is wrong, the response reveals more than others, or the event is missing. The
    /// service logs a credential, or trusts more than the test expects.
    Wrong,
}

impl Finding {
    pub(crate) fn no_routes() -> Self {
        Self::about_the_test(
            "no route was found: the router prints none: name the routes of a plain router: `.route(\"GET /orders\")`"
                .to_owned(),
        )
    }

    pub(crate) fn nothing_shown(what: &str, names_routes: bool) -> Self {
        // Named routes do not show that the fallback has no others.
        let remedy = if names_routes {
            "merge the router, or declare that each of its routes is named: `.fallback(\"why\")`"
        } else {
            "merge the router, or name the routes, `.route(\"GET /orders\")`, and declare it: `.fallback(\"why\")`"
        };
        Self::about_the_test(format!(
            "NOTHING SHOWN: the fallback {what}, and the router does not print its routes: {remedy}"
        ))
    }

    /// What a verifier is configured for, which no request shows.
    pub(crate) fn about_the_set_up(id: &str, claims: &str, problem: String) -> Self {
        Self {
            severity: Severity::Wrong,
            route: format!("{VERIFIER} {claims}"),
            method: VERIFIER.to_owned(),
            id: id.to_owned(),
            attack: "the set-up of the verifier".to_owned(),
            ..Self::about_the_test(problem)
        }
    }

    /// A mistake of the test itself: it covers less than it seems to.
    pub(crate) fn about_the_test(problem: String) -> Self {
        Self {
            severity: Severity::Control,
            route: "-".to_owned(),
            method: "-".to_owned(),
            mounted: None,
            id: "-".to_owned(),
            attack: "-".to_owned(),
            problem,
            request: NOTHING.to_owned(),
            answer: None,
            repeated: None,
            base: None,
        }
    }
}
