//! Writes the handler with the decision as its first parameter.

use crate::args::{Args, AttributeKind, Authenticated, Decision};
use crate::errors::Errors;
use crate::handler::{A_CLOSURE, Handler, Item, with_first_type};
use crate::runtime_path::find_runtime;
use crate::{stub, tokens, types, validate};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Type, spanned::Spanned};

/// Returns the item with its decision. If something is wrong, returns the errors and a stub that
/// gives no further error.
pub(crate) fn expand(kind: AttributeKind, args: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let args = Args::parse(kind, args, &mut errors);
    let handler = match Item::read(item.clone()) {
        Ok(Item::Handler(handler)) => handler,
        Ok(Item::Unsupported(unsupported)) => {
            validate::unsupported(kind, &unsupported, &mut errors);
            // rustc itself refuses attributes on closures, and a stub for an expression must be one
            // expression.
            let stub = (unsupported.kind != A_CLOSURE).then(|| stub::of_unsupported(&unsupported));
            return output(errors, TokenStream::new, || stub.unwrap_or_default());
        }
        Err(error) => {
            errors.push(error);
            return output(errors, TokenStream::new, || item.clone());
        }
    };
    validate::handler(kind, &handler, &mut errors);
    validate::decision(&args.decision, &handler, &mut errors);
    let runtime = args.runtime_path(find_runtime);
    output(errors, || with_decision(&args.decision, &handler, &runtime), || stub::of_handler(&handler, &runtime))
}

