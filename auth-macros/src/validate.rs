//! Checks the definition of a handler.
//!
//! The gate would refuse the same at the mount, but an error is more precise here.

mod params;
mod signature;

pub(crate) use params::MAX_PARAMETERS;
pub(crate) use signature::returns_future;

use crate::args::{AttributeKind, Decision, REASON, Setup};
use crate::errors::Errors;
use crate::handler::{A_CLOSURE, Handler, UnsupportedItem};
use crate::tokens::any_ident;
use crate::types::{self, Proof};
use quote::ToTokens;
use syn::{Attribute, Type};

/// Checks the handler without the arguments of the attribute.
pub(crate) fn handler(kind: AttributeKind, handler: &Handler, errors: &mut Errors) {
    attributes(kind, &handler.attrs, errors);
    signature::check(handler, errors);
    params::check(kind, handler, errors);
}

/// Checks the arguments against the parameter that the author has written.
pub(crate) fn decision(decision: &Decision, handler: &Handler, errors: &mut Errors) {
    match decision {
        Decision::Authenticated(stated) => stated.rules.iter().for_each(|rule| asked(rule, handler, errors)),
        Decision::Setup(setup) => return of_setup(setup, handler, errors),
        Decision::Public(_) | Decision::Signed(_) => {}
    }
    let Some(first) = handler.params.first() else { return };
    let public = match decision {
        Decision::Public(public) => public,
        // P1: the reader of the attribute must learn that a condition is not checked.
        Decision::Authenticated(stated) if !stated.has_despite && types::waives(&first.ty) => {
            if types::is_authenticated(&first.ty) {
                errors.at(
                    &first.ty,
                    "`Despite<..>` waives a condition, and the attribute does not say so; add `despite = ..` with the condition: `#[authenticated(MyClaims, despite = MustChangePassword)]`",
                );
            }
            return;
        }
        // P1: the reader of the attribute must learn which rule decides.
        Decision::Authenticated(stated) if !stated.has_rule && types::declares(&first.ty) => {
            if types::is_authenticated(&first.ty) {
                errors.at(
                    &first.ty,
                    "`WithRule<..>` declares a rule, and the attribute does not say so; add `rule = ..` with it: `#[authenticated(MyClaims, rule = OwnsOrder)]`",
                );
            }
            return;
        }
        Decision::Authenticated(_) | Decision::Setup(_) | Decision::Signed(_) => return,
    };
    let is_visitor = types::is_visitor(&first.ty);
    if is_visitor && !public.has_optional {
        errors.at(
            &first.ty,
            "a `Visitor<..>` recognises callers, and the attribute does not say so; add `optional = ..` with its claims: `#[public(reason = \"..\", optional = MyClaims)]`",
        );
    } else if public.has_optional && types::is_public(&first.ty) {
        errors.at(
            &first.ty,
            "`Public<..>` recognises no caller, and the attribute has `optional`; take `Visitor<..>`, or remove `optional`",
        );
    } else if let Some(name) = &public.reason_name
        && (types::is_public(&first.ty) || types::has_reason(&first.ty))
    {
        let remedy = if is_visitor { "write `Visitor<C>`" } else { "remove the parameter" };
        errors.at(
            name,
            format!("the reason is given twice, here and in the type of the first parameter; {remedy}, or remove `reason` and `expires`"),
        );
    }
}

/// P9: refuses a declared rule that the handler does not name. The gate finds the rest at run time:
/// a rule that is asked in one branch only.
fn asked(rule: &Type, handler: &Handler, errors: &mut Errors) {
    let Some(name) = types::last_name(rule) else { return };
    let is_it = |ident: &str| ident == name;
    // The proof declares the rule, and does not ask it.
    let proof = usize::from(handler.params.first().is_some_and(|first| types::is_authenticated(&first.ty)));
    let in_params = handler.params[proof..].iter().any(|param| any_ident(param.ty.to_token_stream(), &is_it));
    if in_params || any_ident(handler.output.clone(), &is_it) || any_ident(handler.body.stream(), &is_it) {
        return;
    }
    errors.at(
        rule,
        format!(
            "the rule `{name}` is declared, and this handler does not ask it; write `auth.permit::<{name}, _>(object)?`, or for a function that asks it, the type of its result: `let object: Permitted<_, {name}> = ..`"
        ),
    );
}

/// Checks that the handler can close the set-up, and that the set-up has one reason.
fn of_setup(setup: &Setup, handler: &Handler, errors: &mut Errors) {
    let first = handler.params.first().map(|first| &first.ty);
    let Some(written) = first.filter(|ty| types::is_setup(ty)) else {
        // Elsewhere or inside of another type, it has an error already.
        if !handler.params.iter().any(|param| Proof::find_setup_in(&param.ty).is_some()) {
            errors.at(
                &handler.name,
                "this handler does not take the proof of the set-up, so it could not close it; write `setup: Setup` as its first parameter, and `setup.close().await?` before it creates the first user",
            );
        }
        return;
    };
    match &setup.reason_name {
        Some(name) if types::is_setup_with_reason(written) => errors.at(
            name,
            "the reason is given twice, here and in the type of the first parameter; write `Setup`, or remove `reason`",
        ),
        None if !types::is_setup_with_reason(written) && !setup.has_other => errors.push(syn::Error::new(
            proc_macro2::Span::call_site(),
            format!("`#[setup]` does not say what the set-up is for; write `#[setup({REASON})]`"),
        )),
        _ => {}
    }
}

/// Refuses an item that is not a function with a body.
pub(crate) fn unsupported(kind: AttributeKind, item: &UnsupportedItem, errors: &mut Errors) {
    let name = kind.name();
    let remedy = match item.kind {
        "an `impl` block" | "a module" => "annotate each handler in it",
        "a trait" => "write the proof into its signatures, and annotate the functions of the `impl`",
        A_CLOSURE if kind == AttributeKind::Signed => {
            "write the proof as its first parameter: `async |event: Signed<GitHub>| ..`"
        }
        A_CLOSURE if kind == AttributeKind::Setup => {
            "write the proof as its first parameter: `async |setup: Setup| ..`"
        }
        A_CLOSURE => "write the proof as its first parameter: `async |_: Authenticated<Claims>| ..`",
        "a function without a body" => "write the proof out here, and annotate the function that implements it",
        _ => "move it to the `async fn` that answers the request",
    };
    errors.at(&item.keyword, format!("`#[{name}]` annotates one handler, not {}; {remedy}", item.kind));
}

/// P1: one handler, one decision. A second one would be expanded after this one, and their order
/// would choose.
fn attributes(kind: AttributeKind, attrs: &[Attribute], errors: &mut Errors) {
    // Only the first one is reported, because it may be the only one that has to be removed.
    let Some((attr, second)) = attrs.iter().find_map(|attr| Some((attr, AttributeKind::of(attr)?))) else {
        return;
    };
    if second == kind {
        errors.at(attr.path(), format!("`#[{}]` twice on one handler; remove one", kind.name()));
    } else {
        let mut both = [kind.name(), second.name()];
        both.sort_unstable();
        let [first, second] = both;
        errors.at(
            attr.path(),
            format!("both `#[{first}]` and `#[{second}]` on one handler; keep the one that says who may call it"),
        );
    }
}
