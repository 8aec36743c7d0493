//! Reads allowances: `// auth-lint: allow(rule) the reason`.
//!
//! An allowance needs a reason, and `review` lists it.

use super::Finding;
use super::rules::{BAD_ALLOWANCE, Rule, UNUSED_ALLOWANCE, by_id};
use crate::scan::Place;

/// A comment that begins with `auth-lint:`.
#[derive(Debug)]
pub(crate) struct Comment {
    pub(crate) place: Place,
    /// The line that it applies to: the next one with code, without attributes.
    line: usize,
    /// As written, behind `auth-lint:`.
    pub(crate) text: String,
}

/// A comment that allows findings of some rules, with the reason.
#[derive(Debug)]
pub(crate) struct Allowance {
    pub(crate) rules: Vec<&'static Rule>,
    pub(crate) reason: String,
}

impl Comment {
    /// Returns the rules that it allows.
    ///
    /// # Errors
    ///
    /// When the comment does not name a rule, or does not give a reason.
    pub(crate) fn allowance(&self) -> Result<Allowance, String> {
        let inside = self.text.strip_prefix("allow(").and_then(|rest| rest.split_once(')'));
        let (names, reason) = inside.ok_or("write `auth-lint: allow(rule) the reason`")?;
        let rules: Result<Vec<_>, _> = names.split(',').map(|name| by_id(name.trim())).collect();
        let rules = rules.map_err(|unknown| unknown.to_string())?;
        if rules.iter().any(|rule| [BAD_ALLOWANCE.id, UNUSED_ALLOWANCE.id].contains(&rule.id)) {
            return Err("an allowance cannot allow another allowance".to_owned());
        }
        let reason = reason.trim_matches(|c: char| c.is_whitespace() || ":-,".contains(c));
        if let Some(hidden) = reason.chars().find(|&c| is_hidden(c)) {
            return Err(format!("an invisible character in the reason: `{}`", hidden.escape_unicode()));
        }
        if reason.chars().any(char::is_alphanumeric) {
            Ok(Allowance { rules, reason: reason.to_owned() })
        } else {
            Err("no reason".to_owned())
        }
    }
}

/// Finds characters that a reviewer cannot see, or that change how the rest is shown.
///
/// The runtime refuses the same in a reason (CVE-2021-42574).
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}')
        || matches!(c, '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}')
        || matches!(c, '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{10ffff}')
}

/// Returns the comments of a file. `mark` is the text at the start of a comment.
pub(crate) fn allowances(file: &str, text: &str, mark: &str) -> Vec<Comment> {
    let indented: Vec<&str> = text.lines().collect();
    let lines: Vec<&str> = indented.iter().map(|line| line.trim_start()).collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(text) = line.strip_prefix(mark).and_then(|rest| rest.trim_start().strip_prefix("auth-lint:")) else {
            continue;
        };
        let beside = |line: &&str| line.is_empty() || line.starts_with(mark) || line.starts_with("#[");
        let next = lines[at + 1..].iter().position(|line| !beside(line));
        let column = indented[at].chars().count() - line.chars().count() + 1;
        let place = Place { file: file.to_owned(), line: at + 1, column };
        found.push(Comment { place, line: next.map_or(0, |next| at + next + 2), text: text.trim().to_owned() });
    }
    found
}

/// Removes allowed findings, adds findings about the allowances, and returns how many were removed.
pub(super) fn apply(findings: &mut Vec<Finding>, comments: &[Comment]) -> usize {
    let before = findings.len();
    let mut about_allowances = Vec::new();
    for comment in comments {
        let allowance = match comment.allowance() {
            Ok(allowance) => allowance,
            Err(why) => {
                about_allowances.push(Finding::new(&BAD_ALLOWANCE, &comment.place, why, false));
                continue;
            }
        };
        for rule in allowance.rules {
            let had = findings.len();
            findings.retain(|finding| {
                finding.place.file != comment.place.file
                    || finding.place.line != comment.line
                    || finding.rule.id != rule.id
            });
            if findings.len() == had {
                about_allowances.push(Finding::new(
                    &UNUSED_ALLOWANCE,
                    &comment.place,
                    format!("allow({})", rule.id),
                    false,
                ));
            }
        }
    }
    let allowed = before - findings.len();
    findings.extend(about_allowances);
    findings.sort_by(|a, b| (&a.place, a.rule.id).cmp(&(&b.place, b.rule.id)));
    allowed
}
