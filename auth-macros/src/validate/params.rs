//! Checks each parameter, with the error on its type.

use crate::args::AttributeKind;
use crate::errors::Errors;
use crate::handler::{Handler, Param};
use crate::types::{self, Proof};
use syn::Type;

/// The most parameters of a handler, including the proof. axum's own handlers have the same limit.
///
/// The only place that states the number: the gate of `auth-runtime` has its impls from
/// `for_each_arity!`.
pub(crate) const MAX_PARAMETERS: usize = 16;

pub(super) fn check(kind: AttributeKind, handler: &Handler, errors: &mut Errors) {
    let params = &handler.params;
    for (at, param) in params.iter().enumerate() {
        let refused = match Proof::find_in(&param.ty) {
            // P3: as an optional proof.
            _ if types::optional_inside(&param.ty).is_some() => {
                types::optional_inside(&param.ty).map(|caller| types::optional_caller(&caller))
            }
            Some(proof) => proof_refused(kind, proof, at, params),
            None if Proof::find_signed_in(&param.ty).is_some() => {
                Proof::find_signed_in(&param.ty).and_then(|proof| signed_refused(kind, proof, at, params))
            }
            None if setup_in(kind, &param.ty).is_some() => {
                setup_in(kind, &param.ty).and_then(|proof| setup_refused(kind, proof, at, params))
            }
            None if kind == AttributeKind::Setup && (types::is_public(&param.ty) || types::is_visitor(&param.ty)) => {
                let name = if types::is_public(&param.ty) { "Public" } else { "Visitor" };
                Some(format!(
                    "a `#[setup]` handler cannot take `{name}<..>`, because only the holder of the token may call it; remove the parameter"
                ))
            }
            None if kind == AttributeKind::Signed => beside_a_signature(&param.ty, at),
            // P4: nothing may be extracted before a bad token is rejected.
            None if at > 0 && types::is_visitor(&param.ty) => Some(VISITOR_IS_NOT_FIRST.to_owned()),
            None => types::never_extracted(&param.ty),
        };
        if let Some(message) = refused {
            errors.at(&param.ty, message);
        }
    }
    if let Some(first) = params.first() {
        first_param(kind, first, errors);
    }
    count(kind, params, errors);
}

const VISITOR_IS_NOT_FIRST: &str = "the visitor is not the first parameter, so others would be extracted before a bad token is rejected; move it to the front";

/// Refuses a parameter of a signed handler that is not the proof.
fn beside_a_signature(ty: &Type, at: usize) -> Option<String> {
    if types::is_public(ty) || types::is_visitor(ty) {
        let name = if types::is_public(ty) { "Public" } else { "Visitor" };
        return Some(format!(
            "a `#[signed]` handler cannot take `{name}<..>`, because only its sender may call it; remove the parameter, or write `#[public]` instead of `#[signed]`"
        ));
    }
    // P2: only verified bytes reach the handler.
    let Some(instead) = types::reads_body(ty) else { return types::never_extracted(ty) };
    let proof = if at == 0 { "take `event: Signed<..>` instead" } else { "remove it" };
    Some(format!(
        "this parameter reads the body, which the signature has verified and `Signed<..>` owns; {proof}, and write `{instead}` in the handler"
    ))
}

/// Finds the proof of a set-up. Under another attribute, `Setup` alone may be the user's own type.
fn setup_in(kind: AttributeKind, ty: &Type) -> Option<Proof> {
    if kind == AttributeKind::Setup { Proof::find_setup_in(ty) } else { Proof::find_setup_with_reason_in(ty) }
}

/// Refuses a `Setup` that is not the one decision of its handler.
fn setup_refused(kind: AttributeKind, proof: Proof, at: usize, params: &[Param]) -> Option<String> {
    let message = match (kind, proof) {
        (AttributeKind::Authenticated | AttributeKind::Public | AttributeKind::Signed, _) => {
            return Some(format!(
                "a handler makes one decision, and `Setup<..>` is one; write `#[setup(reason = \"..\")]` instead of `#[{}]`, or remove the parameter",
                kind.name()
            ));
        }
        // P3: as an optional caller.
        (_, Proof::Optional | Proof::Fallible) => {
            "an optional set-up proves nothing, so the handler would run for any client; take `Setup` itself"
        }
        (_, Proof::Packed) => {
            "the proof is inside of another type, where the router cannot find it; make `Setup` the first parameter"
        }
        (_, Proof::Bare) if at == 0 => return None,
        (_, Proof::Bare) if types::is_setup(&params[0].ty) => {
            "a second set-up; remove it, because a request has one token"
        }
        // P4: nothing may be extracted before the token is checked.
        (_, Proof::Bare) => {
            "the proof is not the first parameter, so others would be extracted for clients without the token; move it to the front"
        }
    };
    Some(message.to_owned())
}

