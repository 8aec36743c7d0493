//! What the types of parameters look like. Names are read only to improve a message or to see what the author has
//! written already; the gate of `auth-runtime` decides by the types themselves.

use crate::tokens::{any_ident, show};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type};

/// How a parameter's type has to do with `Authenticated<..>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// `Authenticated<..>` itself.
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
    pub(crate) fn seen_in(ty: &Type) -> Option<Self> {
        let ty = without_groups(ty);
        if is_authenticated(ty) {
            return Some(Self::Bare);
        }
        let within = parts(ty).into_iter().find_map(Self::seen_in)?;
        Some(match within {
            Self::Optional | Self::Fallible => within,
            Self::Bare | Self::Packed => match generic_name(ty).as_deref() {
                Some("Option") => Self::Optional,
                Some("Result") => Self::Fallible,
                // Something of the author's own, such as `State<..>`: it may well be another type of that name, and the
                // gate decides.
                Some(name) if !matches!(name, "Arc" | "Box" | "Extension" | "Mutex" | "Rc") => return None,
                _ => Self::Packed,
            },
        })
    }
}

pub(crate) fn is_authenticated(ty: &Type) -> bool {
    generic_name(ty).as_deref() == Some("Authenticated")
}

pub(crate) fn is_public(ty: &Type) -> bool {
    generic_name(ty).as_deref() == Some("Public")
}

pub(crate) fn is_unit(ty: &Type) -> bool {
    matches!(without_groups(ty), Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// Why no request can ever give a value of this type, with what to write instead; `None` if the traits have to decide.
pub(crate) fn never_extracted(ty: &Type) -> Option<String> {
    let ty = without_groups(ty);
    let shown = show(ty.to_token_stream());
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
                "is borrowed; a handler owns what it is given: take `{owned}`, or an extractor such as `Path<String>`"
            )
        }
        Type::Slice(_) => "has no size of its own; take `Bytes`, or an extractor such as `Json<Vec<_>>`".to_owned(),
        Type::TraitObject(_) => {
            format!("has no size of its own; name a type, or share it in the state: `State<Arc<{shown}>>`")
        }
        Type::Array(_) => format!("is no extractor; say where in the request it is: `Json<{shown}>`"),
        Type::Ptr(_) => "is a raw pointer, which no request can give; take a value through an extractor".to_owned(),
        Type::FnPtr(_) => {
            format!("is a function, which no request can give; put it into the state: `State<{shown}>`")
        }
        Type::Never(_) => "has no values, so the handler could never run; leave the parameter out".to_owned(),
        Type::Infer(_) => "leaves the type open; name the type of the extractor".to_owned(),
        _ if is_str(ty) => "has no size of its own; take `String`, or an extractor such as `Path<String>`".to_owned(),
        _ if is_number(ty) => {
            format!("is no extractor; say where in the request it is: `Path<{shown}>`, or in `Query<..>` or `Json<..>`")
        }
        // Not only `x: impl Trait`: `State<impl Trait>` makes a generic parameter as well, which a mount cannot choose.
        _ if any_ident(ty.to_token_stream(), &|word| word == "impl") => {
            "leaves the type open, and the router cannot choose one; name the type".to_owned()
        }
        _ if borrows(ty) => {
            format!("borrows from the request, which a handler can't; take `{}`", owned(&shown))
        }
        _ => return None,
    };
    Some(format!("`{shown}` {why}"))
}

/// Whether somewhere inside stands a reference that is not `'static`, as in `Path<&str>`.
fn borrows(ty: &Type) -> bool {
    let ty = without_groups(ty);
    match ty {
        Type::Reference(reference) => reference.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident != "static"),
        _ => parts(ty).into_iter().any(borrows),
    }
}

/// The same type with texts of its own.
fn owned(shown: &str) -> String {
    shown.replace("&'_ str", "String").replace("&str", "String").replace("&'_ ", "").replace('&', "")
}

/// Whether a function can have a parameter of this type at all, by the look of it.
pub(crate) fn fits_a_signature(ty: &Type) -> bool {
    let ty = without_groups(ty);
    !is_str(ty) && !matches!(ty, Type::Slice(_) | Type::TraitObject(_) | Type::Never(_) | Type::Infer(_))
}

fn is_str(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident("str"))
}

/// A number, a truth value or a character: the commonest parameter that was not said where to find.
fn is_number(ty: &Type) -> bool {
    const NUMBERS: &str = "bool char f32 f64 i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize";
    matches!(ty, Type::Path(path) if path.qself.is_none() && NUMBERS.split(' ').any(|name| path.path.is_ident(name)))
}

/// The type inside the invisible groups of `macro_rules!` and inside parentheses.
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

/// The types that values of this type may hold, by the look of it.
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

    fn seen_in(text: &str) -> Option<Proof> {
        Proof::seen_in(&syn::parse_str(text).expect("a type"))
    }

    #[test]
    fn a_proof_is_seen_wherever_it_is_packed() {
        assert_eq!(seen_in("Authenticated<Claims>"), Some(Proof::Bare));
        assert_eq!(seen_in("::auth_runtime::Authenticated<C, (P, Q)>"), Some(Proof::Bare));
        assert_eq!(seen_in("(Authenticated::<C>)"), Some(Proof::Bare));
        assert_eq!(seen_in("Option<auth::Authenticated<C>>"), Some(Proof::Optional));
        assert_eq!(seen_in("std::result::Result<Authenticated<C>, E>"), Some(Proof::Fallible));
        assert_eq!(seen_in("Extension<Option<Authenticated<C>>>"), Some(Proof::Optional));
        assert_eq!(seen_in("Option<Box<Authenticated<C>>>"), Some(Proof::Optional));
        assert_eq!(seen_in("&mut Authenticated<C>"), Some(Proof::Packed));
        assert_eq!(seen_in("(State<App>, Authenticated<C>)"), Some(Proof::Packed));
    }

    #[test]
    fn a_users_own_type_of_that_name_is_not_ours() {
        for text in ["Authenticated", "Option<Authenticated>", "State<Authenticated>", "Result<Claims>"] {
            assert_eq!(seen_in(text), None, "{text}");
        }
    }

    #[test]
    fn what_no_request_can_give_is_told_from_what_the_traits_decide() {
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
    fn nothing_is_nothing_in_parentheses_too() {
        assert!(is_unit(&syn::parse_quote!((()))));
        assert!(!is_unit(&syn::parse_quote!((A,))));
    }
}
