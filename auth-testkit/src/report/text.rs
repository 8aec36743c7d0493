//! The report as plain text, for the message of a failing test.

use super::cause::counted;
use super::finding::NOTHING;
use super::route_report::EXCLUDED;
use super::verdict::decoded_token;
use super::{AttackReport, Finding, Severity};
use std::fmt;

/// How many causes are printed. The JSON has all.
const LIMIT: usize = 25;

impl fmt::Display for AttackReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.findings.is_empty() {
            writeln!(f, "{}", self.verdict())?;
        }
        let attacked = self.routes.iter().filter(|report| report.tried.contains_key("good")).count();
        write!(f, "{} requests to {attacked} routes", self.requests)?;
        for (severity, label) in [
            (Severity::GotThrough, "GOT THROUGH"),
            (Severity::Control, "INCONCLUSIVE"),
            (Severity::Wrong, "rejected wrongly"),
        ] {
            let count = self.findings.iter().filter(|finding| finding.severity == severity).count();
            if count > 0 {
                write!(f, ", {count} {label}")?;
            }
        }
        if self.findings.is_empty() {
            write!(f, ", nothing got through")?;
        } else {
            write!(f, ", {}", counted(self.causes().len(), "cause"))?;
        }
        writeln!(f)?;
        for (id, why) in &self.excluded {
            writeln!(f, "NOT ATTACKED with {id}: {why}")?;
        }
        for (what, why) in &self.accepted {
            writeln!(f, "ACCEPTED {what}: {why}")?;
        }
        for suggestion in &self.suggestions {
            writeln!(f, "SUGGESTION: {suggestion}")?;
        }
        for report in &self.routes {
            for note in report.notes.iter().filter(|note| note.starts_with(EXCLUDED)) {
                writeln!(f, "{note} ({})", report.route)?;
            }
        }
        let causes = self.causes();
        for cause in causes.iter().take(LIMIT) {
            writeln!(f, "\n{}", self.findings[cause.example])?;
            if cause.requests > 1 {
                writeln!(f, "  {}", cause.to_string().replace('\n', "\n  "))?;
            }
        }
        if causes.len() > LIMIT {
            let more = causes.len() - LIMIT;
            writeln!(f, "\n{more} more causes are not shown: `to_json()` has them all")?;
        }
        Ok(())
    }
}

/// The method, where it is not that of the route: HEAD goes to the handler of GET.
fn as_method(finding: &Finding) -> String {
    let is_that_of_the_route = finding.route.starts_with(&finding.method);
    if is_that_of_the_route { String::new() } else { format!(", as {}", finding.method) }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headline = match self.severity {
            Severity::GotThrough => "GOT THROUGH",
            Severity::Control => "INCONCLUSIVE",
            Severity::Wrong => "WRONG",
        };
        if self.route == "-" {
            return write!(f, "{headline}: {}", self.problem);
        }
        write!(f, "{headline}: {} {} ({})", self.route, self.id, self.attack)?;
        f.write_str(&as_method(self))?;
        if let Some(mounted) = &self.mounted {
            write!(f, "\n  mounted at {mounted}")?;
        }
        write!(f, "\n  {}", self.problem.replace('\n', "\n  "))?;
        if self.severity == Severity::GotThrough {
            write!(f, "\n  {}", self.sender().line())?;
        }
        match self.repeated {
            Some(true) => write!(f, "\n  sent again by itself: the same status")?,
            Some(false) => write!(f, "\n  sent again by itself: another status, so it depends on earlier requests")?,
            None => {}
        }
        if self.request != NOTHING {
            write!(f, "\n  {}", self.request)?;
        }
        if let Some(token) = decoded_token(&self.request) {
            write!(f, "\n  {token}")?;
        }
        if let Some(answer) = &self.answer {
            write!(f, "\n    {}", answer.replace('\n', "\n    "))?;
        }
        Ok(())
    }
}
