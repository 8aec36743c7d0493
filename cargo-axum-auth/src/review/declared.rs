//! The declarations of our macros, and the texts in them.

use super::Kind;
use crate::scan::ResolvedPath;
use proc_macro2::{TokenStream, TokenTree};
use syn::LitStr;

/// Our declaring macros. The last text in them is the reason.
const MACROS: &[(&str, Kind)] = &[
    ("capability", Kind::Capability),
    ("job", Kind::Job),
    ("scope", Kind::Permission),
    ("claim", Kind::Permission),
    ("signature", Kind::Sender),
];

/// Finds the first text behind a name.
///
/// `const NAME: &'static str = "..";` or `fn reason() .. { Some("..".into()) }`.
pub(super) fn said(body: &[String], name: &str) -> Option<String> {
    body.iter().skip_while(|token| *token != name).find_map(|token| literal(token))
}

/// `capability!(pub Login for Accounts = "..")`: its kind, its name and resources, its reason.
pub(super) fn declared(meant: &ResolvedPath, body: &str) -> Option<(Kind, String, Option<String>)> {
    if meant.last() == "include" && syn::parse_str::<LitStr>(body).is_err() {
        return Some((Kind::Generated, format!("include!({body})"), None));
    }
    if meant.last() == "include_proto" {
        return Some((Kind::Generated, format!("include_proto!({body})"), None));
    }
    // With `#[macro_use]` the name stands alone.
    let fits = |name: &str| meant.is(&format!("auth_runtime::{name}")) || meant.is(name);
    let (_, kind) = MACROS.iter().find(|(name, _)| fits(name))?;
    let tokens: Vec<TokenTree> = body.parse::<TokenStream>().ok()?.into_iter().collect();
    let equals = tokens.iter().position(|token| token.to_string() == "=")?;
    let head: Vec<String> = tokens[..equals]
        .iter()
        .filter(|token| matches!(token, TokenTree::Ident(_) | TokenTree::Punct(_)))
        .map(ToString::to_string)
        .filter(|token| !["pub", "#"].contains(&token.as_str()))
        .collect();
    let item = head.join(" ").replace(" : : ", "::").replace(" ,", ",");
    // A sender has a scheme in place of a reason.
    if *kind == Kind::Sender {
        let scheme = tokens[equals..].iter().map(ToString::to_string).collect::<String>();
        return Some((*kind, format!("{item} = {}", scheme.trim_start_matches('=')), None));
    }
    let reason = tokens[equals..].iter().filter_map(|token| literal(&token.to_string())).next_back();
    Some((*kind, item, reason))
}

pub(super) fn literal(text: &str) -> Option<String> {
    syn::parse_str::<LitStr>(text).ok().map(|text| text.value())
}
