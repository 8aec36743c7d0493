//! How it is told: as text with `file:line`, as JSON, as SARIF, as Markdown.

mod lint;
mod plan;
mod review;
mod sarif;
mod style;

pub(crate) use lint::{explain, lint_json, lint_text};
pub(crate) use plan::{by_hand, plan};
pub(crate) use review::{review_json, review_markdown, review_text};
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

/// Text from a stranger's code or commit, which can't steer a terminal or hide a part of itself: control characters, and
/// those that turn the direction of writing or have no width, are shown as what they are.
pub(crate) fn harmless(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars().map(|c| if steers(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// Text in Markdown that means nothing but itself, and mentions nobody.
pub(crate) fn escaped(text: &str) -> String {
    harmless(text)
        .chars()
        .map(|c| {
            if c.is_ascii_punctuation() && !".,:;/-()'".contains(c) { format!("&#{};", u32::from(c)) } else { c.into() }
        })
        .collect()
}
