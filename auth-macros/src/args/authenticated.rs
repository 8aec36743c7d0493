//! `#[authenticated]`, `#[authenticated(Claims)]`, `#[authenticated(Claims, requires = P)]`,
//! `#[authenticated(Claims, requires = P, rule = R, despite = X)]`.

use super::list::{self, Accepts};
use super::{Args, Decision, claims_type, is_key_value, repeated};
use crate::errors::Errors;
use crate::types;
use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Lit, LitStr, Result, Token, Type, token};

#[derive(Default)]
pub(crate) struct Authenticated {
    /// `None`: the claims of `auth-runtime`.
    pub(crate) claims: Option<Type>,
    pub(crate) requires: Option<Type>,
    /// Whether there is a `requires`, refused or not.
    has_requires: bool,
    /// The rules that the handler asks. Of a tuple, each.
    pub(crate) rules: Vec<Type>,
    /// Whether there is a `rule`, refused or not.
    pub(crate) has_rule: bool,
    /// The condition of the verifier that the handler waives.
    pub(crate) despite: Option<Type>,
    /// Whether there is a `despite`, refused or not.
    pub(crate) has_despite: bool,
}

impl Authenticated {
    pub(super) fn parse(args: TokenStream, errors: &mut Errors) -> Args {
        let mut accepted = Self::default();
        let is_string = syn::parse2::<LitStr>(args.clone()).is_ok();
        // rustc has refused `#[authenticated = ".."]` already.
        let args = if is_string && is_key_value() { TokenStream::new() } else { args };
        let runtime = list::parse(&mut accepted, args, errors);
        Args { decision: Decision::Authenticated(Box::new(accepted)), runtime }
    }
}

impl Accepts for Authenticated {
    const NAMES: &'static [(&'static str, &'static str)] =
        &[("requires", "requires = OrdersWrite"), ("rule", RULE), ("despite", DESPITE)];

    fn named(&mut self, name: &Ident, input: ParseStream<'_>) -> Result<()> {
        if name == "requires" {
            if std::mem::replace(&mut self.has_requires, true) {
                return Err(repeated(name));
            }
            self.requires = Some(permission(input)?);
        } else if name == "rule" {
            if std::mem::replace(&mut self.has_rule, true) {
                return Err(Error::new(name.span(), "`rule` is given twice; write both as a tuple: `rule = (A, B)`"));
            }
            self.rules = rules(input)?;
        } else if name == "despite" {
            if std::mem::replace(&mut self.has_despite, true) {
                return Err(repeated(name));
            }
            self.despite = Some(condition(input)?);
        } else {
            return Err(unknown(name));
        }
        Ok(())
    }

    fn unnamed(&mut self, input: ParseStream<'_>) -> Result<()> {
        let ty = claims_type(input, "#[authenticated(MyClaims)]")?;
        if self.claims.is_some() {
            return Err(Error::new_spanned(ty, "a second claims type; write a permission as `requires = OrdersWrite`"));
        }
        if self.has_requires || self.has_rule || self.has_despite {
            let name = match (self.has_requires, self.has_rule) {
                (true, _) => "requires",
                (false, true) => "rule",
                (false, false) => "despite",
            };
            return Err(Error::new_spanned(
                ty,
                format!(
                    "a type after `{name}`; write several permissions as a tuple, `{name} = (A, B)`, and claims first"
                ),
            ));
        }
        self.claims = Some(ty);
        Ok(())
    }

    fn expected_comma(input: ParseStream<'_>) -> &'static str {
        if input.peek(Ident::peek_any) {
            "expected `,` between the arguments"
        } else if input.peek(Token![|]) {
            "alternatives are a type; write `requires = AnyOf<(A, B)>`, with `auth_runtime::AnyOf`"
        } else if input.peek(Token![+]) || input.peek(Token![&]) {
            "several permissions are a tuple, all of which are required; write `requires = (A, B)`"
        } else if input.peek(Token![:]) {
            "a permission is a type; declare `scope!(pub OrdersWrite = \"orders:write\")` and write `requires = OrdersWrite`"
        } else {
            "expected `,` or the end; a permission is a type: `requires = OrdersWrite`"
        }
    }
}

/// How to write which rule the handler asks.
const RULE: &str = "rule = OwnsOrder";

fn rules(input: ParseStream<'_>) -> Result<Vec<Type>> {
    if let Ok(literal) = input.fork().parse::<Lit>() {
        let message = format!("a rule is a type that implements `auth_runtime::Rule`; write `{RULE}`");
        return Err(Error::new_spanned(literal, message));
    }
    let ty = input.call(Type::without_plus)?;
    if types::is_unit(&ty) {
        return Err(Error::new_spanned(ty, "`rule = ()` declares no rule; remove it"));
    }
    if types::declares(&ty) {
        return Err(Error::new_spanned(ty, format!("`WithRule` is in the proof already; write its rule, `{RULE}`")));
    }
    Ok(match types::without_groups(&ty) {
        Type::Tuple(tuple) => tuple.elems.iter().cloned().collect(),
        _ => vec![ty],
    })
}

/// How to write which condition is waived.
const DESPITE: &str = "despite = MustChangePassword";

fn condition(input: ParseStream<'_>) -> Result<Type> {
    if let Ok(literal) = input.fork().parse::<Lit>() {
        let message =
            format!("a condition is the type in `.always_requires::<..>()` of the verifier; write `{DESPITE}`");
        return Err(Error::new_spanned(literal, message));
    }
    let ty = input.call(Type::without_plus)?;
    if types::is_unit(&ty) {
        return Err(Error::new_spanned(ty, "`despite = ()` waives no condition; remove it"));
    }
    if types::waives(&ty) {
        return Err(Error::new_spanned(
            ty,
            format!("`Despite` is in the proof already; write its condition, `{DESPITE}`"),
        ));
    }
    Ok(ty)
}

fn permission(input: ParseStream<'_>) -> Result<Type> {
    if let Ok(literal) = input.fork().parse::<Lit>() {
        return Err(Error::new_spanned(
            literal,
            "a permission is a type; declare `scope!(pub OrdersWrite = \"orders:write\")` and write `requires = OrdersWrite`",
        ));
    }
    if input.peek(token::Bracket) {
        return Err(
            input.error("several permissions are a tuple, all of which are required; write `requires = (A, B)`")
        );
    }
    let ty = input.call(Type::without_plus)?;
    if types::is_unit(&ty) {
        return Err(Error::new_spanned(ty, "`requires = ()` requires no permission; remove it"));
    }
    if types::waives(&ty) {
        return Err(Error::new_spanned(ty, format!("a waived condition is an argument of its own; write `{DESPITE}`")));
    }
    if types::declares(&ty) {
        return Err(Error::new_spanned(ty, format!("a declared rule is an argument of its own; write `{RULE}`")));
    }
    Ok(ty)
}

fn unknown(name: &Ident) -> Error {
    let message = match name.to_string().as_str() {
        "reason" | "expires" => format!(
            "`{name}` is an argument of `#[public]`; remove it, or make the handler public with `#[public(reason = \"..\")]`"
        ),
        "optional" => "`optional` is an argument of `#[public]`, because guests are not authenticated; remove it, or write `#[public(reason = \"..\", optional = MyClaims)]`".to_owned(),
        "claims" => "the claims type has no name in front; write `#[authenticated(MyClaims)]`".to_owned(),
        _ => format!(
            "unknown argument `{name}`; `#[authenticated]` accepts a claims type, `requires`, `rule`, `despite` and `crate`: `#[authenticated(MyClaims, requires = OrdersWrite)]`"
        ),
    };
    Error::new(name.span(), message)
}
