//! Parts of all reports: counts, escaping, and unreadable files.

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

/// Escapes text from code or commits, so that it cannot control a terminal or hide a part.
///
/// Escaped are control characters, and characters that change the direction of writing or have no
/// width.
pub(crate) fn harmless(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars().map(|c| if steers(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// Escapes text for Markdown, so that it is neither markup nor a mention of a user.
pub(crate) fn escaped(text: &str) -> String {
    harmless(text)
        .chars()
        .map(|c| {
            if c.is_ascii_punctuation() && !".,:;/-()'".contains(c) { format!("&#{};", u32::from(c)) } else { c.into() }
        })
        .collect()
}
