//! Writes the review as text, as Markdown and as JSON.

use super::{Style, counted, unreadable};
use crate::base::{escaped, harmless};
use crate::review::{Age, Entry, Kind, Reviewed};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// Writes one line for each entry, grouped by kind.
pub(crate) fn review_text(out: &mut impl Write, style: Style, reviewed: &Reviewed, quiet: bool) -> io::Result<()> {
    for (kind, entries) in by_kind(reviewed) {
        writeln!(out, "{} ({})", style.bold(kind.heading()), entries.len())?;
        for Entry { place, item, reason, defect, age, .. } in entries {
            write!(out, "  {}:{}: {}", place.file, place.line, harmless(item))?;
            if let Some(reason) = reason {
                write!(out, ": {}", harmless(reason))?;
            }
            if let Some(defect) = defect {
                write!(out, " {}", style.red(&format!("[{}]", harmless(defect).to_uppercase())))?;
            }
            if let Some(age) = age {
                write!(out, " ({})", harmless(&told(age)))?;
            }
            writeln!(out)?;
        }
        writeln!(out)?;
    }
    unreadable(out, style, &reviewed.unreadable)?;
    if quiet { Ok(()) } else { writeln!(out, "{}", summary(reviewed)) }
}

/// Writes Markdown for a comment on a pull request. Text from the code is escaped.
pub(crate) fn review_markdown(out: &mut impl Write, reviewed: &Reviewed) -> io::Result<()> {
    writeln!(out, "## Code for a security review\n")?;
    for (kind, entries) in by_kind(reviewed) {
        writeln!(
            out,
            "### {} ({})\n\n| where | what | why | since |\n|---|---|---|---|",
            kind.heading(),
            entries.len()
        )?;
        for Entry { place, item, reason, defect, age, .. } in entries {
            let defect = defect.as_deref().map(|defect| format!("**{}**", escaped(&defect.to_uppercase())));
            let why = [reason.as_deref().map(escaped), defect].into_iter().flatten().collect::<Vec<_>>().join(" ");
            let since = age.as_ref().map(told).as_deref().map(escaped).unwrap_or_default();
            writeln!(out, "| {}:{} | {} | {why} | {since} |", escaped(&place.file), place.line, escaped(item))?;
        }
        writeln!(out)?;
    }
    for file in &reviewed.unreadable {
        writeln!(out, "- **not read**: {}:{}: {}", escaped(&file.file), file.line, escaped(&file.why))?;
    }
    writeln!(out, "{}", summary(reviewed))
}

/// Writes JSON for programs.
pub(crate) fn review_json(reviewed: &Reviewed) -> Value {
    let entries: Vec<Value> = reviewed
        .entries
        .iter()
        .map(|Entry { kind, place, item, reason, defect, age }| {
            json!({
                "kind": kind, "file": place.file, "line": place.line, "column": place.column, "item": item,
                "reason": reason, "defect": defect, "age": age,
            })
        })
        .collect();
    let counts: Map<String, Value> = by_kind(reviewed)
        .into_iter()
        .map(|(kind, entries)| (json!(kind).as_str().unwrap_or_default().to_owned(), entries.len().into()))
        .collect();
    json!({
        "version": 1, "entries": entries, "counts": counts, "defects": reviewed.defects(),
        "unreadable": reviewed.unreadable, "files": reviewed.files,
    })
}

fn by_kind(reviewed: &Reviewed) -> Vec<(Kind, Vec<&Entry>)> {
    let of = |kind| reviewed.entries.iter().filter(|entry| entry.kind == kind).collect::<Vec<_>>();
    Kind::ALL.into_iter().map(|kind| (kind, of(kind))).filter(|(_, entries)| !entries.is_empty()).collect()
}

fn told(age: &Age) -> String {
    match age {
        Age::NotCommitted => "not committed".to_owned(),
        Age::Committed { date, days, author, or_older } => {
            let older = if *or_older { " or more" } else { "" };
            format!("{}{older}, {date}, {author}", counted(usize::try_from(*days).unwrap_or_default(), "day"))
        }
    }
}

fn summary(reviewed: &Reviewed) -> String {
    let (defect, unread) = (reviewed.defects(), reviewed.unreadable.len());
    let of_them = |count: usize, what: &str| if count == 0 { String::new() } else { format!("; {count} {what}") };
    let places = counted(reviewed.entries.len(), "place");
    let files = counted(reviewed.files, "file");
    format!(
        "{places} to read in {files}{}{}",
        of_them(defect, "without a reason, or expired"),
        of_them(unread, "could not be read")
    )
}
