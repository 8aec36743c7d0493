//! Reads the tokens of macro calls, which have no syntax before the expansion.

use super::parts::expanded;
use crate::names::plain;
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{FnArg, Token};

/// Something in a macro's tokens that looks like Rust.
pub(super) enum Looks {
    /// `a::b`, `$crate::b`, also as it is spread over a group: `a::{b, c}`.
    ///
    /// `generics` are those at its end.
    Path { path: Vec<String>, generics: TokenStream, arguments: Option<TokenStream>, at: Span },
    /// `.method(..)`.
    Method { name: String, turbofish: String, arguments: TokenStream, at: Span },
    /// `path!(..)`.
    Macro { path: Vec<String>, body: TokenStream, at: Span },
    /// `#[path(..)]`, and the name and the first parameter of the function that follows.
    Attribute {
        path: Vec<String>,
        arguments: String,
        function: String,
        first: Option<Box<FnArg>>,
        /// Of a `cfg_attr` around it.
        condition: Option<String>,
        at: Span,
    },
    /// `unsafe`.
    Unsafe(Span),
}

/// Returns all parts that look like Rust, also inside of groups.
pub(super) fn looks_like(tokens: TokenStream) -> Vec<Looks> {
    let mut found = Vec::new();
    scan(tokens, &[], &mut found);
    found
}

/// Returns all tokens, with groups flattened.
pub(super) fn flat(tokens: TokenStream) -> Vec<String> {
    fn open(tokens: TokenStream, into: &mut Vec<String>) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    let (before, after) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    into.push(before.to_owned());
                    open(group.stream(), into);
                    into.push(after.to_owned());
                }
                token => into.push(token.to_string()),
            }
        }
    }
    let mut found = Vec::new();
    open(tokens, &mut found);
    found
}

fn scan(tokens: TokenStream, before: &[String], found: &mut Vec<Looks>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        at = match &tokens[at] {
            TokenTree::Ident(ident) if ident == "unsafe" => {
                found.push(Looks::Unsafe(ident.span()));
                at + 1
            }
            TokenTree::Ident(_) => path(&tokens, at, before, found),
            TokenTree::Punct(punct) if punct.as_char() == '.' => method(&tokens, at, found),
            TokenTree::Punct(punct) if punct.as_char() == '#' => attribute(&tokens, at, found),
            TokenTree::Group(group) => {
                scan(group.stream(), &[], found);
                at + 1
            }
            _ => at + 1,
        };
    }
}

/// Reads a path, a macro call, or a path before a group. Returns the index behind it.
fn path(tokens: &[TokenTree], start: usize, before: &[String], found: &mut Vec<Looks>) -> usize {
    let mut path = before.to_vec();
    let mut at = start;
    let mut last = tokens[start].span();
    let mut generics = TokenStream::new();
    loop {
        if let Some(TokenTree::Ident(ident)) = tokens.get(at) {
            path.push(plain(ident));
            last = ident.span();
            at += 1;
            if is(tokens, at, '<') {
                generics = within(tokens, at);
            }
        } else if let Some(TokenTree::Group(group)) = tokens.get(at)
            && group.delimiter() == Delimiter::Brace
        {
            scan(group.stream(), &path, found);
            return at + 1;
        } else if is(tokens, at, '<') {
            // `a::<T>::b`: the arguments are scanned by themselves.
            generics = within(tokens, at);
            scan(generics.clone(), &[], found);
            at = closing(tokens, at);
        } else {
            break;
        }
        if !(is(tokens, at, ':') && is(tokens, at + 1, ':')) {
            break;
        }
        at += 2;
    }
    let begin = tokens[start].span();
    if is(tokens, at, '!')
        && let Some(TokenTree::Group(body)) = tokens.get(at + 1)
    {
        found.push(Looks::Macro { path, body: body.stream(), at: begin });
        return at + 1;
    }
    let arguments = match tokens.get(at) {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => Some(group.stream()),
        _ => None,
    };
    // In `use a::{b}` the place is that of `b`.
    let at_path = if before.is_empty() { begin } else { last };
    found.push(Looks::Path { path, generics, arguments, at: at_path });
    at
}

/// From a dot on.
fn method(tokens: &[TokenTree], dot: usize, found: &mut Vec<Looks>) -> usize {
    let Some(TokenTree::Ident(name)) = tokens.get(dot + 1) else { return dot + 1 };
    let mut at = dot + 2;
    let mut turbofish = String::new();
    if is(tokens, at, ':') && is(tokens, at + 1, ':') && is(tokens, at + 2, '<') {
        let inner = within(tokens, at + 2);
        turbofish = inner.to_string();
        scan(inner, &[], found);
        at = closing(tokens, at + 2);
    }
    if let Some(TokenTree::Group(group)) = tokens.get(at)
        && group.delimiter() == Delimiter::Parenthesis
    {
        let (name, at) = (plain(name), name.span());
        found.push(Looks::Method { name, turbofish, arguments: group.stream(), at });
    }
    at
}

/// From `#` on.
fn attribute(tokens: &[TokenTree], hash: usize, found: &mut Vec<Looks>) -> usize {
    let Some(TokenTree::Group(group)) = tokens.get(hash + 1) else { return hash + 1 };
    if group.delimiter() != Delimiter::Bracket {
        return hash + 1;
    }
    if let Ok(attribute) = syn::parse2::<syn::Meta>(group.stream()) {
        let after = &tokens[hash + 2..];
        let keyword = after.iter().position(|token| matches!(token, TokenTree::Ident(word) if word == "fn"));
        let function = keyword.and_then(|at| after.get(at + 1)).map(ToString::to_string);
        let first = keyword.and_then(|at| first_parameter(&after[at..])).map(Box::new);
        for (attribute, condition) in expanded(&attribute) {
            found.push(Looks::Attribute {
                path: crate::names::written(attribute.path()),
                arguments: attribute.require_list().map_or_else(|_| String::new(), |list| list.tokens.to_string()),
                function: function.clone().unwrap_or_default(),
                first: first.clone(),
                condition,
                at: group.span_open(),
            });
        }
    }
    // The arguments may name an item of a rule, so they are scanned too.
    hash + 1
}

/// Returns the first parameter of a function, unless it is a variable of the macro.
fn first_parameter(function: &[TokenTree]) -> Option<FnArg> {
    let parameters = function.iter().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group.stream()),
        _ => None,
    })?;
    Punctuated::<FnArg, Token![,]>::parse_terminated.parse2(parameters).ok()?.into_iter().next()
}

fn is(tokens: &[TokenTree], at: usize, punct: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(found)) if found.as_char() == punct)
}

/// Returns the tokens between the `<` at `open` and the `>` that closes it.
fn within(tokens: &[TokenTree], open: usize) -> TokenStream {
    let end = closing(tokens, open);
    tokens[open + 1..end.saturating_sub(1).max(open + 1)].iter().cloned().collect()
}

/// Returns the index behind the `>` that closes the `<` at `open`, or the end.
fn closing(tokens: &[TokenTree], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if let TokenTree::Punct(punct) = token {
            // The `>` of `->` closes nothing.
            let arrow = at > 0 && is(tokens, at - 1, '-');
            match punct.as_char() {
                '<' => depth += 1,
                '>' if !arrow => depth -= 1,
                _ => {}
            }
            if depth == 0 && punct.as_char() == '>' && !arrow {
                return at + 1;
            }
        }
    }
    tokens.len()
}
