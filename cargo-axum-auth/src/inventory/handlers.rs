//! Lists the handlers without a decision, with what they take today.

use super::callers::{Caller, Callers};
use super::evidence::{AllEvidence, Evidence};
use super::extensions::Extensions;
use super::functions::{Functions, Id};
use super::layers::{Covers, authenticates};
use super::routers::{Prefixes, joined};
use crate::scan::{Check, Function, LayerUse, Mount, Place, TypeTree, What};
use std::collections::{BTreeMap, BTreeSet};

/// A handler without a decision.
#[derive(Debug)]
pub(crate) struct HandlerRow {
    pub(crate) place: Place,
    pub(crate) name: String,
    /// `GET /orders`, with the prefixes of all routers around it.
    pub(crate) routes: BTreeSet<String>,
    pub(crate) today: Today,
    /// What it is given by its own parameters and code, in words.
    pub(crate) credentials: Vec<&'static str>,
    /// The permissions that its code checks.
    pub(crate) checks: Vec<Check>,
}

/// How a handler learns the caller today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Today {
    /// From this parameter.
    Caller { parameter: String, claims: String },
    /// From this parameter, if there is a caller.
    MaybeCaller { parameter: String, claims: String },
    /// It verifies a credential in its own code.
    ByHand,
    /// It verifies the signature of the request in its own code, with this.
    Signature { how: String },
    /// Not at all, but this layer rejects other requests.
    BehindLayer { layer: String, claims: Option<String> },
    /// Not at all, and it signs tokens.
    Issues,
    /// Not at all.
    Open,
    /// Its code is in another crate, or was not found.
    NotRead,
}

/// A handler, and the mounts of it.
#[derive(Default)]
struct Mounted<'s> {
    routes: BTreeSet<String>,
    /// The prefixes of `utoipa_axum::routes!`, which takes the path from the annotation.
    annotated: BTreeSet<String>,
    /// For each mount, the layers around it.
    layers: Vec<Vec<&'s LayerUse>>,
}

/// The context of the rows.
pub(super) struct Context<'a, 's> {
    pub(super) functions: &'a Functions<'s>,
    pub(super) extensions: &'a Extensions<'s>,
    pub(super) callers: &'a Callers,
    pub(super) evidence: &'a AllEvidence,
    pub(super) covers: &'a Covers,
    pub(super) prefixes: &'a Prefixes<'s>,
}

/// The handlers on plain routers, decided or not.
pub(super) struct Handlers {
    pub(super) rows: Vec<HandlerRow>,
    /// The handlers that have a decision already.
    pub(super) decided: usize,
    pub(super) ids: BTreeSet<Id>,
}

