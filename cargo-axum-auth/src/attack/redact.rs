//! Reports are shown to others, and kept: no token of a real issuer stands in them.

use auth_testkit::AttackReport;

/// What the kit writes, which does not know where the service is.
const WRITTEN_AS: &str = "http://127.0.0.1:3000";

/// A part of a token that is shorter than this is none that could be put together again.
const LONGEST: usize = 24;

/// Cuts whatever could be a part of a token, also of a spoiled one, from which the good one could be guessed.
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

/// Long runs of what tokens are made of, cut after the first letters.
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