/// Refuses a `Signed<..>` that is not the one decision of its handler.
fn signed_refused(kind: AttributeKind, proof: Proof, at: usize, params: &[Param]) -> Option<String> {
    let message = match (kind, proof) {
        (AttributeKind::Authenticated | AttributeKind::Public | AttributeKind::Setup, _) => {
            return Some(format!(
                "a handler makes one decision, and `Signed<..>` is one; write `#[signed(..)]` with its sender instead of `#[{}]`, or remove the parameter",
                kind.name()
            ));
        }
        // P3: as an optional caller.
        (_, Proof::Optional) => {
            "an optional signature proves nothing, so the handler would run for any client; take `Signed<..>` itself"
        }
        (_, Proof::Fallible) => {
            "a signature in a `Result` proves nothing, so the handler would run for any client; take `Signed<..>` itself"
        }
        (_, Proof::Packed) => {
            "the proof is inside of another type, where the router cannot find it; make `Signed<..>` the first parameter"
        }
        (_, Proof::Bare) if at == 0 => return None,
        (_, Proof::Bare) if types::is_signed(&params[0].ty) => {
            "a second signature; remove it, because one sender signs a request"
        }
        // P4: nothing may be extracted before the sender is known.
        (_, Proof::Bare) => {
            "the proof is not the first parameter, so others would be extracted from requests that may be forged; move it to the front"
        }
    };
    Some(message.to_owned())
}

fn proof_refused(kind: AttributeKind, proof: Proof, at: usize, params: &[Param]) -> Option<String> {
    let message = match (proof, kind) {
        // P3: the gate refuses these too, at the mount; this is where they are fixed.
        (Proof::Optional, AttributeKind::Authenticated) => {
            "an optional proof proves nothing, so the handler would run for any caller; take `Authenticated<..>` itself, or for guests and known callers write `#[public(reason = \"..\", optional = MyClaims)]` and take `Visitor<MyClaims>`"
        }
        (Proof::Fallible, AttributeKind::Authenticated) => {
            "a proof in a `Result` proves nothing, so the handler would run for any caller; take `Authenticated<..>` itself"
        }
        (Proof::Optional, AttributeKind::Public) => {
            "an optional proof proves nothing; for guests and known callers write `#[public(reason = \"..\", optional = MyClaims)]` and take `Visitor<MyClaims>`"
        }
        (Proof::Fallible, AttributeKind::Public) => {
            "a proof in a `Result` proves nothing; remove it, or write `#[authenticated]` and take `Authenticated<..>` itself"
        }
        (_, AttributeKind::Signed) => {
            "a signed request has a sender and no authenticated caller; remove the parameter, or write `#[authenticated]` instead of `#[signed]`"
        }
        (_, AttributeKind::Setup) => {
            "a set-up has no authenticated caller, because the service has no user yet; remove the parameter, or write `#[authenticated]` instead of `#[setup]`"
        }
        (Proof::Packed, _) => {
            "the proof is inside of another type, where the router cannot find it; make `Authenticated<..>` the first parameter"
        }
        (Proof::Bare, AttributeKind::Public) => {
            "a public handler cannot take a proof, because its caller may be unauthenticated; write `#[authenticated]` instead of `#[public]`, or remove the parameter"
        }
        (Proof::Bare, AttributeKind::Authenticated) if at == 0 => return None,
        (Proof::Bare, AttributeKind::Authenticated) if types::is_authenticated(&params[0].ty) => {
            "a second proof; remove it, and write all permissions in the first: `Authenticated<Claims, (A, B)>`"
        }
        // P4: nothing may be extracted before the caller is authenticated.
        (Proof::Bare, AttributeKind::Authenticated) => {
            "the proof is not the first parameter, so others would be extracted for unauthenticated callers; move it to the front"
        }
    };
    Some(message.to_owned())
}

/// Checks a decision that the author has written as the first parameter.
///
/// It must be there in every build, and agree with the attribute.
fn first_param(kind: AttributeKind, first: &Param, errors: &mut Errors) {
    if kind == AttributeKind::Authenticated && types::is_public(&first.ty) {
        errors.at(
            &first.ty,
            "an `#[authenticated]` handler cannot take `Public<..>`; remove the parameter, or write `#[public]`",
        );
    }
    if kind == AttributeKind::Authenticated && types::is_visitor(&first.ty) {
        errors.at(
            &first.ty,
            "an `#[authenticated]` handler cannot take `Visitor<..>`, whose caller may be a guest; take `Authenticated<..>`, or write `#[public(reason = \"..\", optional = MyClaims)]`",
        );
    }
    let is_decision = decides(kind, &first.ty);
    let conditional = first.attrs.iter().find(|attr| attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr"));
    // P1: otherwise the handler would have this decision in one build and not in another.
    if let Some(attr) = conditional.filter(|_| is_decision) {
        errors.at(attr.path(), "the decision who may call this handler depends on a `cfg`; write one handler for each case, with the `cfg` on it");
    }
}

/// Returns whether a first parameter of this type is the decision that the attribute would
/// otherwise insert.
pub(crate) fn decides(kind: AttributeKind, ty: &Type) -> bool {
    match kind {
        AttributeKind::Authenticated => types::is_authenticated(ty),
        AttributeKind::Public => types::is_public(ty) || types::is_visitor(ty),
        AttributeKind::Setup => types::is_setup(ty),
        AttributeKind::Signed => types::is_signed(ty),
    }
}

fn count(kind: AttributeKind, params: &[Param], errors: &mut Errors) {
    let inserted = usize::from(!params.first().is_some_and(|first| decides(kind, &first.ty)));
    // A parameter under a `cfg` may be absent; the gate counts those that remain.
    let certain = params.iter().filter(|param| !param.attrs.iter().any(|attr| attr.path().is_ident("cfg")));
    if let Some(beyond) = certain.into_iter().nth(MAX_PARAMETERS - inserted) {
        errors.at(
            &beyond.ty,
            format!("this is parameter {}, counted with the proof, and a handler takes at most {MAX_PARAMETERS}; move some into a struct with `#[derive(FromRequestParts)]`", MAX_PARAMETERS + 1),
        );
    }
}
