//! `#[public]`, `#[public(reason = "..")]`, `#[public(reason = "..", expires = "YYYY-MM-DD")]`.

use super::reason::{self, Reason};
use super::{comma, is_key_value, named, repeated};
use proc_macro2::{Ident, Span, TokenStream};
use syn::parse::ParseStream;
use syn::{Error, Lit, LitStr, Result};

pub(crate) struct Public {
    /// `None`: nobody said why.
    pub(crate) reason: Option<Reason>,
    /// The first argument's name, for a message that has to point somewhere.
    pub(crate) stated: Option<Ident>,
}

impl Public {
    pub(super) fn parse(input: ParseStream<'_>) -> Result<Self> {
        let ours = [("reason", "reason = \"..\""), ("expires", "expires = \"YYYY-MM-DD\"")];
        let mut reason: Option<(Ident, LitStr)> = None;
        let mut expires: Option<(Ident, u32)> = None;
        if input.peek(LitStr) && is_key_value() {
            reason = Some((Ident::new("reason", Span::call_site()), input.parse()?));
        }
        while !input.is_empty() {
            let Some(name) = named(input, &ours)? else {
                return Err(nameless(input));
            };
            match name.to_string().as_str() {
                "reason" if reason.is_some() => return Err(repeated(&name)),
                "expires" if expires.is_some() => return Err(repeated(&name)),
                "reason" => reason = Some((name, string(input, "the reason", "reason = \"..\"")?)),
                "expires" => {
                    let literal = string(input, "the last day", "expires = \"YYYY-MM-DD\"")?;
                    expires = Some((name, reason::day(&literal)?));
                }
                _ => return Err(unknown(&name)),
            }
            comma(input, "expected `,`")?;
        }
        match (reason, expires) {
            (None, None) => Ok(Self { reason: None, stated: None }),
            (Some((name, text)), expires) => {
                Ok(Self { reason: Some(Reason { text, expires: expires.map(|(_, day)| day) }), stated: Some(name) })
            }
            (None, Some((name, _))) => Err(Error::new(
                name.span(),
                "`expires` without a reason; a temporary opt-out says why: add `reason = \"..\"`",
            )),
        }
    }
}

fn string(input: ParseStream<'_>, what: &str, remedy: &str) -> Result<LitStr> {
    let message = format!("{what} must be a string literal; write `{remedy}`");
    match input.fork().parse::<Lit>() {
        Ok(Lit::Str(_)) => input.parse(),
        Ok(other) => Err(Error::new_spanned(other, message)),
        Err(_) => Err(input.error(message)),
    }
}

fn nameless(input: ParseStream<'_>) -> Error {
    if input.peek(LitStr) {
        return input.error("a reason is stated by name; write `#[public(reason = \"..\")]`");
    }
    let rest: Result<TokenStream> = input.parse();
    match rest {
        Ok(rest) => Error::new_spanned(
            rest,
            "`#[public]` accepts `reason` and `expires` only; write `#[public(reason = \"..\")]`",
        ),
        Err(error) => error,
    }
}

fn unknown(name: &Ident) -> Error {
    let message = match name.to_string().as_str() {
        "requires" => "`requires` belongs to `#[authenticated]`; whoever may be anyone has no permissions: leave it out, or write `#[authenticated(requires = ..)]`".to_owned(),
        _ => format!("unknown argument `{name}`; `#[public]` accepts `reason` and `expires`: `#[public(reason = \"..\", expires = \"YYYY-MM-DD\")]`"),
    };
    Error::new(name.span(), message)
}
