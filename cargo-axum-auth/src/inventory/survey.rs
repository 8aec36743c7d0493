//! Surveys one service.

use super::callers::Callers;
use super::evidence::AllEvidence;
use super::extensions::Extensions;
use super::functions::Functions;
use super::handlers::{Context, HandlerRow};
use super::layers::{Covers, LayerRow, rows};
use super::routers::Prefixes;
use super::tokens::{TokenRow, issued, verified};
use crate::base::{Package, Workspace};
use crate::names::Names;
use crate::scan::{FileScan, Place, What, scan};
use crate::sources::{Sources, Unreadable};

/// What a service does about authentication today.
#[derive(Debug)]
pub(crate) struct Survey {
    /// The handlers without a decision.
    pub(crate) handlers: Vec<HandlerRow>,
    /// The number of handlers with a decision, on plain routers.
    pub(crate) decided: usize,
    pub(crate) layers: Vec<LayerRow>,
    pub(crate) issued: Vec<TokenRow>,
    pub(crate) verified: Vec<TokenRow>,
    /// How the service writes its OpenAPI document.
    pub(crate) openapi: Option<OpenApi>,
    pub(crate) unreadable: Vec<Unreadable>,
    /// The `unsafe` code of the service.
    pub(crate) unsafe_code: Vec<Place>,
    /// Whether the service has an `AuthRouter`.
    pub(crate) has_auth_router: bool,
}

/// Reads a service, and the packages of the workspace that it depends on.
pub(crate) fn survey(workspace: &Workspace, service: &Package) -> Survey {
    let sources = Sources::read(workspace, false);
    let names = Names::of(&sources);
    let all: Vec<_> = sources
        .crates
        .iter()
        .flat_map(|krate| krate.files.iter().map(move |file| (krate, file)))
        .filter(|(krate, file)| belongs(krate.package, service) && !file.test)
        .map(|(krate, file)| (krate, scan(file, &names)))
        .collect();
    let scans: Vec<&FileScan> = all.iter().map(|(_, scan)| scan).collect();
    let functions = Functions::collect(&scans);
    let evidence = AllEvidence::collect(&functions);
    let extensions = Extensions::collect(&functions, &evidence);
    let callers = Callers::collect(&functions, &extensions, &evidence);
    let (covers, prefixes) = (Covers::collect(&functions), Prefixes::collect(&functions));
    let context = Context {
        functions: &functions,
        extensions: &extensions,
        callers: &callers,
        evidence: &evidence,
        covers: &covers,
        prefixes: &prefixes,
    };
    let handlers = context.handlers(&|_| true);
    let layers = rows(&functions, &extensions, &callers, &evidence, &handlers.ids);
    let has_auth_router = scans.iter().flat_map(|scan| &scan.occurrences).any(|occurrence| {
        !occurrence.test
            && matches!(&occurrence.what, What::Path { meant, .. } if meant.is_in("auth_runtime::AuthRouter"))
    });
    let own =
        all.iter().filter(|(krate, _)| krate.package.name == service.name).flat_map(|(_, scan)| &scan.occurrences);
    let unsafe_code = own.filter(|occurrence| !occurrence.test && matches!(occurrence.what, What::Unsafe(_)));
    let unsafe_code = unsafe_code.map(|occurrence| occurrence.place.clone()).collect();
    Survey {
        unsafe_code,
        handlers: handlers.rows,
        decided: handlers.decided,
        layers: layers.into_iter().collect(),
        issued: issued(&functions),
        verified: verified(&functions, &evidence),
        openapi: scans.iter().filter_map(|scan| OpenApi::of(scan)).max(),
        unreadable: sources.unreadable.clone(),
        has_auth_router,
    }
}

/// Whether a package is the service, or one that it names.
fn belongs(package: &Package, service: &Package) -> bool {
    let name = package.name.replace('-', "_");
    package.name == service.name || service.externs.values().any(|real| *real == name && !real.starts_with("auth_"))
}

/// How a service writes its OpenAPI document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum OpenApi {
    /// From annotations, beside a router of axum.
    Utoipa,
    /// From annotations, by the router that mounts them.
    UtoipaAxum,
}

impl OpenApi {
    fn of(scan: &FileScan) -> Option<Self> {
        let found = scan.occurrences.iter().filter(|occurrence| !occurrence.test).filter_map(|occurrence| {
            match &occurrence.what {
                What::Path { meant, .. } | What::Macro { meant, .. } if meant.is_in("utoipa_axum") => {
                    Some(Self::UtoipaAxum)
                }
                What::Attribute { meant, .. } if meant.is("utoipa::path") => Some(Self::Utoipa),
                _ => None,
            }
        });
        found.max()
    }
}
