//! Finds the layers that authenticate, and the routes that are behind them.

use super::callers::{Callers, innermost};
use super::evidence::{AllEvidence, Evidence};
use super::extensions::Extensions;
use super::functions::{Functions, Id};
use super::routers::Router;
use crate::names::Parts;
use crate::scan::{ExtensionKind, LayerUse, Mount, Place, ResolvedPath, What, Within};
use std::collections::{BTreeMap, BTreeSet};

/// A row of the plan about a layer, an extractor or a helper.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LayerRow {
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) effect: Effect,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effect {
    /// It puts the caller into the request's extensions, as a value of this type.
    Inserts { value: Option<String> },
    /// It reads the caller from the request's extensions.
    Reads { value: Option<String> },
    /// It authenticates, and passes no caller on.
    Authenticates,
    /// It is an extractor that returns the caller.
    Extracts { claims: String, optional: bool, from: Vec<&'static str> },
}

/// What a layer does about authentication.
#[derive(Debug, Clone)]
pub(super) struct AuthLayer {
    pub(super) name: String,
    /// The type that it inserts.
    pub(super) claims: Option<String>,
    pub(super) evidence: Evidence,
}

/// Layers of other crates that reject unauthenticated requests.
const OF_OTHERS: [&str; 6] = [
    "AsyncRequireAuthorizationLayer",
    "KeycloakAuthLayer",
    "RequireAuthorizationLayer",
    "ValidateRequestHeaderLayer",
    "login_required",
    "permission_required",
];

/// A layer, by the number of its file and its number in the file.
type LayerId = (usize, usize);

/// The layers around each router of the workspace.
pub(super) struct Covers(BTreeMap<Router, BTreeSet<LayerId>>);

impl Covers {
    /// Follows routers through `merge`, `nest` and `layer`, across functions and variables.
    pub(super) fn collect(functions: &Functions<'_>) -> Self {
        let mut covers = Self(BTreeMap::new());
        loop {
            let mut changed = false;
            for (file, scan) in functions.scans.iter().enumerate() {
                for part in scan.parts.iter().filter(|part| !part.test) {
                    let Some(router) = Router::of(file, part, functions) else { continue };
                    let mut layers = covers.of(file, &part.within);
                    layers.extend(part.layers.iter().map(|number| (file, *number)));
                    let entry = covers.0.entry(router).or_default();
                    let before = entry.len();
                    entry.extend(layers);
                    changed |= entry.len() > before;
                }
            }
            if !changed {
                return covers;
            }
        }
    }

    fn of(&self, file: usize, within: &Within) -> BTreeSet<LayerId> {
        let routers = [Router::function(file, within), Router::variable(file, within)];
        routers.iter().flatten().filter_map(|router| self.0.get(router)).flatten().copied().collect()
    }

    /// Returns the layers around a mounted handler.
    pub(super) fn around<'s>(&self, file: usize, mount: &Mount, functions: &Functions<'s>) -> Vec<&'s LayerUse> {
        let mut layers = self.of(file, &mount.within);
        layers.extend(mount.layers.iter().map(|number| (file, *number)));
        layers.into_iter().map(|(file, number)| &functions.scans[file].layers[number]).collect()
    }
}

/// Returns what a layer does, if it authenticates.
pub(super) fn authenticates(
    layer: &LayerUse,
    functions: &Functions<'_>,
    extensions: &Extensions<'_>,
    callers: &Callers,
    evidence: &AllEvidence,
) -> Option<AuthLayer> {
    for path in &layer.names {
        if let Some(name) =
            OF_OTHERS.iter().find(|name| path.0.iter().any(|path| path.iter().any(|part| part == *name)))
        {
            let evidence = Evidence { bearer: true, rejects: true, ..Evidence::default() };
            return Some(AuthLayer { name: (*name).to_owned(), claims: None, evidence });
        }
        if let Some(extractor) = path.0.iter().find_map(|path| callers.extractors.get(path)) {
            let evidence = Evidence { rejects: !extractor.optional, ..extractor.evidence };
            return Some(AuthLayer { name: extractor.name.clone(), claims: Some(extractor.name.clone()), evidence });
        }
        let ids = match functions.find(path) {
            Some(id) => vec![id],
            None => functions_of_the_layer(path, functions),
        };
        let reached: BTreeSet<Id> = ids.iter().flat_map(|id| functions.reached(*id)).collect();
        let found = reached.iter().fold(Evidence::default(), |all, id| all.or(evidence.own(*id)));
        let inserted = extensions.insertions().filter(|typed| typed.of.kind == ExtensionKind::Insert);
        let mut inserted = inserted.filter(|typed| typed.id().is_some_and(|id| reached.contains(&id)));
        let claims = inserted.find_map(|typed| {
            let tree = typed.tree.as_ref()?;
            callers.inserted_as(tree)?;
            Some(innermost(tree).path()?.last().to_owned())
        });
        // A rate limit may read the token too, to count by caller.
        let own = ids.iter().fold(Evidence::default(), |all, id| all.or(evidence.own(*id)));
        let is_named = ids.iter().any(|id| is_auth_name(&functions.get(*id).name)) || is_auth_name(path.last());
        if claims.is_some() || (found.reads_credential() && (own.rejects || is_named)) {
            return Some(AuthLayer { name: path.last().to_owned(), claims, evidence: found });
        }
    }
    None
}

