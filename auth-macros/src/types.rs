//! Recognises the types of parameters by name.
//!
//! This improves messages, and finds a proof that the author has written. The gate of
//! `auth-runtime` decides by the types themselves.

use crate::tokens::{any_ident, show};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type};

/// Where a proof, `Authenticated<..>` or `Signed<..>`, is in a parameter's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The proof itself.
    Bare,
    /// Inside an `Option<..>`, at any depth.
    Optional,
    /// Inside a `Result<..>`, at any depth.
    Fallible,
    /// Inside something else: `&..`, `Box<..>`, a tuple.
    Packed,
}

impl Proof {
    /// Looks for `Authenticated<..>`. A type of that name without arguments is the user's own.
    pub(crate) fn find_in(ty: &Type) -> Option<Self> {
        Self::find(ty, is_authenticated)
    }

    /// Looks for `Signed<..>`, as for `Authenticated<..>`.
    pub(crate) fn find_signed_in(ty: &Type) -> Option<Self> {
        Self::find(ty, is_signed)
    }

    /// Looks for `Setup` with or without its reason.
    pub(crate) fn find_setup_in(ty: &Type) -> Option<Self> {
        Self::find(ty, is_setup)
    }

    /// Looks for `Setup<..>`. Without arguments it may be the user's own type.
    pub(crate) fn find_setup_with_reason_in(ty: &Type) -> Option<Self> {
        Self::find(ty, is_setup_with_reason)
    }

    fn find(ty: &Type, is_proof: fn(&Type) -> bool) -> Option<Self> {
        let ty = without_groups(ty);
        if is_proof(ty) {
            return Some(Self::Bare);
        }
        let within = parts(ty).into_iter().find_map(|part| Self::find(part, is_proof))?;
        Some(match within {
            Self::Optional | Self::Fallible => within,
            Self::Bare | Self::Packed => match generic_name(ty).as_deref() {
                Some("Option") => Self::Optional,
                Some("Result") => Self::Fallible,
                // A type such as `State<..>` may hold another type of that name; the gate
                // decides.
                Some(name) if !matches!(name, "Arc" | "Box" | "Extension" | "Mutex" | "Rc") => return None,
                _ => Self::Packed,
            },
        })
    }
}

pub(crate) fn is_authenticated(ty: &Type) -> bool {
    generic_name(ty).as_deref() == Some("Authenticated")
}

/// Whether the type is, or contains, a waiver of a condition: `Despite<..>`.
pub(crate) fn waives(ty: &Type) -> bool {
    let ty = without_groups(ty);
    generic_name(ty).as_deref() == Some("Despite") || parts(ty).into_iter().any(waives)
}

/// Whether the type is, or contains, a declared rule: `WithRule<..>`.
pub(crate) fn declares(ty: &Type) -> bool {
    let ty = without_groups(ty);
    generic_name(ty).as_deref() == Some("WithRule") || parts(ty).into_iter().any(declares)
}

