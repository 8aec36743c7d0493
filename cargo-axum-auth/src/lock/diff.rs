//! Reads locks, and writes their differences.

use crate::base::{self, Problem, escaped};
use crate::cli::{Diff, ReviewFormat};
use auth_testkit::lock::{Difference, Direction, Lock};
use serde_json::json;
use std::io::Write;
use std::path::Path;

/// Reads a lock.
///
/// # Errors
///
/// When the file cannot be read, or is not a lock.
pub(crate) fn read(path: &Path) -> Result<Lock, Problem> {
    let text = base::read(path)?;
    Lock::parse(&text).map_err(|error| Problem::Unfit(format!("{}: {error}", path.display())))
}

/// Writes the differences of two locks, and returns their number.
///
/// # Errors
///
/// When a lock cannot be read, or the output cannot be written.
pub(crate) fn diff(options: &Diff, out: &mut impl Write) -> Result<usize, Problem> {
    let mut differences = read(&options.before)?.differences(&read(&options.after)?);
    differences.sort_by_key(|difference| difference.direction);
    match options.format {
        ReviewFormat::Text => {
            for difference in &differences {
                writeln!(out, "{} {difference}", mark(difference.direction))?;
            }
        }
        ReviewFormat::Json => {
            let all: Vec<_> = differences
                .iter()
                .map(|Difference { route, what, direction, .. }| {
                    json!({ "route": route, "what": what, "direction": mark(*direction) })
                })
                .collect();
            writeln!(out, "{:#}", json!({ "version": 1, "differences": all }))?;
        }
        ReviewFormat::Markdown => markdown(&differences, out)?,
    }
    Ok(differences.len())
}

/// Writes Markdown for a comment on a pull request.
fn markdown(differences: &[Difference], out: &mut impl Write) -> std::io::Result<()> {
    if differences.is_empty() {
        return writeln!(out, "No route has changed.");
    }
    let opens = differences.iter().filter(|difference| difference.direction == Direction::Opens).count();
    let headline = if opens == 0 { String::new() } else { format!(": **{opens} of them open something**") };
    writeln!(out, "## Changes of the posture\n\n{} routes have changed{headline}.\n", differences.len())?;
    writeln!(out, "| | route | what |\n|---|---|---|")?;
    for Difference { route, what, direction, .. } in differences {
        writeln!(out, "| {} | {} | {} |", mark(*direction), escaped(route), escaped(what))?;
    }
    Ok(())
}

fn mark(direction: Direction) -> &'static str {
    match direction {
        Direction::Opens => "OPENS",
        Direction::Closes => "closes",
        // Any other direction, of a later version, is a change.
        _ => "changes",
    }
}
