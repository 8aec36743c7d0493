//! Attributes that decide where code runs.

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Item, Lit, Meta, Token};

/// Whether the code behind these attributes is compiled for tests only.
pub(crate) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let last = attribute.path().segments.last().map(|segment| segment.ident.to_string());
        match last.as_deref() {
            // `#[test]`, `#[tokio::test]`.
            Some("test" | "bench") => true,
            Some("cfg") => attribute.parse_args::<Meta>().is_ok_and(|condition| needs_test(&condition)),
            _ => false,
        }
    })
}

/// Whether a condition holds in tests only. `any(test, feature = "x")` may hold in other builds.
pub(super) fn needs_test(condition: &Meta) -> bool {
    let Meta::List(list) = condition else { return condition.path().is_ident("test") };
    let Ok(parts) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else { return false };
    if list.path.is_ident("all") {
        parts.iter().any(needs_test)
    } else if list.path.is_ident("any") {
        !parts.is_empty() && parts.iter().all(needs_test)
    } else {
        false
    }
}

/// Returns the files of `#[path = ".."]`, also inside of a `cfg_attr`.
pub(super) fn paths(attributes: &[Attribute]) -> Vec<String> {
    fn named(meta: &Meta, found: &mut Vec<String>) {
        match meta {
            Meta::NameValue(pair) if pair.path.is_ident("path") => {
                if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &pair.value {
                    found.push(text.value());
                }
            }
            Meta::List(list) if list.path.is_ident("cfg_attr") => {
                if let Ok(parts) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) {
                    parts.iter().skip(1).for_each(|meta| named(meta, found));
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for attribute in attributes {
        named(&attribute.meta, &mut found);
    }
    found
}

/// Returns the attributes of an item.
pub(crate) fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
