//! `#[signed(GitHub)]`.

use super::list::{self, Accepts};
use super::{Args, Decision, is_key_value};
use crate::errors::Errors;
use crate::types;
use proc_macro2::{Ident, Span, TokenStream};
use syn::parse::ParseStream;
use syn::{Error, Lit, LitStr, Result, Type};

/// How to write the sender, and where it comes from.
const SENDER: &str = "declare `signature!(pub GitHub = Scheme::github())` and write its name: `#[signed(GitHub)]`";

#[derive(Default)]
pub(crate) struct Signed {
    /// `None`: the sender is missing or refused, and an error says so.
    pub(crate) sender: Option<Type>,
    /// Whether there is a sender, refused or not.
    has_sender: bool,
}

impl Signed {
    pub(super) fn parse(args: TokenStream, errors: &mut Errors) -> Args {
        let mut accepted = Self::default();
        // rustc has refused `#[signed = ".."]` already.
        let is_refused = syn::parse2::<LitStr>(args.clone()).is_ok() && is_key_value();
        let args = if is_refused { TokenStream::new() } else { args };
        let is_empty = args.is_empty() && !is_refused;
        let runtime = list::parse(&mut accepted, args, errors);
        if !accepted.has_sender && (is_empty || runtime.is_some()) {
            let message = format!("`#[signed]` does not name the sender; {SENDER}");
            errors.push(Error::new(Span::call_site(), message));
        }
        Args { decision: Decision::Signed(Box::new(accepted)), runtime }
    }
}

impl Accepts for Signed {
    const NAMES: &'static [(&'static str, &'static str)] = &[];

    fn named(&mut self, name: &Ident, _: ParseStream<'_>) -> Result<()> {
        self.has_sender = true;
        Err(unknown(name))
    }

    fn unnamed(&mut self, input: ParseStream<'_>) -> Result<()> {
        let repeated = std::mem::replace(&mut self.has_sender, true);
        if let Ok(literal) = input.fork().parse::<Lit>() {
            return Err(Error::new_spanned(literal, format!("the sender is a type; {SENDER}")));
        }
        let ty = input.call(Type::without_plus)?;
        if repeated {
            let message = "a second sender, and one signature has one sender; write a handler for each";
            return Err(Error::new_spanned(ty, message));
        }
        if types::is_signed(&ty) {
            let message = "this is the proof type; write only its sender: `#[signed(GitHub)]`";
            return Err(Error::new_spanned(ty, message));
        }
        // P3: the proof would exist without a signature.
        if let Some(sender) = types::optional(&ty) {
            let message = format!(
                "an optional signature proves nothing, so the handler would run for any client; write `{sender}`"
            );
            return Err(Error::new_spanned(ty, message));
        }
        self.sender = Some(ty);
        Ok(())
    }

    fn expected_comma(_: ParseStream<'_>) -> &'static str {
        "expected `,` or the end; `#[signed]` accepts one sender: `#[signed(GitHub)]`"
    }
}

fn unknown(name: &Ident) -> Error {
    let message = match name.to_string().as_str() {
        "requires" => {
            "`requires` is an argument of `#[authenticated]`, because a signature has no permissions; remove it"
                .to_owned()
        }
        "rule" => {
            "`rule` is an argument of `#[authenticated]`, because a signature has no caller to ask a rule about; remove it"
                .to_owned()
        }
        "despite" => {
            "`despite` is an argument of `#[authenticated]`, because a signature has no condition to waive; remove it"
                .to_owned()
        }
        "reason" | "expires" | "optional" => {
            format!("`{name}` is an argument of `#[public]`, and a signed handler is not public; remove it")
        }
        _ => format!("unknown argument `{name}`; `#[signed]` accepts a sender and `crate`: `#[signed(GitHub)]`"),
    };
    Error::new(name.span(), message)
}
