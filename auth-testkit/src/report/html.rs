//! The report for those who sign off: one file, nothing from the network.

mod sections;

use super::{AttackReport, Severity};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use time::OffsetDateTime;

impl AttackReport {
    /// The report as one HTML file that loads nothing: the verdict, the routes by attacks, what anybody may call, and which
    /// requirements were tried.
    ///
    /// The `curl` lines in it have tokens in them. They are those of the test's issuer; of a run over the wire, those of
    /// [`with_tokens`](crate::Unarmed::with_tokens).
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
                // A style sheet of ours, the same for everybody.
                style { (PreEscaped(include_str!("report.css"))) }
            }
            body {
                header.(if report.findings.is_empty() { "good" } else { "bad" }) {
                    h1 { (verdict(report)) }
                    p { (numbers(report)) }
                }
                main {
                    (sections::findings(report))
                    (sections::matrix(report))
                    (sections::public(report))
                    (sections::verifiers(report))
                    (sections::layers(report))
                    (sections::notes(report))
                    (sections::requirements(report))
                    (sections::not_covered(report))
                }
                footer { "Made by auth-testkit " (env!("CARGO_PKG_VERSION")) ". Handlers ran with good tokens only, as far as this report says nothing else." }
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
        "Nothing was shown: good tokens do not work"
    } else {
        "Refused, but not as it should be"
    }
}

fn numbers(report: &AttackReport) -> Markup {
    let routes = report.routes.iter().filter(|report| report.route.method != "ANY" || report.route.path != "/*");
    let (open, closed): (Vec<_>, Vec<_>) = routes.partition(|report| report.route.public.is_some());
    html! {
        b { (report.requests) } " requests · "
        b { (closed.len()) } " routes that ask who calls · "
        b { (open.len()) } " that anybody may call"
        @for (severity, said) in [
            (Severity::GotThrough, "got through"),
            (Severity::Control, "good tokens refused"),
            (Severity::Wrong, "answered wrongly"),
        ] {
            @let count = report.count(severity);
            @if count > 0 { " · " b { (count) } " " (said) }
        }
        " · " (day(report))
        @if !report.guarded { " · a service of which only the answers are seen" }
    }
}

/// To the minute: `2026-11-25 08:30 UTC`.
fn day(report: &AttackReport) -> String {
    let time = OffsetDateTime::from(report.made_at);
    format!("{} {:02}:{:02} UTC", time.date(), time.hour(), time.minute())
}
