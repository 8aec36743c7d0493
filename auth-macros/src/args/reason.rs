//! Writes the reason of a public handler as a type.
//!
//! It is a type, not an item beside the handler, because a handler may be an associated function,
//! or inside of a trait's impl or a function's body. No item can be next to all of them.

use proc_macro2::{Literal, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Error, LitStr, Result};
use time::{Date, Month};

/// Blocks of 16 bytes. A reason that needs more is refused by [`Reason::check`], and a type that
/// holds all of it would only add an error about its depth.
const MOST_BLOCKS: usize = 16;

pub(crate) struct Reason {
    pub(super) text: LitStr,
    /// `yyyymmdd`
    pub(super) expires: Option<u32>,
}

impl Reason {
    /// `Text<.., Text<.., End>>`: 16 bytes of UTF-8 each, big-endian, the last one padded with
    /// zeros on the right. A text holds no NUL, so the padding can be told from it: see
    /// [`check`](Self::check).
    pub(crate) fn to_type(&self, runtime: &TokenStream) -> TokenStream {
        let end = quote!(#runtime::opt_out::End);
        let text = self.text.value();
        let blocks = text.as_bytes().chunks(16).take(MOST_BLOCKS);
        let text = blocks.rev().fold(end, |rest, chunk| {
            let mut bytes = [0; 16];
            bytes[..chunk.len()].copy_from_slice(chunk);
            let number = Literal::u128_suffixed(u128::from_be_bytes(bytes));
            quote!(#runtime::opt_out::Text<#number, #rest>)
        });
        match self.expires.map(Literal::u32_suffixed) {
            Some(day) => quote!(#runtime::opt_out::Expires<#day, #text>),
            None => text,
        }
    }

    /// P9: checks that a reviewer can read it. The runtime's function decides, as for every reason,
    /// and rustc reports on the literal.
    pub(crate) fn check(&self, runtime: &TokenStream) -> TokenStream {
        let text = &self.text;
        // All of the call has the literal's own span: with that of the expansion, rustc would
        // report on the attribute.
        let runtime: TokenStream = runtime.clone().into_iter().map(|token| at(text.span(), token)).collect();
        let call = quote_spanned!(text.span()=> #runtime::__macro::words(#text));
        quote!(const _: &::core::primitive::str = #call;)
    }
}

fn at(span: Span, mut token: TokenTree) -> TokenTree {
    token.set_span(span);
    token
}

/// Returns the date as `yyyymmdd`. A past date is accepted, so that an old commit still builds.
pub(super) fn day(literal: &LitStr) -> Result<u32> {
    let text = literal.value();
    let Some((year, month, day)) = numbers(&text) else {
        return Err(Error::new(
            literal.span(),
            format!("`{}` is not a date; write it as `YYYY-MM-DD`, such as `2027-01-31`", text.escape_default()),
        ));
    };
    let valid = Month::try_from(month).and_then(|month| Date::from_calendar_date(i32::from(year), month, day));
    match valid {
        Ok(_) => Ok(u32::from(year) * 10_000 + u32::from(month) * 100 + u32::from(day)),
        Err(_) => Err(Error::new(
            literal.span(),
            format!("`{text}` is not in the calendar; write a day that exists, such as `2027-01-31`"),
        )),
    }
}

/// Exactly `YYYY-MM-DD`.
fn numbers(text: &str) -> Option<(u16, u8, u8)> {
    let shape = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    if text.len() != 10 || !text.bytes().enumerate().all(shape) {
        return None;
    }
    let mut parts = text.split('-');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