/// The last name of a path: `OwnsOrder` of `rules::OwnsOrder<u8>`.
pub(crate) fn last_name(ty: &Type) -> Option<String> {
    match without_groups(ty) {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

pub(crate) fn is_signed(ty: &Type) -> bool {
    generic_name(ty).as_deref() == Some("Signed")
}

/// Whether the type is `Setup` or `Setup<..>`. Asked under `#[setup]` only.
pub(crate) fn is_setup(ty: &Type) -> bool {
    matches!(without_groups(ty), Type::Path(path)
        if path.qself.is_none() && path.path.segments.last().is_some_and(|last| last.ident == "Setup"))
}

/// Whether the author has written the reason into `Setup<R>`.
pub(crate) fn is_setup_with_reason(ty: &Type) -> bool {
    generic_name(ty).as_deref() == Some("Setup")
}

/// Returns what of the body an extractor of axum would read, as the method of `Signed` that
/// replaces it. `None` if the traits have to decide.
pub(crate) fn reads_body(ty: &Type) -> Option<String> {
    let ty = without_groups(ty);
    match generic_name(ty).as_deref() {
        Some("Json") => {
            let parsed = parts(ty).into_iter().next().map(|inner| show(inner.to_token_stream()))?;
            return Some(format!("event.json::<{parsed}>()?"));
        }
        Some("Form" | "Multipart") => return Some("event.bytes()".to_owned()),
        _ => {}
    }
    let Type::Path(path) = ty else { return None };
    let name = &path.path.segments.last()?.ident;
    let is_body = ["Body", "Bytes", "Multipart", "RawForm", "Request", "String"].iter().any(|body| name == body);
    is_body.then(|| "event.bytes()".to_owned())
}

/// Returns the `C` of `Option<C>` and `Result<C, E>`.
pub(crate) fn optional(ty: &Type) -> Option<String> {
    let ty = without_groups(ty);
    let inner = matches!(generic_name(ty).as_deref(), Some("Option" | "Result")).then(|| parts(ty).into_iter().next());
    inner.flatten().map(|inner| show(inner.to_token_stream()))
}

/// Returns the `C` of `Authenticated<Option<C>>` and `Visitor<Option<C>>`.
pub(crate) fn optional_inside(ty: &Type) -> Option<String> {
    let is_decision = is_authenticated(ty) || is_visitor(ty);
    optional(parts(without_groups(ty)).into_iter().next().filter(|_| is_decision)?)
}

/// Why the caller of a decision is not optional, and what to write instead.
pub(crate) fn optional_caller(caller: &str) -> String {
    format!(
        "an optional caller proves nothing, so the handler would run for any caller; write `{caller}`, or for guests and known callers `#[public(reason = \"..\", optional = {caller})]` with `Visitor<{caller}>`"
    )
}

pub(crate) fn is_public(ty: &Type) -> bool {
    generic_name(ty).as_deref() == Some("Public")
}

pub(crate) fn is_visitor(ty: &Type) -> bool {
    generic_name(ty).as_deref() == Some("Visitor")
}

/// Returns whether the author has written the reason into `Visitor<C, R>`.
pub(crate) fn has_reason(ty: &Type) -> bool {
    is_visitor(ty) && parts(without_groups(ty)).len() > 1
}

pub(crate) fn is_unit(ty: &Type) -> bool {
    matches!(without_groups(ty), Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// Returns why no request can give a value of this type, and what to write instead. `None` if the
/// traits have to decide.
pub(crate) fn never_extracted(ty: &Type) -> Option<String> {
    let ty = without_groups(ty);
    // Only for a refusal, because most types are not refused.
    let shown = || show(ty.to_token_stream());
    let why = match ty {
        Type::Reference(reference) => {
            let target = without_groups(&reference.elem);
            let owned = match target {
                Type::Slice(slice) => format!("Vec<{}>", show(slice.elem.to_token_stream())),
                _ if is_str(target) => "String".to_owned(),
                Type::TraitObject(_) => format!("State<Arc<{}>>", show(target.to_token_stream())),
                _ => show(target.to_token_stream()),
            };
            format!(
                "is borrowed, and a handler takes owned values; write `{owned}`, or an extractor such as `Path<String>`"
            )
        }
        Type::Slice(_) => "is unsized; write `Bytes`, or an extractor such as `Json<Vec<_>>`".to_owned(),
        Type::TraitObject(_) => {
            format!("is unsized; write a concrete type, or share the object in the state: `State<Arc<{}>>`", shown())
        }
        Type::Array(_) => format!("is not an extractor; write where in the request the value is: `Json<{}>`", shown()),
        Type::Ptr(_) => "is a raw pointer, which no request contains; take a value through an extractor".to_owned(),
        Type::FnPtr(_) => {
            format!("is a function, which no request contains; put it into the state: `State<{}>`", shown())
        }
        Type::Never(_) => "has no values, so the handler could never run; remove the parameter".to_owned(),
        Type::Infer(_) => "does not name a type; write the type of the extractor".to_owned(),
        _ if is_str(ty) => "is unsized; write `String`, or an extractor such as `Path<String>`".to_owned(),
        _ if is_number(ty) => {
            format!(
                "is not an extractor; write where in the request the value is: `Path<{}>`, or in `Query<..>` or `Json<..>`",
                shown()
            )
        }
        // Not only `x: impl Trait`: `State<impl Trait>` is a generic parameter too, which the
        // router cannot choose.
        _ if any_ident(ty.to_token_stream(), &|name| name == "impl") => {
            "does not name a type, and the router cannot choose one; write the type".to_owned()
        }
        _ if borrows(ty) => {
            format!("borrows from the request, which a handler cannot; write `{}`", owned(&shown()))
        }
        _ => return None,
    };
    Some(format!("`{}` {why}", shown()))
}

/// Returns whether the type contains a reference that is not `'static`, as in `Path<&str>`.
fn borrows(ty: &Type) -> bool {
    let ty = without_groups(ty);
    match ty {
        Type::Reference(reference) => reference.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident != "static"),
        _ => parts(ty).into_iter().any(borrows),
    }
}

/// Replaces the references by owned types.
fn owned(shown: &str) -> String {
    shown.replace("&'_ str", "String").replace("&str", "String").replace("&'_ ", "").replace('&', "")
}

/// Returns whether a function can have a parameter of this type, judged by its syntax.
pub(crate) fn fits_a_signature(ty: &Type) -> bool {
    let ty = without_groups(ty);
    !is_str(ty) && !matches!(ty, Type::Slice(_) | Type::TraitObject(_) | Type::Never(_) | Type::Infer(_))
}

fn is_str(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident("str"))
}

/// A number, a `bool` or a `char`: the most common parameter that lacks its extractor.
fn is_number(ty: &Type) -> bool {
    const NUMBERS: &str = "bool char f32 f64 i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize";
    let Type::Path(path) = ty else { return false };
    let name = path.path.get_ident().filter(|_| path.qself.is_none()).map(ToString::to_string);
    name.is_some_and(|name| NUMBERS.split(' ').any(|number| number == name))
}

/// Removes the invisible groups of `macro_rules!`, and parentheses.
pub(crate) fn without_groups(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            _ => return ty,
        };
    }
}

