//! Why a handler is public, spelled as a type.
//!
//! A type and not an item beside the handler, because a handler may be an associated function, stand in a trait's impl,
//! or in a function's body: there is no place for an item next to all of them.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Error, LitStr, Result};
use time::{Date, Month};

/// Bytes; as much as a line of the posture can hold.
const LONGEST: usize = 200;

pub(crate) struct Reason {
    /// Checked by [`text`]: not blank, no NUL.
    pub(super) text: Vec<u8>,
    /// `yyyymmdd`
    pub(super) expires: Option<u32>,
}

impl Reason {
    /// `Text<.., Text<.., End>>`: 16 bytes of UTF-8 each, big-endian, the last one padded with zeros on the right. A
    /// text holds no NUL, so the padding can be told from it.
    pub(crate) fn to_type(&self, runtime: &TokenStream) -> TokenStream {
        let end = quote!(#runtime::reason::End);
        let text = self.text.chunks(16).rev().fold(end, |rest, chunk| {
            let mut bytes = [0; 16];
            bytes[..chunk.len()].copy_from_slice(chunk);
            let number = Literal::u128_suffixed(u128::from_be_bytes(bytes));
            quote!(#runtime::reason::Text<#number, #rest>)
        });
        match self.expires.map(Literal::u32_suffixed) {
            Some(day) => quote!(#runtime::reason::Until<#day, #text>),
            None => text,
        }
    }
}

/// The text of a reason, if a reviewer can read it and a table can show it.
pub(super) fn text(literal: &LitStr) -> Result<Vec<u8>> {
    let text = literal.value();
    let problem = if !text.chars().any(char::is_alphanumeric) {
        "the reason is blank; say why anyone may call this, or leave the reason out".to_owned()
    } else if text.len() > LONGEST {
        format!("the reason has {} bytes; say it in {LONGEST}", text.len())
    } else if text.chars().any(is_unprintable) {
        "the reason holds a control character; write it as one line of plain text".to_owned()
    } else {
        return Ok(text.into_bytes());
    };
    Err(Error::new(literal.span(), problem))
}

/// Control characters, line and paragraph separators, and those that turn the direction of writing: a reason that shows
/// as another text than it is would pass a review.
fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The date as `yyyymmdd`. Whether it has passed is not asked here: yesterday's build still builds.
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