impl<'s> Context<'_, 's> {
    /// Lists the handlers of the files that `selected` names.
    pub(super) fn handlers(&self, selected: &dyn Fn(usize) -> bool) -> Handlers {
        let mut mounted: BTreeMap<Id, Mounted<'s>> = BTreeMap::new();
        let mut rows = Vec::new();
        for (file, scan) in self.functions.scans.iter().enumerate().filter(|(file, _)| selected(*file)) {
            for mount in scan.mounts.iter().filter(|mount| !mount.test) {
                let layers = self.covers.around(file, mount, self.functions);
                let prefixes = self.prefixes.of(file, mount);
                let routes: BTreeSet<String> = prefixes.iter().filter_map(|prefix| route(prefix, mount)).collect();
                match mount.handler.as_ref().map(|path| (path, self.functions.find(path))) {
                    Some((_, Some(id))) => {
                        let entry = mounted.entry(id).or_default();
                        if mount.method.is_empty() {
                            entry.annotated.extend(prefixes);
                        }
                        entry.routes.extend(routes);
                        entry.layers.push(layers);
                    }
                    Some((path, None)) => {
                        let name = path.0.first().map_or_else(String::new, |path| path.join("::"));
                        rows.push(row(mount, name, routes, Today::NotRead));
                    }
                    None => {
                        let today = self.behind(&[layers]).unwrap_or(Today::Open);
                        rows.push(row(mount, "a closure".to_owned(), routes, today));
                    }
                }
            }
        }
        for (id, function) in self.functions.all().filter(|(id, function)| selected(id.0) && !function.test) {
            if function.attributes.iter().any(|a| a.is("utoipa::path") || a.ends_in("debug_handler")) {
                mounted.entry(id).or_default();
            }
        }
        let ids = mounted.keys().copied().collect();
        let mut decided = 0;
        for (id, mut of) in mounted {
            let function = self.functions.get(id);
            if let Some((method, path)) = self.annotated(id, function) {
                // Elsewhere an annotation has the whole path.
                let prefixes =
                    if of.annotated.is_empty() { BTreeSet::from([String::new()]) } else { of.annotated.clone() };
                let routes = prefixes.iter().map(|prefix| format!("{method} {}", joined(prefix, &path)));
                of.routes.extend(routes.map(|route| route.trim_end().to_owned()));
            }
            let first = function.parameters.first();
            if function.is_handler() || first.is_some_and(|first| is_decision(&first.tree)) {
                decided += 1;
                continue;
            }
            rows.push(self.row(id, function, of));
        }
        rows.sort_by(|a, b| a.place.cmp(&b.place));
        // A program and a library may have the same file.
        rows.dedup_by(|a, b| (&a.place, &a.name) == (&b.place, &b.name));
        Handlers { rows, decided, ids }
    }

    fn row(&self, id: Id, function: &Function, of: Mounted<'s>) -> HandlerRow {
        let own = self.evidence.own(id);
        let reached = self.evidence.reached(id, self.functions);
        let request = self.evidence.of_the_request(id, self.functions);
        let found = function.parameters.iter().find_map(|parameter| {
            let caller = self.callers.of(&parameter.tree)?;
            Some((parameter, caller))
        });
        let checks = found.as_ref().map_or_else(Vec::new, |(parameter, _)| {
            function.checks.iter().filter(|check| check.is_of(&parameter.bindings)).cloned().collect()
        });
        let (today, evidence) = match found {
            Some((parameter, Caller { claims, optional, evidence })) => {
                let parameter = parameter.tokens.concat();
                let claims = claims.clone();
                if optional {
                    (Today::MaybeCaller { parameter, claims }, evidence)
                } else {
                    (Today::Caller { parameter, claims }, evidence)
                }
            }
            None if self.functions.verifies_signature(id).is_some() && !reached.issues => {
                let how = self.functions.verifies_signature(id).unwrap_or_default();
                (Today::Signature { how }, Evidence { bearer: false, ..own })
            }
            None if (request.reads_credential() && request.rejects && !request.issues)
                || (reached.decodes && (own.reads_credential() || !reached.issues)) =>
            {
                (Today::ByHand, request)
            }
            None => {
                let open = if reached.issues { Today::Issues } else { Today::Open };
                (self.behind(&of.layers).unwrap_or(open), Evidence { bearer: false, ..own })
            }
        };
        HandlerRow {
            place: function.place.clone(),
            name: function.name.clone(),
            routes: of.routes,
            today,
            credentials: evidence.credentials(),
            checks,
        }
    }

    /// The authentication layer around all mounts of a handler.
    fn behind(&self, mounts: &[Vec<&LayerUse>]) -> Option<Today> {
        let of = |layers: &Vec<&LayerUse>| {
            let found = layers
                .iter()
                .filter_map(|layer| authenticates(layer, self.functions, self.extensions, self.callers, self.evidence));
            found.into_iter().find(|auth| auth.evidence.rejects)
        };
        // One mount without the layer is open.
        let all: Option<Vec<_>> = mounts.iter().map(of).collect();
        let first = all?.into_iter().next()?;
        Some(Today::BehindLayer { layer: first.name, claims: first.claims })
    }

    /// `#[utoipa::path(get, path = "/orders")]`.
    fn annotated(&self, (file, _): Id, function: &Function) -> Option<(String, String)> {
        self.functions.scans[file].occurrences.iter().find_map(|occurrence| match &occurrence.what {
            What::Attribute { meant, arguments, function: of, .. }
                if meant.is("utoipa::path") && *of == function.name =>
            {
                let path = arguments.split("path =").nth(1)?.split('"').nth(1)?;
                let method = arguments.split(',').next()?.trim().to_uppercase();
                Some((method, path.to_owned()))
            }
            _ => None,
        })
    }
}

/// Whether a type is one of the decisions of `auth-runtime`.
fn is_decision(tree: &TypeTree) -> bool {
    ["Authenticated", "Public", "Setup", "Signed", "Visitor"].iter().any(|name| tree.is_ours(name))
}

fn route(prefix: &str, mount: &Mount) -> Option<String> {
    match &mount.route {
        Some(path) if !mount.method.is_empty() => {
            Some(format!("{} {}", mount.method, joined(prefix, path)).trim_end().to_owned())
        }
        None if mount.method == "FALLBACK" && prefix.is_empty() => Some("FALLBACK".to_owned()),
        None if mount.method == "FALLBACK" => Some(format!("FALLBACK {prefix}/*")),
        _ => None,
    }
}

fn row(mount: &Mount, name: String, routes: BTreeSet<String>, today: Today) -> HandlerRow {
    HandlerRow { place: mount.place.clone(), name, routes, today, credentials: Vec::new(), checks: Vec::new() }
}
