//! Finds side doors by name: routers, servers, services, decoders that verify no signature.

use super::Finding;
use super::rules::{
    FALLBACK_SERVICE, JSONWEBTOKEN_DANGEROUS, NEST_SERVICE, PLAIN_AXUM_ROUTING, PLAIN_ROUTER, PLAIN_SERVE,
    ROUTE_SERVICE, Rule,
};
use crate::names::{Names, Parts};
use crate::scan::{FileScan, Function, Occurrence, ResolvedPath, What};
use std::collections::BTreeSet;

/// The names that a side door can have.
enum Door {
    /// This path.
    Is(&'static str),
    /// This path, or one below it.
    In(&'static str),
    /// A method or function of that name, in any crate.
    Named(&'static str),
}
use Door::{In, Is, Named};

/// The first match counts.
const DOORS: &[(&Rule, &[Door])] = &[
    (&ROUTE_SERVICE, &[Named("route_service")]),
    (&NEST_SERVICE, &[Named("nest_service")]),
    (&FALLBACK_SERVICE, &[Named("fallback_service")]),
    (
        &PLAIN_ROUTER,
        &[
            In("axum::Router"),
            In("axum::routing::Router"),
            // A handler that is served without a router.
            In("axum::handler::HandlerWithoutStateExt"),
            In("axum::handler::HandlerService"),
            // Routers of other crates that wrap the one of axum.
            In("utoipa_axum::router::OpenApiRouter"),
            In("aide::axum::ApiRouter"),
        ],
    ),
    (
        &PLAIN_SERVE,
        &[
            Is("axum::serve"),
            Is("axum::serve::serve"),
            In("axum_server"),
            In("hyper::Server"),
            In("hyper::server"),
            In("hyper_util::server"),
            In("hyper_util::service::TowerToHyperService"),
        ],
    ),
    (
        &PLAIN_AXUM_ROUTING,
        &[
            Is("axum::routing::any"),
            Is("axum::routing::any_service"),
            Is("axum::routing::connect"),
            Is("axum::routing::connect_service"),
            Is("axum::routing::delete"),
            Is("axum::routing::delete_service"),
            Is("axum::routing::get"),
            Is("axum::routing::get_service"),
            Is("axum::routing::head"),
            Is("axum::routing::head_service"),
            Is("axum::routing::on"),
            Is("axum::routing::on_service"),
            Is("axum::routing::options"),
            Is("axum::routing::options_service"),
            Is("axum::routing::patch"),
            Is("axum::routing::patch_service"),
            Is("axum::routing::post"),
            Is("axum::routing::post_service"),
            Is("axum::routing::put"),
            Is("axum::routing::put_service"),
            Is("axum::routing::trace"),
            Is("axum::routing::trace_service"),
            In("axum::routing::MethodRouter"),
            In("axum::routing::method_routing"),
        ],
    ),
    (
        &JSONWEBTOKEN_DANGEROUS,
        &[
            In("jsonwebtoken::dangerous"),
            Named("insecure_decode"),
            Named("insecure_decode_claims"),
            Named("insecure_disable_signature_validation"),
            // Of older versions.
            Named("dangerous_insecure_decode"),
            Named("dangerous_insecure_decode_with_validation"),
            Named("dangerous_unsafe_decode"),
        ],
    ),
];

/// The functions of the workspace that return an `AuthRouter`, by name.
///
/// A name that also belongs to another function is missing, because the lint could confuse the two.
pub(super) struct Gates(BTreeSet<String>);

impl Gates {
    pub(super) fn collect(scans: &[&FileScan]) -> Self {
        let is_gate = |function: &Function| function.output.as_ref().is_some_and(|output| output.is_ours("AuthRouter"));
        let functions = || scans.iter().flat_map(|scan| &scan.functions);
        let others: BTreeSet<&str> = functions().filter(|f| !is_gate(f)).map(|f| f.name.as_str()).collect();
        Self(functions().filter(|f| is_gate(f) && !others.contains(f.name.as_str())).map(|f| f.name.clone()).collect())
    }

    /// Whether a service is an `AuthRouter`, whose handlers all have a decision.
    fn holds(&self, service: Option<&ResolvedPath>, names: &Names) -> bool {
        service.is_some_and(|service| {
            let ours =
                |parts: &Parts| names.is_ours(&parts[0]) && parts.last().is_some_and(|name| self.0.contains(name));
            service.is_in("auth_runtime::AuthRouter") || service.0.iter().any(ours)
        })
    }
}

/// Reports the side doors of a file.
pub(super) fn find(scan: &FileScan, names: &Names, gates: &Gates, findings: &mut Vec<Finding>) {
    for Occurrence { place, test, what, .. } in &scan.occurrences {
        let (door, item) = match what {
            What::Path { meant, .. } => (through(meant, names), written(meant)),
            What::Reexport(meant) => (handed_on(meant, names), format!("re-export of {}", written(meant))),
            // One module behind the gate, in a plain router: the way of a service that moves over.
            What::Method { name, last, .. } if name == "nest_service" && gates.holds(last.as_ref(), names) => continue,
            What::Method { name, .. } => (called(name), format!(".{name}(..)")),
            // The tokens of a macro are occurrences of their own.
            What::Macro { .. } | What::Attribute { .. } | What::Waives(_) | What::Relaxed { .. } | What::Unsafe(_) => {
                continue;
            }
        };
        if let Some(rule) = door {
            let of_utoipa = rule.id == PLAIN_ROUTER.id && item.contains("utoipa_axum::");
            let instead = of_utoipa.then_some("`auth_runtime::openapi::OpenApiRouter` (feature `utoipa`)");
            findings.push(Finding { instead, ..Finding::new(rule, place, item, *test) });
        }
    }
}

fn through(meant: &ResolvedPath, names: &Names) -> Option<&'static Rule> {
    first(|door| match door {
        Is(path) => meant.is(path),
        In(path) => meant.is_in(path),
        // A single name is a variable. In a crate of the workspace, its own code is checked
        // instead.
        Named(name) => meant
            .0
            .iter()
            .any(|parts| parts.len() > 1 && parts.last().is_some_and(|last| last == name) && !names.is_ours(&parts[0])),
    })
}

/// A glob re-exports all items of a module, so the module counts too.
fn handed_on(meant: &ResolvedPath, names: &Names) -> Option<&'static Rule> {
    through(meant, names).or_else(|| (meant.is("axum") || meant.is("axum::routing")).then_some(&PLAIN_ROUTER))
}

fn called(method: &str) -> Option<&'static Rule> {
    first(|door| matches!(door, Named(name) if *name == method))
}

fn first(opens: impl Fn(&Door) -> bool) -> Option<&'static Rule> {
    DOORS.iter().find(|(_, doors)| doors.iter().any(&opens)).map(|(rule, _)| *rule)
}

/// The resolved path for the message: a side door if there is one.
fn written(meant: &ResolvedPath) -> String {
    meant
        .0
        .iter()
        .find(|parts| {
            // Joined once, because each of the doors is compared with it.
            let path = parts.join("::");
            DOORS.iter().any(|(_, doors)| doors.iter().any(|door| begins(door, &path)))
        })
        .or(meant.0.first())
        .map(|parts| parts.join("::"))
        .unwrap_or_default()
}

fn begins(door: &Door, path: &str) -> bool {
    match door {
        Is(door) | In(door) => path.starts_with(door),
        Named(name) => path.rsplit("::").next() == Some(name),
    }
}
