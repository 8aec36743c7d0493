//! Parses a parameter list. Patterns are skipped, because any pattern is allowed.

use proc_macro2::{Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Lifetime, Result, Token, Type};

pub(crate) struct Param {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) ty: Type,
}

/// The receiver, the typed parameters, and `...`.
type Params = (Option<TokenStream>, Vec<Param>, Option<TokenStream>);

pub(super) fn parse(input: ParseStream<'_>) -> Result<Params> {
    let (mut receiver, mut params, mut variadic) = (None, Vec::new(), None);
    while !input.is_empty() {
        let attrs = input.call(Attribute::parse_outer)?;
        if params.is_empty() && starts_with_receiver(input) {
            // A receiver is refused with any type. Only `self` is kept, for the error to point at.
            let tokens = until(input, &|tree| is_punct(tree, ','))?;
            let is_self = |tree: &TokenTree| matches!(tree, TokenTree::Ident(name) if name == "self");
            receiver = tokens.into_iter().find(is_self).map(ToTokens::into_token_stream);
        } else if input.peek(Token![...]) {
            variadic = Some(input.parse::<Token![...]>()?.into_token_stream());
        } else {
            until(input, &|tree| is_punct(tree, ':'))?;
            input.parse::<Token![:]>()?;
            if input.peek(Token![...]) {
                variadic = Some(input.parse::<Token![...]>()?.into_token_stream());
            } else {
                params.push(Param { attrs, ty: input.parse()? });
            }
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok((receiver, params, variadic))
}

/// Replaces the type of the first parameter. The list has been parsed before.
pub(crate) fn with_first_type(list: TokenStream, ty: &TokenStream) -> TokenStream {
    let replace = |input: ParseStream<'_>| {
        let attrs = input.call(Attribute::parse_outer)?;
        let pattern = until(input, &|tree| is_punct(tree, ':'))?;
        let colon: Token![:] = input.parse()?;
        let _: Type = input.parse()?;
        let rest: TokenStream = input.parse()?;
        Ok(quote!(#(#attrs)* #(#pattern)* #colon #ty #rest))
    };
    replace.parse2(list).expect("a list that was parsed before")
}

/// `self`, `mut self`, `&self`, `&mut self`, `&'a self`, `&'a mut self`.
fn starts_with_receiver(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    if ahead.parse::<Option<Token![&]>>().is_ok_and(|and| and.is_some()) {
        let _lifetime = ahead.parse::<Option<Lifetime>>();
    }
    let _mutable = ahead.parse::<Option<Token![mut]>>();
    ahead.peek(Token![self]) && !ahead.peek2(Token![::])
}

/// Takes the tokens up to a stop, which stays. `::` is never a stop, and tokens inside of a group
/// are not looked at.
fn until(input: ParseStream<'_>, stop: &dyn Fn(&TokenTree) -> bool) -> Result<Vec<TokenTree>> {
    input.step(|cursor| {
        let (mut passed, mut rest) = (Vec::new(), *cursor);
        while let Some((tree, next)) = rest.token_tree() {
            let path_separator = is_punct(&tree, ':').then(|| next.punct()).flatten();
            if let Some((second, after)) = path_separator.filter(|(second, _)| joined(&tree) && second.as_char() == ':')
            {
                passed.extend([tree, second.into()]);
                rest = after;
            } else if stop(&tree) {
                break;
            } else {
                passed.push(tree);
                rest = next;
            }
        }
        Ok((passed, rest))
    })
}

fn is_punct(tree: &TokenTree, wanted: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

fn joined(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint)
}
