//! The report as a failing test prints it: like a bug report.

use super::{AttackReport, Finding, Severity};
use std::fmt;

/// What is printed whole; the rest is counted, and in the JSON.
const MOST: usize = 25;

impl fmt::Display for AttackReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attacked = self
            .routes
            .iter()
            .filter(|report| report.route.public.is_none() && report.tried.contains_key("good"))
            .count();
        write!(f, "{} requests to {attacked} routes", self.requests)?;
        for (severity, said) in [
            (Severity::GotThrough, "GOT THROUGH"),
            (Severity::Control, "of good tokens that do not work"),
            (Severity::Wrong, "answered wrongly"),
        ] {
            let count = self.findings.iter().filter(|finding| finding.severity == severity).count();
            if count > 0 {
                write!(f, ", {count} {said}")?;
            }
        }
        if self.findings.is_empty() {
            write!(f, ", nothing got through")?;
        }
        writeln!(f)?;
        let groups = groups(&self.findings);
        for group in groups.iter().take(MOST) {
            let [first, others @ ..] = group.as_slice() else { continue };
            writeln!(f, "\n{first}")?;
            match others {
                [] => {}
                [other] => writeln!(f, "  the same with {}", same(other))?,
                [other, ..] => writeln!(f, "  the same with {}, and {} more", same(other), others.len() - 1)?,
            }
        }
        if groups.len() > MOST {
            writeln!(f, "\n.. and {} more kinds of findings: `to_json()` has them all", groups.len() - MOST)?;
        }
        Ok(())
    }
}

/// Findings that say the same: of one route for one attack, or the same words of several.
fn groups(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings {
        let alike = |other: &Finding| {
            let same_attack = other.id == finding.id;
            let same_words = other.problem == finding.problem;
            other.severity == finding.severity && same_attack && (same_words || other.route == finding.route)
        };
        match groups.iter_mut().find(|group| alike(group[0])) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

fn same(finding: &Finding) -> String {
    format!("{} ({}) on {}", finding.id, finding.attack, finding.route)
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headline = match self.severity {
            Severity::GotThrough => "GOT THROUGH",
            Severity::Control => "NOTHING SHOWN",
            Severity::Wrong => "WRONG",
        };
        if self.route == "-" {
            return write!(f, "{headline}: {}", self.problem);
        }
        write!(f, "{headline}: {} {} ({})", self.route, self.id, self.attack)?;
        if !self.route.starts_with(&self.method) {
            write!(f, ", as {}", self.method)?;
        }
        if let Some(mounted) = &self.mounted {
            write!(f, "\n  mounted at {mounted}")?;
        }
        write!(f, "\n  {}", self.problem.replace('\n', "\n  "))?;
        write!(f, "\n  {}", self.request)?;
        if let Some(answer) = &self.answer {
            write!(f, "\n    {}", answer.replace('\n', "\n    "))?;
        }
        Ok(())
    }
}
