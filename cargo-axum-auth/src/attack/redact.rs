//! Removes tokens from reports, because reports are shared and kept.

use auth_testkit::AttackReport;

/// The address in the report of the kit, which does not know the real one.
const WRITTEN_AS: &str = "http://127.0.0.1:3000";

/// Runs of characters shorter than this are kept.
const LONGEST: usize = 24;

/// Cuts all parts of tokens. Malformed ones are cut too, because they were made from a good one.
pub(super) fn redact(report: &mut AttackReport, url: &str) {
    for finding in &mut report.findings {
        finding.request = cut(&finding.request).replace(WRITTEN_AS, url.trim_end_matches('/'));
        finding.problem = cut(&finding.problem);
        finding.answer = finding.answer.as_deref().map(cut);
    }
    for route in &mut report.routes {
        for note in &mut route.notes {
            *note = cut(note);
        }
    }
}

/// Cuts long runs of token characters after the first six.
fn cut(text: &str) -> String {
    let mut shown = String::new();
    let mut run = String::new();
    for c in text.chars().map(Some).chain([None]) {
        match c {
            Some(c) if c.is_ascii_alphanumeric() || "-_+=~".contains(c) => run.push(c),
            c => {
                if run.len() < LONGEST {
                    shown.push_str(&run);
                } else {
                    shown.extend(run.chars().take(6).chain(['…']));
                }
                run.clear();
                shown.extend(c);
            }
        }
    }
    shown
}
