//! P5: classifies the public functions of axum's routers.
//!
//! A version of axum that adds a function fails this test, until a developer has decided what it
//! means for a router on which each route has a decision.

use auth_runtime::{AuthRouter, MethodRoutes, routing};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use syn::{ImplItem, Item, Type, Visibility};

/// What became of an entry of axum's.
#[derive(Clone, Copy)]
enum Here {
    /// Offered under the same name, with a proof where axum has none.
    Offered,
    /// Not offered, and why.
    Not(&'static str),
}

use Here::{Not, Offered};

const SERVICE: &str = "a service has no parameter for a proof; `public_service` and `authenticated_service` put a decision in front of it";
const PEER: &str = "`AuthRouter` itself is a make-service for `axum::serve`, and tells the peer";

const ROUTER: &[(&str, Here)] = &[
    ("new", Offered),
    ("route", Offered),
    ("nest", Offered),
    ("merge", Offered),
    ("layer", Offered),
    ("route_layer", Offered),
    ("fallback", Offered),
    ("method_not_allowed_fallback", Offered),
    ("with_state", Offered),
    ("into_make_service", Offered),
    ("into_make_service_with_connect_info", Not(PEER)),
    ("route_service", Not(SERVICE)),
    ("nest_service", Not(SERVICE)),
    ("fallback_service", Not(SERVICE)),
    ("as_service", Not("lends the inner router as a service; `AuthRouter` is one")),
    ("into_service", Not("the same, by value")),
    ("reset_fallback", Not("an answer that was decided on would go away unseen; a second one panics instead")),
    ("has_routes", Not("the posture lists the routes")),
    ("without_v07_checks", Not("paths that read like parameters and are none")),
];

const METHOD_ROUTER: &[(&str, Here)] = &[
    ("new", Offered),
    ("on", Offered),
    ("fallback", Offered),
    ("layer", Offered),
    ("route_layer", Offered),
    ("merge", Offered),
    ("get", Offered),
    ("post", Offered),
    ("put", Offered),
    ("patch", Offered),
    ("delete", Offered),
    ("head", Offered),
    ("options", Offered),
    ("trace", Offered),
    ("connect", Offered),
    ("with_state", Not("the router gets the state")),
    ("into_make_service", Not("a path alone is not served; its router is")),
    ("into_make_service_with_connect_info", Not("a path alone is not served; its router is")),
    ("handle_error", Not("the handlers here have no error; a layer that has one wraps its own")),
    ("on_service", Not(SERVICE)),
    ("fallback_service", Not(SERVICE)),
    ("get_service", Not(SERVICE)),
    ("post_service", Not(SERVICE)),
    ("put_service", Not(SERVICE)),
    ("patch_service", Not(SERVICE)),
    ("delete_service", Not(SERVICE)),
    ("head_service", Not(SERVICE)),
    ("options_service", Not(SERVICE)),
    ("trace_service", Not(SERVICE)),
    ("connect_service", Not(SERVICE)),
];

const FUNCTIONS: &[(&str, Here)] = &[
    ("get", Offered),
    ("post", Offered),
    ("put", Offered),
    ("patch", Offered),
    ("delete", Offered),
    ("head", Offered),
    ("options", Offered),
    ("trace", Offered),
    ("connect", Offered),
    ("any", Offered),
    ("on", Offered),
    ("any_service", Not(SERVICE)),
    ("on_service", Not(SERVICE)),
    ("get_service", Not(SERVICE)),
    ("post_service", Not(SERVICE)),
    ("put_service", Not(SERVICE)),
    ("patch_service", Not(SERVICE)),
    ("delete_service", Not(SERVICE)),
    ("head_service", Not(SERVICE)),
    ("options_service", Not(SERVICE)),
    ("trace_service", Not(SERVICE)),
    ("connect_service", Not(SERVICE)),
];

#[test]
fn every_entry_of_axums_routers_is_classified() {
    let routing = axum_sources().join("routing");
    let router = entries(&routing.join("mod.rs"), Some("Router"));
    let method_router = entries(&routing.join("method_routing.rs"), Some("MethodRouter"));
    let functions = entries(&routing.join("method_routing.rs"), None);
    assert_classified("axum::Router", &router, ROUTER);
    assert_classified("axum::routing::MethodRouter", &method_router, METHOD_ROUTER);
    assert_classified("axum::routing", &functions, FUNCTIONS);
}

/// What is said to be offered is there, and what is said not to be is not.
#[test]
fn what_is_classified_is_so() {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/router");
    for (file, of, table) in [
        ("auth_router.rs", Some("AuthRouter"), ROUTER),
        ("method_routes.rs", Some("MethodRoutes"), METHOD_ROUTER),
        ("method_routes.rs", None, FUNCTIONS),
    ] {
        let mut offered = entries(&ours.join(file), of);
        if of == Some("AuthRouter") {
            offered.extend(entries(&ours.join("into_service.rs"), of));
        }
        for (name, here) in table {
            match here {
                Offered => assert!(offered.contains(&(*name).to_owned()), "`{name}` is not offered in {file}"),
                Not(_) => assert!(!offered.contains(&(*name).to_owned()), "`{name}` is offered in {file}"),
            }
        }
    }
    // Named, so that it is this crate's interface that is meant, not only its text.
    let _: fn(AuthRouter, &str, MethodRoutes) -> AuthRouter = AuthRouter::route;
    let _: fn(_) -> MethodRoutes =
        routing::get::<fn(auth_runtime::Public<auth_runtime::opt_out::NoReason>) -> std::future::Ready<()>, _, _, ()>;
}

fn assert_classified(of: &str, found: &[String], table: &[(&str, Here)]) {
    assert!(found.len() > 15, "{of}: axum's sources were not understood: {found:?}");
    let table: BTreeMap<_, _> = table.iter().copied().collect();
    for name in found {
        let Some(here) = table.get(name.as_str()) else {
            panic!(
                "`{of}::{name}` is not classified: can it mount something without a decision, or hand out the inner router?"
            );
        };
        if let Not(why) = here {
            assert!(!why.is_empty());
        }
    }
    for name in table.keys() {
        assert!(found.iter().any(|found| found == name), "`{of}` has no `{name}` any more");
    }
}

/// Lists the public functions of a type, or of the file itself.
///
/// A function that a macro makes has the name of the macro's first argument.
fn entries(file: &Path, of: Option<&str>) -> Vec<String> {
    let source = std::fs::read_to_string(file).expect("a readable source");
    let file = syn::parse_file(&source).expect("Rust");
    let items = file.items.into_iter().flat_map(|item| match item {
        // Ours keeps its functions in a module.
        Item::Mod(module) if module.ident == "routing" => module.content.map(|(_, items)| items).unwrap_or_default(),
        item => vec![item],
    });
    let mut names: Vec<String> = items
        .flat_map(|item| match (item, of) {
            (Item::Impl(of_type), Some(name)) if of_type.trait_.is_none() && is_named(&of_type.self_ty, name) => {
                of_type.items.iter().filter_map(method).collect()
            }
            (Item::Fn(function), None) if matches!(function.vis, Visibility::Public(_)) => {
                vec![function.sig.ident.to_string()]
            }
            (Item::Macro(call), None) if call.ident.is_none() => first_word(&call.mac).into_iter().collect(),
            _ => Vec::new(),
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

fn method(item: &ImplItem) -> Option<String> {
    match item {
        ImplItem::Fn(function) if matches!(function.vis, Visibility::Public(_)) => Some(function.sig.ident.to_string()),
        ImplItem::Macro(call) => first_word(&call.mac),
        _ => None,
    }
}

fn first_word(call: &syn::Macro) -> Option<String> {
    call.tokens.clone().into_iter().next().map(|word| word.to_string())
}

fn is_named(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

/// The sources of the axum that this crate is built with.
fn axum_sources() -> PathBuf {
    let run = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
        let output = test_support::run(command);
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    // For this platform only: what others need was never fetched.
    let rustc = run("rustc", &["-vV"]);
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let metadata = run(env!("CARGO"), &["metadata", "--format-version", "1", "--locked", "--filter-platform", host]);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).expect("metadata");
    let packages = metadata["packages"].as_array().expect("packages");
    let axum = packages.iter().find(|package| package["name"] == "axum").expect("axum among the dependencies");
    Path::new(axum["manifest_path"].as_str().expect("a path")).parent().expect("a folder").join("src")
}
