//! Parts of all reports: counts, and unreadable files.

use super::Style;
use crate::sources::Unreadable;
use std::io::{self, Write};

/// Lists the files that could not be read, because nothing can be found in them.
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