fn is_auth_name(name: &str) -> bool {
    let name = name.to_lowercase();
    ["admin", "auth", "jwt", "login", "permission", "protect", "require", "session"]
        .iter()
        .any(|part| name.contains(part))
}

/// Returns the functions of a tower layer: of its `Layer`, and of the `Service` that it makes.
fn functions_of_the_layer(path: &ResolvedPath, functions: &Functions<'_>) -> Vec<Id> {
    let is = |of: &ResolvedPath, wanted: &[Parts]| {
        of.0.iter()
            .any(|of| wanted.iter().any(|path| path == of || path.split_last().is_some_and(|(_, path)| path == of)))
    };
    let (mut wanted, mut found) = (path.0.clone(), Vec::new());
    for _ in 0..2 {
        let before = wanted.clone();
        for (file, scan) in functions.scans.iter().enumerate() {
            for of in scan.implementations.iter().filter(|of| is(&of.for_path, &before)) {
                let is_layer = ["Layer", "Service", "AuthorizeRequest", "AsyncAuthorizeRequest", "ValidateRequest"];
                if !is_layer.iter().any(|name| of.of.ends_in(name)) {
                    continue;
                }
                found.extend(of.functions.clone().map(|number| (file, number)));
                wanted.extend(of.occurrences.clone().flat_map(|number| match &scan.occurrences[number].what {
                    What::Path { meant, .. } => meant.0.clone(),
                    _ => Vec::new(),
                }));
            }
        }
    }
    found
}

/// Lists the layers, extractors and helpers that the move changes.
pub(super) fn rows(
    functions: &Functions<'_>,
    extensions: &Extensions<'_>,
    callers: &Callers,
    evidence: &AllEvidence,
    handlers: &BTreeSet<Id>,
) -> BTreeSet<LayerRow> {
    let mut rows = BTreeSet::new();
    let name_of = |id: Option<Id>| id.map_or_else(String::new, |id| functions.get(id).name.clone());
    let mut inserting = BTreeSet::new();
    for typed in extensions.all.iter().filter(|typed| !typed.of.test) {
        let value = match &typed.tree {
            Some(tree) if callers.inserted_as(tree).is_some() => innermost(tree).path().map(ResolvedPath::last),
            None if typed.authenticates && typed.of.kind == ExtensionKind::Insert => None,
            _ => continue,
        };
        let value = value.map(str::to_owned);
        if typed.id().is_some_and(|id| handlers.contains(&id)) {
            continue;
        }
        let effect = if typed.reads() {
            Effect::Reads { value }
        } else {
            inserting.extend(typed.id());
            Effect::Inserts { value }
        };
        rows.insert(LayerRow { place: typed.of.place.clone(), name: name_of(typed.id()), effect });
    }
    for extractor in callers.extractors.values() {
        let effect = Effect::Extracts {
            claims: extractor.claims().to_owned(),
            optional: extractor.optional,
            from: extractor.evidence.credentials(),
        };
        rows.insert(LayerRow { place: extractor.place.clone(), name: extractor.name.clone(), effect });
    }
    let layers = functions.scans.iter().flat_map(|scan| &scan.layers).filter(|layer| !layer.test);
    for (layer, path) in layers.flat_map(|layer| layer.names.iter().map(move |path| (layer, path))) {
        let Some(id) = functions.find(path).filter(|id| !inserting.contains(id)) else { continue };
        let reached = functions.reached(id);
        if authenticates(layer, functions, extensions, callers, evidence).is_some_and(|auth| auth.name == path.last())
            && reached.is_disjoint(&inserting)
        {
            let place = functions.get(id).place.clone();
            rows.insert(LayerRow { place, name: name_of(Some(id)), effect: Effect::Authenticates });
        }
    }
    rows
}
