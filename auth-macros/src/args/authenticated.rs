//! `#[authenticated]`, `#[authenticated(Claims)]`, `#[authenticated(Claims, requires = P)]`.

use super::{comma, is_key_value, named, repeated};
use crate::types::{self, Proof};
use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Lit, LitStr, Result, Token, Type, token};

pub(crate) struct Authenticated {
    /// `None`: the claims of `auth-runtime`.
    pub(crate) claims: Option<Type>,
    pub(crate) requires: Option<Type>,
}

impl Authenticated {
    pub(super) fn parse(input: ParseStream<'_>) -> Result<Self> {
        let (mut claims, mut requires) = (None, None);
        if input.peek(LitStr) && is_key_value() {
            input.parse::<LitStr>()?;
        }
        while !input.is_empty() {
            match named(input, &[("requires", "requires = OrdersWrite")])? {
                Some(name) if name == "requires" && requires.is_some() => return Err(repeated(&name)),
                Some(name) if name == "requires" => requires = Some(permission(input)?),
                Some(name) => return Err(unknown(&name)),
                None => {
                    let ty = claims_type(input)?;
                    if claims.is_some() {
                        return Err(Error::new_spanned(
                            ty,
                            "a second type beside the claims; a permission is written `requires = OrdersWrite`",
                        ));
                    }
                    if requires.is_some() {
                        return Err(Error::new_spanned(
                            ty,
                            "a second type after `requires`; several permissions are a tuple, which means all of them: `requires = (A, B)`; claims stand first",
                        ));
                    }
                    claims = Some(ty);
                }
            }
            comma(input, between(input))?;
        }
        Ok(Self { claims, requires })
    }
}

/// What is wrong where a comma should stand.
fn between(input: ParseStream<'_>) -> &'static str {
    if input.peek(Ident::peek_any) {
        "expected `,` between the arguments"
    } else if input.peek(Token![|]) {
        "one of several permissions is written `requires = AnyOf<(A, B)>`, with `auth_runtime::AnyOf`"
    } else if input.peek(Token![+]) || input.peek(Token![&]) {
        "several permissions are written as a tuple, which means all of them; write `requires = (A, B)`"
    } else if input.peek(Token![:]) {
        "a permission is a type; declare `scope!(pub OrdersWrite = \"orders:write\")` and write `requires = OrdersWrite`"
    } else {
        "expected the end, or `,`; a permission is a type: `requires = OrdersWrite`"
    }
}

fn claims_type(input: ParseStream<'_>) -> Result<Type> {
    if let Ok(literal) = input.fork().parse::<Lit>() {
        return Err(Error::new_spanned(
            literal,
            "the claims are a type; write `#[authenticated(MyClaims)]`, or `requires = ..` for a permission",
        ));
    }
    let ty = input.call(Type::without_plus)?;
    if Proof::seen_in(&ty).is_some() {
        return Err(Error::new_spanned(
            ty,
            "this is the proof itself; state its claims only: `#[authenticated(MyClaims)]`",
        ));
    }
    if let Type::Reference(_) = ty {
        return Err(Error::new_spanned(
            ty,
            "claims are owned; state the type without `&`: `#[authenticated(MyClaims)]`",
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
        return Err(input
            .error("several permissions are written as a tuple, which means all of them; write `requires = (A, B)`"));
    }
    let ty = input.call(Type::without_plus)?;
    if types::is_unit(&ty) {
        return Err(Error::new_spanned(ty, "`requires = ()` says that nothing is required; leave it out"));
    }
    Ok(ty)
}

fn unknown(name: &Ident) -> Error {
    let message = match name.to_string().as_str() {
        "reason" | "expires" => format!(
            "`{name}` belongs to `#[public]`; leave it out, or opt the handler out with `#[public(reason = \"..\")]`"
        ),
        "claims" => "the claims are stated without a name; write `#[authenticated(MyClaims)]`".to_owned(),
        _ => format!(
            "unknown argument `{name}`; `#[authenticated]` accepts a claims type and `requires`: `#[authenticated(MyClaims, requires = OrdersWrite)]`"
        ),
    };
    Error::new(name.span(), message)
}
