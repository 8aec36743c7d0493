//! The report as plain text, for the message of a failing test.

use super::{AttackReport, Finding, Severity};
use std::fmt;

/// How many kinds of findings are printed. The JSON has all.
const LIMIT: usize = 25;

impl fmt::Display for AttackReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        }
        writeln!(f)?;
        let groups = groups(&self.findings);
        for group in groups.iter().take(LIMIT) {
            let [first, others @ ..] = group.as_slice() else { continue };
            writeln!(f, "\n{first}")?;
            match others {
                [] => {}
                [other] => writeln!(f, "  same problem: {}", name(other))?,
                [other, ..] => writeln!(f, "  same problem: {}, and {} more", name(other), others.len() - 1)?,
            }
        }
        if groups.len() > LIMIT {
            let more = groups.len() - LIMIT;
            writeln!(f, "\n{more} more kinds of findings are not shown: `to_json()` has them all")?;
        }
        Ok(())
    }
}

/// Groups findings of the same attack that have the same route or the same problem.
fn groups(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings {
        let alike = |other: &Finding| {
            let same_attack = other.id == finding.id;
            let same_problem = other.problem == finding.problem;
            other.severity == finding.severity && same_attack && (same_problem || other.route == finding.route)
        };
        match groups.iter_mut().find(|group| alike(group[0])) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

fn name(finding: &Finding) -> String {
    format!("{} ({}) on {}{}", finding.id, finding.attack, finding.route, as_method(finding))
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
        write!(f, "\n  {}", self.request)?;
        if let Some(answer) = &self.answer {
            write!(f, "\n    {}", answer.replace('\n', "\n    "))?;
        }
        Ok(())
    }
}
