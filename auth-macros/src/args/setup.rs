//! `#[setup(reason = "..")]`.

use super::list::{self, Accepts};
use super::public::string;
use super::reason::Reason;
use super::{Args, Decision, is_key_value, repeated};
use crate::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::parse::ParseStream;
use syn::{Error, LitStr, Result};

/// How to write the reason.
pub(crate) const REASON: &str = "reason = \"creates the first administrator\"";

#[derive(Default)]
pub(crate) struct Setup {
    /// `None`: the attribute gives no reason, or it was refused.
    pub(crate) reason: Option<Reason>,
    /// The name of the argument that gives the reason, refused or not.
    pub(crate) reason_name: Option<Ident>,
    /// Whether another argument was refused.
    pub(crate) has_other: bool,
}

impl Setup {
    pub(super) fn parse(args: TokenStream, errors: &mut Errors) -> Args {
        let mut accepted = Self::default();
        // rustc has refused `#[setup = ".."]` already; the string is judged as the reason that it
        // was meant to be.
        let key_value = syn::parse2::<LitStr>(args.clone()).ok().filter(|_| is_key_value());
        let args = key_value.map_or(args, |reason| quote!(reason = #reason));
        let runtime = list::parse(&mut accepted, args, errors);
        Args { decision: Decision::Setup(Box::new(accepted)), runtime }
    }
}

impl Accepts for Setup {
    const NAMES: &'static [(&'static str, &'static str)] = &[("reason", "reason = \"..\"")];

    fn named(&mut self, name: &Ident, input: ParseStream<'_>) -> Result<()> {
        if name != "reason" {
            self.has_other = true;
            return Err(unknown(name));
        }
        if self.reason_name.is_some() {
            return Err(repeated(name));
        }
        self.reason_name = Some(name.clone());
        let text = string(input, "the reason", "reason = \"..\"")?;
        self.reason = Some(Reason { text, expires: None });
        Ok(())
    }

    fn unnamed(&mut self, input: ParseStream<'_>) -> Result<()> {
        self.has_other = true;
        let rest: TokenStream = input.parse()?;
        let message = format!("`#[setup]` accepts `reason` and `crate`; write `#[setup({REASON})]`");
        Err(Error::new_spanned(rest, message))
    }

    fn expected_comma(_: ParseStream<'_>) -> &'static str {
        "expected `,` between the arguments"
    }
}

fn unknown(name: &Ident) -> Error {
    let message = match name.to_string().as_str() {
        "requires" | "rule" | "despite" => {
            format!("`{name}` is an argument of `#[authenticated]`, because the service has no user yet; remove it")
        }
        "expires" | "optional" => {
            format!("`{name}` is an argument of `#[public]`, and a set-up is not public; remove it")
        }
        _ => format!("unknown argument `{name}`; `#[setup]` accepts `reason` and `crate`: `#[setup({REASON})]`"),
    };
    Error::new(name.span(), message)
}
