//! The page: its head, the verdict and the numbers.

use super::sections;
use crate::report::{AttackReport, Severity};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use time::OffsetDateTime;

impl AttackReport {
    /// Returns the report as one HTML file that loads nothing from the network.
    ///
    /// It has the verdict, a table of routes and attacks, the public routes and the requirements.
    /// Its `curl` lines contain tokens: those of the test's issuer, or over the wire those of
    /// [`with_tokens`](crate::AttackSetup::with_tokens).
    #[must_use]
    pub fn to_html(&self) -> String {
        page(self).into_string()
    }

    fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

fn page(report: &AttackReport) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Attack report: " (verdict(report)) }
                // A constant of this crate, so it needs no escaping.
                style { (PreEscaped(include_str!("../report.css"))) }
            }
            body {
                header.(if report.findings.is_empty() { "good" } else { "bad" }) {
                    h1 { (verdict(report)) }
                    @if !report.findings.is_empty() { p.verdict { (report.verdict()) } }
                    p { (numbers(report)) }
                }
                main {
                    (sections::excluded(report))
                    (sections::accepted(report))
                    (sections::suggestions(report))
                    (sections::findings(report))
                    (sections::matrix(report))
                    (sections::public(report))
                    (sections::verifiers(report))
                    (sections::layers(report))
                    (sections::notes(report))
                    (sections::requirements(report))
                    (sections::not_covered(report))
                }
                footer { "Made by auth-testkit " (env!("CARGO_PKG_VERSION")) ". Unless a finding says otherwise, handlers ran with good tokens only." }
            }
        }
    }
}

fn verdict(report: &AttackReport) -> &'static str {
    if report.findings.is_empty() {
        "Nothing got through"
    } else if report.count(Severity::GotThrough) > 0 {
        "Something got through"
    } else if report.count(Severity::Control) > 0 {
        "Inconclusive: good tokens were rejected"
    } else {
        "Rejected, but not correctly"
    }
}

fn numbers(report: &AttackReport) -> Markup {
    let routes = report.routes.iter().filter(|report| report.route.method != "ANY" || report.route.path != "/*");
    let (open, closed): (Vec<_>, Vec<_>) = routes.partition(|report| report.route.public.is_some());
    html! {
        b { (report.requests) } " requests · "
        b { (closed.len()) } (plural(closed.len(), " authenticated route")) " · "
        b { (open.len()) } (plural(open.len(), " public route"))
        @for (severity, label) in [
            (Severity::GotThrough, "got through"),
            (Severity::Control, "inconclusive"),
            (Severity::Wrong, "rejected wrongly"),
        ] {
            @let count = report.count(severity);
            @if count > 0 { " · " b { (count) } " " (label) }
        }
        @if !report.findings.is_empty() { " · " b { (report.causes().len()) } (plural(report.causes().len(), " cause")) }
        @if !report.excluded.is_empty() {
            " · " span.public { b { (report.excluded.len()) } (plural(report.excluded.len(), " excluded attack")) }
        }
        " · " (day(report))
        @if !report.guarded { " · only responses were checked, because the service is not an AuthRouter in this process" }
    }
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}

/// To the minute: `2026-11-25 08:30 UTC`.
fn day(report: &AttackReport) -> String {
    let time = OffsetDateTime::from(report.made_at);
    format!("{} {:02}:{:02} UTC", time.date(), time.hour(), time.minute())
}