/// P1: the only way to a stub, and it needs an error: no stub is ever built into a program.
fn output(errors: Errors, expanded: impl FnOnce() -> TokenStream, stub: impl FnOnce() -> TokenStream) -> TokenStream {
    match errors.check() {
        Ok(()) => expanded(),
        Err(found) => {
            let (errors, stub) = (found.to_compile_error(), stub());
            quote!(#errors #stub)
        }
    }
}

/// Writes the author's tokens, plus the decision.
///
/// P2: the output only names types. It calls nothing that makes a proof, because no such function
/// is public.
fn with_decision(decision: &Decision, handler: &Handler, runtime: &TokenStream) -> TokenStream {
    let first = handler.params.first().map(|first| &first.ty);
    let mut list = handler.list.stream();
    let (inserted, assertion) = match decision {
        Decision::Authenticated(stated) => match first.filter(|ty| types::is_authenticated(ty)) {
            Some(written) => (None, Some(agreement(written, stated, runtime))),
            None => (Some(proof(stated, runtime)), None),
        },
        // Without a sender there is an error, and then the output is a stub.
        Decision::Signed(signed) => match first.filter(|ty| types::is_signed(ty)) {
            Some(written) => (None, Some(sender_agreement(written, signed.sender.as_ref(), runtime))),
            None => (signed.sender.as_ref().map(|sender| quote!(#runtime::Signed<#sender>)), None),
        },
        // Without the parameter there is an error, and then the output is a stub.
        Decision::Setup(setup) => match (first.filter(|ty| types::is_setup(ty)), &setup.reason) {
            (Some(written), Some(reason)) => {
                list = with_first_type(list, &setup_with_reason(written, &reason.to_type(runtime), runtime));
                (None, Some(reason.check(runtime)))
            }
            (Some(written), None) => (None, Some(setup_agreement(written, runtime))),
            (None, _) => (None, None),
        },
        Decision::Public(public) => {
            let reason = public
                .reason
                .as_ref()
                .map_or_else(|| quote!(#runtime::opt_out::NoReason), |reason| reason.to_type(runtime));
            let check = public.reason.as_ref().map(|reason| reason.check(runtime));
            match (&public.optional, first) {
                (None, Some(written)) if types::is_public(written) => (None, Some(public_agreement(written, runtime))),
                (None, _) => (Some(quote!(#runtime::Public<#reason>)), check),
                (Some(claims), Some(written)) if types::has_reason(written) => {
                    (None, Some(visitor_agreement(written, claims, runtime)))
                }
                (Some(claims), Some(written)) if types::is_visitor(written) => {
                    list = with_first_type(list, &visitor(written, claims, &reason, runtime));
                    (None, check)
                }
                (Some(claims), _) => (Some(quote!(#runtime::Visitor<#claims, #reason>)), check),
            }
        }
    };
    // With seven parameters of the author's, the inserted one is the eighth, which clippy would
    // blame on the author.
    let relaxed =
        (inserted.is_some() && handler.params.len() == 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    // P1, P4: there is a decision, and it is the first parameter.
    let inserted = inserted.map(|ty| quote!(_: #ty,));
    let list = tokens::with_stream(&handler.list, quote!(#inserted #list));
    let body = match assertion {
        Some(assertion) => {
            let (inner_attributes, rest) = split_inner_attributes(handler.body.stream());
            // In a block of its own, so that no item of the author's can replace a type in the
            // assertion.
            let mut rest = tokens::with_stream(&handler.body, rest);
            // With our span, because rustc would otherwise warn of unused braces.
            rest.set_span(Span::call_site().located_at(rest.span()));
            tokens::with_stream(&handler.body, quote!(#inner_attributes #assertion #rest))
        }
        None => handler.body.clone(),
    };
    let Handler { attrs, vis, qualifiers, fn_token, name, generics, output, where_clause, .. } = handler;
    // P1: a verification, a permission or a rule whose result is ignored is a forgotten check.
    // Allowed beside `forbid`.
    let must_use = quote!(#[deny(unused_must_use)]);
    // In front, so that a lint level of the author's comes later and wins.
    quote!(#must_use #(#attrs)* #relaxed #vis #qualifiers #fn_token #name #generics #list #output #where_clause #body)
}

fn proof(stated: &Authenticated, runtime: &TokenStream) -> TokenStream {
    let claims = claims(stated, runtime);
    let required = stated.requires.as_ref().map(ToTokens::to_token_stream);
    let with_rules = stated.rules.iter().rev().fold(required, |inner, rule| {
        let inner = inner.map(|inner| quote!(, #inner));
        Some(quote!(#runtime::permissions::WithRule<#rule #inner>))
    });
    let permission = match (&stated.despite, with_rules) {
        (Some(condition), Some(permission)) => Some(quote!(, #runtime::Despite<#condition, #permission>)),
        (Some(condition), None) => Some(quote!(, #runtime::Despite<#condition>)),
        (None, required) => required.map(|permission| quote!(, #permission)),
    };
    quote!(#runtime::Authenticated<#claims #permission>)
}

fn claims(stated: &Authenticated, runtime: &TokenStream) -> TokenStream {
    stated.claims.as_ref().map_or_else(|| quote!(#runtime::Claims), ToTokens::to_token_stream)
}

/// Makes rustc compare the type of the written parameter with the attribute.
///
/// P1: the macro recognises the parameter by its name, and another type of that name is not a
/// proof. A parameter that proves less than `requires = OrdersWrite` would mislead the reader of
/// the attribute. rustc reports at the written type.
fn agreement(written: &Type, stated: &Authenticated, runtime: &TokenStream) -> TokenStream {
    // With our span, so that lints of the author's crate do not apply.
    let at = Span::call_site().located_at(written.span());
    match stated {
        Authenticated { claims: None, requires: None, despite: None, rules, .. } if rules.is_empty() => {
            quote_spanned!(at=> #runtime::__macro::is_a_proof::<#written>();)
        }
        Authenticated { claims: Some(claims), requires: None, despite: None, rules, .. } if rules.is_empty() => {
            quote_spanned!(at=> #runtime::__macro::stated_claims::<#written, #claims>();)
        }
        Authenticated { .. } => {
            let stated = proof(stated, runtime);
            quote_spanned!(at=> #runtime::__macro::stated_proof::<#written, #stated>();)
        }
    }
}

fn public_agreement(written: &Type, runtime: &TokenStream) -> TokenStream {
    let at = Span::call_site().located_at(written.span());
    quote_spanned!(at=> #runtime::__macro::is_an_opt_out::<#written>();)
}

/// P1: as [`agreement`], for a set-up whose reason is in its type.
fn setup_agreement(written: &Type, runtime: &TokenStream) -> TokenStream {
    let at = Span::call_site().located_at(written.span());
    quote_spanned!(at=> #runtime::__macro::is_a_setup::<#written>();)
}

/// The proof of the set-up that the author has written, with the reason in its type.
fn setup_with_reason(written: &Type, reason: &TokenStream, runtime: &TokenStream) -> TokenStream {
    let at = Span::call_site().located_at(written.span());
    quote_spanned!(at=> <#written as #runtime::__macro::TakesReason<#reason>>::Setup)
}

/// P1: as [`agreement`], for the sender of a signature.
fn sender_agreement(written: &Type, sender: Option<&Type>, runtime: &TokenStream) -> TokenStream {
    let at = Span::call_site().located_at(written.span());
    quote_spanned!(at=> #runtime::__macro::stated_sender::<#written, #sender>();)
}

/// P1: as [`agreement`], for a visitor whose reason is in its type.
fn visitor_agreement(written: &Type, claims: &Type, runtime: &TokenStream) -> TokenStream {
    let at = Span::call_site().located_at(written.span());
    quote_spanned!(at=> #runtime::__macro::stated_claims::<#written, #claims>();)
}

/// The visitor that the author has written, with the reason in its type.
///
/// P1: not an assertion in the body, because another type of that name, or of other claims, is one
/// error then.
fn visitor(written: &Type, claims: &Type, reason: &TokenStream, runtime: &TokenStream) -> TokenStream {
    let at = Span::call_site().located_at(written.span());
    quote_spanned!(at=> <#written as #runtime::__macro::Recognises<#claims, #reason>>::Visitor)
}

/// Splits off `#![..]`, which has to stay at the start of the body.
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
#[cfg(test)]
mod tests_of_setups;
