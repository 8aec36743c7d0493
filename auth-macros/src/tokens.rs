//! Helpers for raw tokens.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Removes the invisible delimiters around the whole stream, which `macro_rules!` puts around
/// `$item:item` and similar.
pub(crate) fn without_invisible_group(tokens: TokenStream) -> TokenStream {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            without_invisible_group(group.stream())
        }
        _ => tokens,
    }
}

/// Returns `tree` if it is a group with this delimiter, also inside of invisible delimiters
/// (`$body:block`).
pub(crate) fn as_group(tree: &TokenTree, delimiter: Delimiter) -> Option<Group> {
    let TokenTree::Group(group) = tree else {
        return None;
    };
    if group.delimiter() == delimiter {
        return Some(group.clone());
    }
    let inner = without_invisible_group(group.stream());
    match (group.delimiter(), inner.into_iter().next()) {
        (Delimiter::None, Some(tree)) => as_group(&tree, delimiter),
        _ => None,
    }
}

/// Replaces the tokens of a group, and keeps its delimiters and span.
pub(crate) fn with_stream(group: &Group, stream: TokenStream) -> Group {
    let mut other = Group::new(group.delimiter(), stream);
    other.set_span(group.span());
    other
}

/// Returns whether any identifier in `tokens`, at any depth, is `wanted`.
pub(crate) fn any_ident(tokens: TokenStream, wanted: &dyn Fn(&str) -> bool) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => wanted(&ident.to_string()),
        TokenTree::Group(group) => any_ident(group.stream(), wanted),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Formats tokens as rustfmt would, for messages: `Path<String>`, not `Path < String >`.
pub(crate) fn show(tokens: TokenStream) -> String {
    let mut text = String::new();
    write(tokens, &mut text);
    text.trim_end().to_owned()
}

fn write(tokens: TokenStream, text: &mut String) {
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                if open.is_empty() {
                    separate(text);
                }
                text.push_str(open);
                write(group.stream(), text);
                text.truncate(text.trim_end().len());
                text.push_str(close);
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                ',' => text.push_str(", "),
                ';' => text.push_str("; "),
                '+' => text.push_str(" + "),
                '=' => text.push_str(" = "),
                '-' => text.push_str(" -"),
                '>' if text.ends_with(" -") => text.push_str("> "),
                other => text.push(other),
            },
            word => {
                separate(text);
                text.push_str(&word.to_string());
            }
        }
    }
}

/// Puts a space between two words.
fn separate(text: &mut String) {
    if text.ends_with(|last: char| last.is_alphanumeric() || last == '_') {
        text.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::{any_ident, show};
    use proc_macro2::TokenStream;

    #[test]
    fn types_are_shown_as_rustfmt_writes_them() -> Result<(), proc_macro2::LexError> {
        for text in [
            "&'a mut str",
            "&str",
            "Path<(String, u32)>",
            "dyn Store + Send",
            "[u8; 4]",
            "impl Fn(u8) -> u8",
            "*const axum::Json<T>",
            "impl Iterator<Item = u8>",
        ] {
            assert_eq!(show(text.parse::<TokenStream>()?), text);
        }
        Ok(())
    }

    #[test]
    fn identifiers_are_found_at_any_depth() -> Result<(), proc_macro2::LexError> {
        let tokens: TokenStream = "-> Pin<Box<(dyn Future<Output = ()>)>>".parse()?;
        assert!(any_ident(tokens.clone(), &|name| name == "Future"));
        assert!(!any_ident(tokens, &|name| name == "Stream"));
        Ok(())
    }
}