/// `Name` of `path::to::Name<..>`.
fn generic_name(ty: &Type) -> Option<String> {
    match without_groups(ty) {
        Type::Path(path) if path.qself.is_none() => {
            let last = path.path.segments.last()?;
            matches!(last.arguments, PathArguments::AngleBracketed(_)).then(|| last.ident.to_string())
        }
        _ => None,
    }
}

/// The types inside of this type, judged by its syntax.
fn parts(ty: &Type) -> Vec<&Type> {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .iter()
            .filter_map(|segment| match &segment.arguments {
                PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
                _ => None,
            })
            .flatten()
            .filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
            .collect(),
        Type::Reference(reference) => vec![&reference.elem],
        Type::Ptr(pointer) => vec![&pointer.elem],
        Type::Slice(slice) => vec![&slice.elem],
        Type::Array(array) => vec![&array.elem],
        Type::Tuple(tuple) => tuple.elems.iter().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Proof, is_unit, never_extracted};

    fn find_in(text: &str) -> Option<Proof> {
        Proof::find_in(&syn::parse_str(text).expect("a type"))
    }

    #[test]
    fn a_proof_is_found_inside_of_other_types() {
        assert_eq!(find_in("Authenticated<Claims>"), Some(Proof::Bare));
        assert_eq!(find_in("::auth_runtime::Authenticated<C, (P, Q)>"), Some(Proof::Bare));
        assert_eq!(find_in("(Authenticated::<C>)"), Some(Proof::Bare));
        assert_eq!(find_in("Option<auth::Authenticated<C>>"), Some(Proof::Optional));
        assert_eq!(find_in("std::result::Result<Authenticated<C>, E>"), Some(Proof::Fallible));
        assert_eq!(find_in("Extension<Option<Authenticated<C>>>"), Some(Proof::Optional));
        assert_eq!(find_in("Option<Box<Authenticated<C>>>"), Some(Proof::Optional));
        assert_eq!(find_in("&mut Authenticated<C>"), Some(Proof::Packed));
        assert_eq!(find_in("(State<App>, Authenticated<C>)"), Some(Proof::Packed));
    }

    #[test]
    fn a_users_own_type_of_that_name_is_not_ours() {
        for text in ["Authenticated", "Option<Authenticated>", "State<Authenticated>", "Result<Claims>"] {
            assert_eq!(find_in(text), None, "{text}");
        }
    }

    #[test]
    fn types_that_no_request_can_give_are_refused_and_the_traits_decide_the_rest() {
        for text in [
            "&str",
            "[u8]",
            "str",
            "dyn Any",
            "impl Copy",
            "State<impl Copy>",
            "*const u8",
            "fn()",
            "!",
            "[u8; 2]",
            "u64",
            "_",
        ] {
            let why = never_extracted(&syn::parse_str(text).expect("a type"));
            assert!(why.is_some_and(|why| why.starts_with(&format!("`{text}` "))), "{text}");
        }
        for text in ["String", "(State<A>, Path<u8>)", "()", "Self", "T::Item", "Box<dyn Any>", "Json<[u8; 2]>", "m!()"]
        {
            assert_eq!(never_extracted(&syn::parse_str(text).expect("a type")), None, "{text}");
        }
    }

    #[test]
    fn unit_is_unit_in_parentheses_too() {
        assert!(is_unit(&syn::parse_quote!((()))));
        assert!(!is_unit(&syn::parse_quote!((A,))));
    }
}
