//! Writes the findings of the lint as text and as JSON.

use super::{Style, counted, unreadable};
use crate::base::harmless;
use crate::lint::rules::{Level, RULES, Rule};
use crate::lint::{Finding, Linted};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes a line for each finding, then an explanation for each rule.
pub(crate) fn lint_text(out: &mut impl Write, style: Style, linted: &Linted, quiet: bool) -> io::Result<()> {
    for finding in &linted.findings {
        let Finding { rule, place, item, .. } = finding;
        let level = level(style, rule);
        // The rule's own alternative follows once for all findings.
        let instead = finding.instead();
        let instead = if instead == rule.instead { String::new() } else { format!("; instead: {instead}") };
        let (says, item) = (rule.says, harmless(item));
        writeln!(out, "{}:{}:{}: {level}: {says}: {item}{instead}", place.file, place.line, place.column)?;
    }
    unreadable(out, style, &linted.unreadable)?;
    if quiet {
        return Ok(());
    }
    let broken: Vec<_> =
        RULES.iter().filter(|rule| linted.findings.iter().any(|finding| finding.rule.id == rule.id)).collect();
    if !linted.findings.is_empty() || !linted.unreadable.is_empty() {
        writeln!(out)?;
    }
    for rule in broken {
        writeln!(out, "{}: {}; instead: {}", style.bold(rule.id), rule.why, rule.instead)?;
    }
    let unread = match linted.unreadable.len() {
        0 => String::new(),
        unread => format!("; {} could not be read", counted(unread, "place")),
    };
    writeln!(
        out,
        "{}, {} in {}; {} allowed{unread}",
        counted(linted.count(Level::Error), "error"),
        counted(linted.count(Level::Warning), "warning"),
        counted(linted.files, "file"),
        linted.allowed,
    )
}

fn level(style: Style, rule: &Rule) -> String {
    match rule.level {
        Level::Error => style.red(&format!("error[{}]", rule.id)),
        Level::Warning => style.yellow(&format!("warning[{}]", rule.id)),
    }
}

/// Writes JSON for programs.
pub(crate) fn lint_json(linted: &Linted) -> Value {
    let findings: Vec<Value> = linted
        .findings
        .iter()
        .map(|finding| {
            let Finding { rule, place, item, .. } = finding;
            json!({
                "rule": rule.id, "level": rule.level, "file": place.file, "line": place.line, "column": place.column,
                "item": item, "message": rule.says, "why": rule.why, "instead": finding.instead(),
            })
        })
        .collect();
    json!({
        "version": 1,
        "findings": findings,
        "unreadable": linted.unreadable,
        "errors": linted.count(Level::Error),
        "warnings": linted.count(Level::Warning),
        "allowed": linted.allowed,
        "files": linted.files,
    })
}

/// Explains all rules.
pub(crate) fn explain(out: &mut impl Write, style: Style) -> io::Result<()> {
    for rule in RULES {
        writeln!(out, "{}\n    {}: {}.\n    Instead: {}.", level(style, rule), rule.says, rule.why, rule.instead)?;
    }
    Ok(())
}
