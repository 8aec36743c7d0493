//! Escapes text from code for terminals and for Markdown.

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

/// Writes code into a cell of a Markdown table.
pub(crate) fn code(text: &str) -> String {
    format!("`{}`", harmless(text).replace('`', "'").replace('|', "\\|"))
}
