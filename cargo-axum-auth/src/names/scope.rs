//! Collects the declarations of one module or one block.

use proc_macro2::TokenTree;
use std::collections::{BTreeMap, BTreeSet};
use syn::ext::IdentExt;
use syn::{Item, Type, UseTree};

/// A path in its parts, the crate first once it is resolved.
pub(crate) type Parts = Vec<String>;

/// The declarations of one module or one block.
#[derive(Default)]
pub(crate) struct Scope {
    /// Names that stand for a path, which is written as it would be in that place.
    pub(super) stand_for: BTreeMap<String, Vec<Parts>>,
    pub(super) globs: Vec<Parts>,
    pub(super) own: BTreeSet<String>,
    /// `type Name<..> = ..`.
    pub(super) types: BTreeMap<String, syn::ItemType>,
}

impl Scope {
    pub(crate) fn of<'a>(items: impl IntoIterator<Item = &'a Item>) -> Self {
        let mut scope = Self::default();
        items.into_iter().for_each(|item| scope.declare(item));
        scope
    }

    pub(super) fn declare(&mut self, item: &Item) {
        match item {
            Item::Use(item) => self.import(&item.tree, Vec::new(), item.leading_colon.is_some()),
            Item::Type(item) => {
                self.types.insert(plain(&item.ident), item.clone());
                match &*item.ty {
                    Type::Path(ty) if ty.qself.is_none() => self.alias(plain(&item.ident), written(&ty.path)),
                    _ => drop(self.own.insert(plain(&item.ident))),
                }
            }
            Item::ExternCrate(item) => {
                let name = item.rename.as_ref().map_or(&item.ident, |(_, rename)| rename);
                let meant = if item.ident == "self" { "crate".to_owned() } else { format!("::{}", plain(&item.ident)) };
                self.alias(plain(name), vec![meant]);
            }
            Item::Const(item) => self.own(&item.ident),
            Item::Enum(item) => self.own(&item.ident),
            Item::Fn(item) => self.own(&item.sig.ident),
            Item::Mod(item) => self.own(&item.ident),
            Item::Static(item) => self.own(&item.ident),
            Item::Struct(item) => self.own(&item.ident),
            Item::Trait(item) => self.own(&item.ident),
            Item::Union(item) => self.own(&item.ident),
            Item::Macro(item) => {
                self.own.extend(declared(&item.mac));
            }
            _ => {}
        }
    }

    fn own(&mut self, name: &syn::Ident) {
        self.own.insert(plain(name));
    }

    fn alias(&mut self, name: String, path: Parts) {
        self.stand_for.entry(name).or_default().push(path);
    }

    fn import(&mut self, tree: &UseTree, mut before: Parts, absolute: bool) {
        let part = |ident: &syn::Ident| if absolute { format!("::{}", plain(ident)) } else { plain(ident) };
        match tree {
            UseTree::Path(path) => {
                before.push(part(&path.ident));
                self.import(&path.tree, before, false);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, before.clone(), absolute);
                }
            }
            UseTree::Glob(_) => self.globs.push(before),
            UseTree::Name(name) if name.ident == "self" => {
                if let Some(last) = before.last().map(|last| last.trim_start_matches(':').to_owned()) {
                    self.alias(last, before);
                }
            }
            UseTree::Name(name) => {
                before.push(part(&name.ident));
                self.alias(plain(&name.ident), before);
            }
            UseTree::Rename(rename) => {
                if rename.ident != "self" {
                    before.push(part(&rename.ident));
                }
                self.alias(plain(&rename.rename), before);
            }
        }
    }
}

/// The type that one of our macros declares: `capability!(pub Login for ..)`.
fn declared(call: &syn::Macro) -> Option<String> {
    let name = call.path.segments.last()?.ident.to_string();
    if !["capability", "job", "scope", "claim"].contains(&name.as_str()) {
        return None;
    }
    call.tokens.clone().into_iter().find_map(|token| match token {
        TokenTree::Ident(name) if name != "pub" => Some(plain(&name)),
        _ => None,
    })
}

/// A path as it is written, without generic arguments.
pub(crate) fn written(path: &syn::Path) -> Parts {
    let mut parts: Parts = path.segments.iter().map(|segment| plain(&segment.ident)).collect();
    if path.leading_colon.is_some()
        && let Some(first) = parts.first_mut()
    {
        first.insert_str(0, "::");
    }
    parts
}

/// A name without `r#`: `r#axum::Router` is the same router.
pub(crate) fn plain(name: &syn::Ident) -> String {
    name.unraw().to_string()
}
