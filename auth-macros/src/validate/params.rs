//! Each parameter, with the error on its type.

use crate::args::Word;
use crate::errors::Errors;
use crate::handler::{Handler, Param};
use crate::types::{self, Proof};
use syn::Type;

/// The gate has an impl for each number of parameters up to this, the proof among them.
const MOST: usize = 16;

pub(super) fn check(word: Word, handler: &Handler, errors: &mut Errors) {
    let params = &handler.params;
    for (at, param) in params.iter().enumerate() {
        let refused = match Proof::seen_in(&param.ty) {
            Some(proof) => proof_refused(word, proof, at, params),
            None => types::never_extracted(&param.ty),
        };
        if let Some(message) = refused {
            errors.at(&param.ty, message);
        }
    }
    if let Some(first) = params.first() {
        first_param(word, first, errors);
    }
    count(word, params, errors);
}

fn proof_refused(word: Word, proof: Proof, at: usize, params: &[Param]) -> Option<String> {
    let message = match (proof, word) {
        // P3: the gate refuses these as well; this says so where it is mended.
        (Proof::Optional, Word::Authenticated) => {
            "an optional proof is no proof: the handler would run for anyone; take `Authenticated<..>` itself"
        }
        (Proof::Fallible, Word::Authenticated) => {
            "a proof in a `Result` is no proof: the handler would run for anyone; take `Authenticated<..>` itself"
        }
        (Proof::Optional, Word::Public) => {
            "an optional proof is no proof: the handler would run for anyone; leave it out, or write `#[authenticated]` and take `Authenticated<..>` itself"
        }
        (Proof::Fallible, Word::Public) => {
            "a proof in a `Result` is no proof: the handler would run for anyone; leave it out, or write `#[authenticated]` and take `Authenticated<..>` itself"
        }
        (Proof::Packed, _) => {
            "the proof is packed into another type, where the router cannot see it; make `Authenticated<..>` a parameter of its own, the first"
        }
        (Proof::Bare, Word::Public) => {
            "a public handler that takes a proof is a contradiction; write `#[authenticated]` instead of `#[public]`, or leave the parameter out"
        }
        (Proof::Bare, Word::Authenticated) if at == 0 => return None,
        (Proof::Bare, Word::Authenticated) if types::is_authenticated(&params[0].ty) => {
            "the proof is taken twice; leave this one out, and name all permissions in the first: `Authenticated<Claims, (A, B)>`"
        }
        // P4: nothing may be extracted before the caller is known.
        (Proof::Bare, Word::Authenticated) => {
            "the proof is not first, so other parameters would be read before the caller is known; move it to the front"
        }
    };
    Some(message.to_owned())
}

/// What the author has written as the first parameter decides, so it has to be there in every build, and mean the same
/// as the attribute.
fn first_param(word: Word, first: &Param, errors: &mut Errors) {
    if word == Word::Authenticated && types::is_public(&first.ty) {
        errors.at(
            &first.ty,
            "`Public<..>` on a handler that is `#[authenticated]` is a contradiction; leave the parameter out, or write `#[public]`",
        );
    }
    let is_decision = decides(word, &first.ty);
    let conditional = first.attrs.iter().find(|attr| attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr"));
    // P1: without it the handler would be mounted with a decision in one build and not in another.
    if let Some(attr) = conditional.filter(|_| is_decision) {
        errors.at(attr.path(), "the decision of who may call depends on a `cfg`; put the `cfg` on the handler, and write one for each case");
    }
}

/// Whether a first parameter of this type is the decision that the attribute would otherwise insert.
pub(crate) fn decides(word: Word, ty: &Type) -> bool {
    match word {
        Word::Authenticated => types::is_authenticated(ty),
        Word::Public => types::is_public(ty),
    }
}

fn count(word: Word, params: &[Param], errors: &mut Errors) {
    let inserted = usize::from(!params.first().is_some_and(|first| decides(word, &first.ty)));
    // A parameter under a `cfg` may not be there; the gate counts what is left.
    let certain = params.iter().filter(|param| !param.attrs.iter().any(|attr| attr.path().is_ident("cfg")));
    if let Some(beyond) = certain.into_iter().nth(MOST - inserted) {
        errors.at(
            &beyond.ty,
            format!("this is parameter number {}, the proof counted; a handler takes {MOST} at most: gather some in a struct with `#[derive(FromRequestParts)]`", MOST + 1),
        );
    }
}
