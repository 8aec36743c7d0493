//! How it is told: as text with `file:line`, as JSON, as SARIF, as Markdown.

mod lint;
mod sarif;
mod style;

pub(crate) use lint::{explain, lint_json, lint_text};
pub(crate) use sarif::sarif;
pub(crate) use style::Style;

use crate::sources::Unreadable;
use std::io::{self, Write};

/// What could not be read, loudly: nothing was found in there because nobody looked.
pub(crate) fn unreadable(out: &mut impl Write, style: Style, files: &[Unreadable]) -> io::Result<()> {
    for Unreadable { file, line, why } in files {
        writeln!(out, "{file}:{line}: {}: {why}", style.red("not read"))?;
    }
    Ok(())
}

/// `1 error`, `2 errors`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
