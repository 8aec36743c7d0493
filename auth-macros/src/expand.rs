//! Writes the handler as its author would have: with the decision as the first parameter.

use crate::args::{Authenticated, Decision, Word};
use crate::errors::Errors;
use crate::handler::{A_CLOSURE, Handler, Item};
use crate::runtime_path::runtime_path;
use crate::{stub, tokens, types, validate};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Type, spanned::Spanned};

/// The item with its decision; or what is wrong with it, and something in its place that gives no further error.
pub(crate) fn expand(word: Word, args: TokenStream, item: &TokenStream) -> TokenStream {
    let handler = match Item::read(item.clone()) {
        Ok(Item::Handler(handler)) => handler,
        Ok(Item::Other(other)) => {
            // rustc itself refuses attributes on closures, and what stands in for an expression is one expression.
            let stub = (other.what != A_CLOSURE).then(|| stub::of_other(&other));
            return refused(&validate::other(word, &other), &stub.unwrap_or_default());
        }
        Err(error) => return refused(&error, item),
    };
    let decision = Decision::read(word, args);
    let mut errors = Errors::new();
    validate::handler(word, &handler, &mut errors);
    if let Ok(decision) = &decision {
        validate::decision(decision, &handler, &mut errors);
    }
    let runtime = runtime_path();
    let found = match (decision, errors.check()) {
        (Ok(decision), Ok(())) => return with_decision(&decision, &handler, &runtime),
        (Ok(_), Err(found)) | (Err(found), Ok(())) => found,
        (Err(mut found), Err(more)) => {
            found.combine(more);
            found
        }
    };
    refused(&found, &stub::of_handler(&handler, &runtime))
}

/// P1: the only way to a stub, and it takes an error: no stub is ever built into a program.
fn refused(found: &syn::Error, stub: &TokenStream) -> TokenStream {
    let errors = found.to_compile_error();
    quote!(#errors #stub)
}

/// Token for token what the author wrote, plus the decision.
///
/// P2: nothing is called that makes a proof, for there is no such thing; types are named, and the gate does the rest.
fn with_decision(decision: &Decision, handler: &Handler, runtime: &TokenStream) -> TokenStream {
    let first = handler.params.first().map(|first| &first.ty);
    let (inserted, assertion) = match decision {
        Decision::Authenticated(stated) => match first.filter(|ty| types::is_authenticated(ty)) {
            Some(written) => (None, Some(agreement(written, stated, runtime))),
            None => (Some(proof(stated, runtime)), None),
        },
        Decision::Public(public) => {
            let written = first.filter(|ty| types::is_public(ty));
            let reason = public
                .reason
                .as_ref()
                .map_or_else(|| quote!(#runtime::reason::Unstated), |reason| reason.to_type(runtime));
            if let Some(written) = written {
                (None, Some(public_agreement(written, runtime)))
            } else {
                let check = public.reason.as_ref().map(|reason| reason.check(runtime));
                (Some(quote!(#runtime::Public<#reason>)), check)
            }
        }
    };
    // With seven parameters of the author's the inserted one is clippy's one too many, which is not the author's doing.
    let relaxed =
        (inserted.is_some() && handler.params.len() == 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    // P1, P4: there is a decision, and it is the first parameter.
    let inserted = inserted.map(|ty| quote!(_: #ty,));
    let written = handler.list.stream();
    let list = tokens::with_stream(&handler.list, quote!(#inserted #written));
    let body = match assertion {
        Some(assertion) => {
            let (inner_attributes, rest) = split_inner_attributes(handler.body.stream());
            // In a block of its own, so that no item of the author's can stand in for a type in the assertion.
            let mut rest = tokens::with_stream(&handler.body, rest);
            // Ours by origin: else rustc would blame the author for braces that are not needed.
            rest.set_span(Span::call_site().located_at(rest.span()));
            tokens::with_stream(&handler.body, quote!(#inner_attributes #assertion #rest))
        }
        None => handler.body.clone(),
    };
    let Handler { attrs, vis, qualifiers, fn_token, name, generics, output, where_clause, .. } = handler;
    // P1: a verification, a permission or a rule whose answer nobody looks at is what this is all against. Allowed
    // beside `forbid`.
    let must_use = quote!(#[deny(unused_must_use)]);
    // In front, so that the author's own word on it holds.
    quote!(#must_use #(#attrs)* #relaxed #vis #qualifiers #fn_token #name #generics #list #output #where_clause #body)
}

fn proof(stated: &Authenticated, runtime: &TokenStream) -> TokenStream {
    let claims = claims(stated, runtime);
    let permission = stated.requires.as_ref().map(|permission| quote!(, #permission));
    quote!(#runtime::Authenticated<#claims #permission>)
}

fn claims(stated: &Authenticated, runtime: &TokenStream) -> TokenStream {
    stated.claims.as_ref().map_or_else(|| quote!(#runtime::Claims), ToTokens::to_token_stream)
}

/// P1: what the author has written is taken for the decision because of its name, so it must be the one: another type
/// of that name proves nothing. And an attribute that says `requires = OrdersWrite` on a parameter that proves less
/// would deceive its reader. Types are compared by rustc, which reports on the written one.
fn agreement(written: &Type, stated: &Authenticated, runtime: &TokenStream) -> TokenStream {
    // Ours by origin, so that the lints of the author's crate leave it alone.
    let at = Span::call_site().located_at(written.span());
    match stated {
        Authenticated { claims: None, requires: None } => {
            quote_spanned!(at=> #runtime::__macro::is_a_proof::<#written>();)
        }
        Authenticated { claims: Some(claims), requires: None } => {
            quote_spanned!(at=> #runtime::__macro::stated_claims::<#written, #claims>();)
        }
        Authenticated { requires: Some(_), .. } => {
            let stated = proof(stated, runtime);
            quote_spanned!(at=> #runtime::__macro::stated_proof::<#written, #stated>();)
        }
    }
}

fn public_agreement(written: &Type, runtime: &TokenStream) -> TokenStream {
    let at = Span::call_site().located_at(written.span());
    quote_spanned!(at=> #runtime::__macro::is_an_opt_out::<#written>();)
}

/// `#![..]` has to stay at the start of the body.
fn split_inner_attributes(body: TokenStream) -> (TokenStream, TokenStream) {
    let trees: Vec<TokenTree> = body.into_iter().collect();
    let inner = trees
        .chunks(3)
        .take_while(|three| {
            matches!(three, [TokenTree::Punct(hash), TokenTree::Punct(bang), TokenTree::Group(group)]
                if hash.as_char() == '#' && bang.as_char() == '!' && group.delimiter() == Delimiter::Bracket)
        })
        .count();
    let (inner, rest) = trees.split_at(inner * 3);
    (inner.iter().cloned().collect(), rest.iter().cloned().collect())
}

#[cfg(test)]
mod tests;
