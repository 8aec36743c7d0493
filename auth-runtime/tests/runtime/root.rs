//! The root of `auth_runtime` has the items that most services name, and the modules by topic.
//!
//! An item with a module of its own topic is found there, and each item has one public path.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use syn::{Attribute, File, Item, Meta, UseTree, Visibility};

/// State in the review why most services name a new one. Otherwise it belongs in a module.
const ITEMS: [&str; 35] = [
    "AnyOf",
    "AuthEvent",
    "AuthRouter",
    "Authenticated",
    "Claims",
    "ConfigError",
    "Denied",
    "Despite",
    "Events",
    "Identity",
    "Job",
    "KeySet",
    "LoadPrincipal",
    "MethodRoutes",
    "Permission",
    "Permitted",
    "Posture",
    "Public",
    "Rejection",
    "Rule",
    "Setup",
    "Signed",
    "TokenIssuer",
    "TokenType",
    "Vault",
    "Verifier",
    "VerifyingKey",
    "Visitor",
    "authenticated",
    "public",
    "routing",
    "serve",
    "setup",
    "shutdown_signal",
    "signed",
];

/// The macros that are exported by `#[macro_export]`, which puts them at the root.
const MACROS: [&str; 6] = ["capability", "claim", "grpc_methods", "job", "scope", "signature"];

/// `serve` is a function and a module, as in axum, and `setup` an attribute and a module. They are
/// in the list of the items.
const MODULES: [&str; 17] = [
    "api_keys",
    "credentials",
    "decision",
    "events",
    "keys",
    "manual",
    "openapi",
    "opt_out",
    "permissions",
    "posture",
    "revocation",
    "rules",
    "services",
    "signatures",
    "streams",
    "testing",
    "vault",
];

/// Compiler messages and the macros name them. The documentation does not.
const HIDDEN: [&str; 9] = [
    "Extracts",
    "ExtractsLast",
    "Handler",
    "HandlerFn",
    "Proof",
    "SetupGateFor",
    "SignaturesFor",
    "VerifierFor",
    "__macro",
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

pub(crate) fn parsed(path: &Path) -> File {
    syn::parse_file(&fs::read_to_string(path).expect("a readable file")).expect("Rust")
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("doc") && list.tokens.to_string() == "hidden",
        _ => false,
    })
}

fn used(tree: &UseTree, found: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => used(&path.tree, found),
        UseTree::Name(name) => found.push(name.ident.to_string()),
        UseTree::Rename(rename) => found.push(rename.rename.to_string()),
        UseTree::Glob(_) => found.push("*".to_owned()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| used(tree, found)),
    }
}

/// The names that a file exports: those in the documentation, and those hidden from it.
pub(crate) fn exported(file: &File) -> (Vec<String>, Vec<String>) {
    let (mut shown, mut hidden) = (Vec::new(), Vec::new());
    for item in &file.items {
        let (visibility, attributes, name) = match item {
            Item::Use(item) => (&item.vis, &item.attrs, None),
            Item::Const(item) => (&item.vis, &item.attrs, Some(&item.ident)),
            Item::Enum(item) => (&item.vis, &item.attrs, Some(&item.ident)),
            Item::Fn(item) => (&item.vis, &item.attrs, Some(&item.sig.ident)),
            Item::Mod(item) => (&item.vis, &item.attrs, Some(&item.ident)),
            Item::Static(item) => (&item.vis, &item.attrs, Some(&item.ident)),
            Item::Struct(item) => (&item.vis, &item.attrs, Some(&item.ident)),
            Item::Trait(item) => (&item.vis, &item.attrs, Some(&item.ident)),
            Item::Type(item) => (&item.vis, &item.attrs, Some(&item.ident)),
            Item::ExternCrate(item) => (&item.vis, &item.attrs, Some(&item.ident)),
            Item::Union(item) => (&item.vis, &item.attrs, Some(&item.ident)),
            _ => panic!("an item of another kind, which this test cannot read: move it into a file of its own"),
        };
        if matches!(visibility, Visibility::Public(_)) {
            let names = if is_hidden(attributes) { &mut hidden } else { &mut shown };
            match (item, name) {
                (Item::Use(item), _) => used(&item.tree, names),
                (_, name) => names.extend(name.map(ToString::to_string)),
            }
        }
    }
    (shown, hidden)
}

fn set<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

#[test]
fn the_root_exports_the_listed_names_only() {
    let (shown, hidden) = exported(&parsed(&source().join("lib.rs")));
    let expected = set(ITEMS.into_iter().chain(MODULES));
    assert_eq!(shown.into_iter().collect::<BTreeSet<_>>(), expected, "move a new item into the module of its topic");
    assert_eq!(hidden.into_iter().collect::<BTreeSet<_>>(), set(HIDDEN));
}

#[test]
fn the_root_exports_the_listed_macros_only() {
    let mut found = BTreeSet::new();
    let mut folders = vec![source()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.extend(parsed(&path).items.iter().filter_map(|item| match item {
                    Item::Macro(item)
                        if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) =>
                    {
                        item.ident.as_ref().map(ToString::to_string)
                    }
                    _ => None,
                }));
            }
        }
    }
    assert_eq!(found, set(MACROS));
}

/// Each item of the documentation, with the module that exports it.
pub(crate) fn public_paths() -> Vec<(String, String)> {
    let (root, _) = exported(&parsed(&source().join("lib.rs")));
    let mut paths: Vec<(String, String)> = root.into_iter().map(|name| (name, "root".to_owned())).collect();
    let folder = |module: &str| match module {
        "decision" | "openapi" | "opt_out" | "revocation" => source().join(module).join("mod.rs"),
        _ => source().join("topics").join(module).with_extension("rs"),
    };
    // The chapters of the manual are named after their topics, and have no items.
    for module in MODULES.into_iter().filter(|module| *module != "manual").chain(["serve", "setup"]) {
        let (shown, hidden) = exported(&parsed(&folder(module)));
        paths.extend(shown.into_iter().chain(hidden).map(|name| (name, module.to_owned())));
    }
    paths
}

#[test]
fn each_item_has_one_public_path() {
    let paths = public_paths();
    let names: BTreeSet<_> = paths.iter().map(|(name, _)| name).collect();
    let of = |name: &String| paths.iter().filter(|path| path.0 == *name).collect::<Vec<_>>();
    // `serve` is a function and the module of its topic, and `setup` an attribute and its module.
    let is_both = |name: &str| matches!(name, "serve" | "setup");
    let twice: Vec<_> = names.into_iter().map(of).filter(|of| of.len() > 1 && !is_both(&of[0].0)).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn an_export_is_found_in_each_form() {
    for (code, name) in [
        ("pub use a::b::{c::New};", "New"),
        ("pub use a::Old as New;", "New"),
        ("pub use a::*;", "*"),
        ("pub struct New;", "New"),
        ("pub mod new {}", "new"),
        ("pub extern crate new;", "new"),
    ] {
        assert_eq!(exported(&syn::parse_file(code).expect("Rust")).0, [name], "{code}");
    }
    assert!(exported(&syn::parse_file("pub(crate) use a::New; use b::Own;").expect("Rust")).0.is_empty());
}
