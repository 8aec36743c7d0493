//! `#[public]`, `#[public(reason = "..")]`, `#[public(reason = "..", expires = "YYYY-MM-DD")]`,
//! `#[public(reason = "..", optional = Claims)]`.

use super::list::{self, Accepts};
use super::reason::{self, Reason};
use super::{Args, Decision, claims_type, is_key_value, repeated};
use crate::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::parse::ParseStream;
use syn::{Error, Lit, LitStr, Result, Type};

pub(crate) struct Public {
    /// `None`: the attribute gives no reason.
    pub(crate) reason: Option<Reason>,
    /// The name of the argument that gives the reason, for an error that points at it.
    pub(crate) reason_name: Option<Ident>,
    /// The claims of the callers that are recognised.
    pub(crate) optional: Option<Type>,
    /// Whether there is an `optional`, refused or not.
    pub(crate) has_optional: bool,
}

/// How to write which callers are recognised.
const OPTIONAL: &str = "optional = MyClaims";

/// Each name with its value, which is `None` if it was refused.
#[derive(Default)]
struct Accepted {
    reason: Option<(Ident, Option<LitStr>)>,
    expires: Option<(Ident, Option<u32>)>,
    optional: Option<(Ident, Option<Type>)>,
}

impl Public {
    pub(super) fn parse(args: TokenStream, errors: &mut Errors) -> Args {
        let mut accepted = Accepted::default();
        // rustc has refused `#[public = ".."]` already; the string is judged as the reason that it
        // was meant to be.
        let key_value = syn::parse2::<LitStr>(args.clone()).ok().filter(|_| is_key_value());
        let args = key_value.map_or(args, |reason| quote!(reason = #reason));
        let runtime = list::parse(&mut accepted, args, errors);
        let Accepted { reason, expires, optional } = accepted;
        if let (None, Some((name, _))) = (&reason, &expires) {
            errors.push(Error::new(
                name.span(),
                "`expires` without a reason; add why the handler is public until then: `reason = \"..\"`",
            ));
        }
        let (reason_name, text) = reason.unzip();
        let expires = expires.and_then(|(_, day)| day);
        let reason = text.flatten().map(|text| Reason { text, expires });
        let (has_optional, optional) = (optional.is_some(), optional.and_then(|(_, claims)| claims));
        let public = Self { reason, reason_name, optional, has_optional };
        Args { decision: Decision::Public(Box::new(public)), runtime }
    }
}

impl Accepts for Accepted {
    const NAMES: &'static [(&'static str, &'static str)] =
        &[("reason", "reason = \"..\""), ("expires", "expires = \"YYYY-MM-DD\""), ("optional", OPTIONAL)];

    fn named(&mut self, name: &Ident, input: ParseStream<'_>) -> Result<()> {
        if name == "reason" {
            if self.reason.is_some() {
                return Err(repeated(name));
            }
            let (_, text) = self.reason.insert((name.clone(), None));
            *text = Some(string(input, "the reason", "reason = \"..\"")?);
        } else if name == "expires" {
            if self.expires.is_some() {
                return Err(repeated(name));
            }
            let (_, day) = self.expires.insert((name.clone(), None));
            *day = Some(reason::day(&string(input, "the last day", "expires = \"YYYY-MM-DD\"")?)?);
        } else if name == "optional" {
            if self.optional.is_some() {
                return Err(repeated(name));
            }
            let (_, claims) = self.optional.insert((name.clone(), None));
            *claims = Some(claims_type(input, OPTIONAL)?);
        } else {
            return Err(unknown(name));
        }
        Ok(())
    }

    fn unnamed(&mut self, input: ParseStream<'_>) -> Result<()> {
        if input.peek(LitStr) {
            return Err(input.error("a reason has its name in front; write `#[public(reason = \"..\")]`"));
        }
        let rest: TokenStream = input.parse()?;
        Err(Error::new_spanned(
            rest,
            "`#[public]` accepts `reason`, `expires`, `optional` and `crate`; write `#[public(reason = \"..\")]`",
        ))
    }

    fn expected_comma(_: ParseStream<'_>) -> &'static str {
        "expected `,` between the arguments"
    }
}

pub(super) fn string(input: ParseStream<'_>, what: &str, remedy: &str) -> Result<LitStr> {
    let message = format!("{what} must be a string literal; write `{remedy}`");
    match input.fork().parse::<Lit>() {
        Ok(Lit::Str(_)) => input.parse(),
        Ok(other) => Err(Error::new_spanned(other, message)),
        Err(_) => Err(input.error(message)),
    }
}

fn unknown(name: &Ident) -> Error {
    let message = match name.to_string().as_str() {
        "requires" => {
            "`requires` is an argument of `#[authenticated]`, because an unauthenticated caller has no permissions; remove it, or write `#[authenticated(requires = ..)]`".to_owned()
        }
        "rule" => {
            "`rule` is an argument of `#[authenticated]`, because a public handler has no caller to ask a rule about; remove it, or write `#[authenticated(rule = ..)]`"
                .to_owned()
        }
        "despite" => {
            "`despite` is an argument of `#[authenticated]`, because a public handler has no condition to waive; remove it, or write `#[authenticated(despite = ..)]`".to_owned()
        }
        _ => format!(
            "unknown argument `{name}`; `#[public]` accepts `reason`, `expires`, `optional` and `crate`: `#[public(reason = \"..\", expires = \"YYYY-MM-DD\")]`"
        ),
    };
    Error::new(name.span(), message)
}
