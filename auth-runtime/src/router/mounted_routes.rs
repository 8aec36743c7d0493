//! Tracks the routes of axum's router for the posture.
//!
//! It follows axum's rules for which handler answers (`MethodRouter::merge`, `Router::merge`,
//! `nest`, `layer`), because the posture must show what a request reaches, in whatever order it was
//! mounted.

use super::posture::{Posture, RoutePosture, without_repetition};
use super::unmatched;
use axum::routing::MethodRouter;
use std::collections::BTreeMap;

pub(super) struct MountedRoutes<S> {
    /// The rows by method, the jobs, and the fallbacks of whole routers (`/*`, `/v1/*`).
    pub(super) routes: Vec<RoutePosture>,
    /// By path: the answer to methods without their own row.
    others: BTreeMap<String, RoutePosture>,
    /// The layers around axum's 404. One of them may answer instead.
    pub(super) fallback_layers: Vec<&'static str>,
    /// Whether the router has a fallback for unmatched paths. Otherwise they get axum's 404.
    pub(super) has_fallback: bool,
    /// The prefixes below which unmatched routes are hidden.
    pub(super) hidden: Vec<String>,
    /// Kept, so that it also applies to later routes.
    pub(super) method_fallback: Option<MethodFallback<S>>,
}

/// The answer to unmatched methods of routes without their own fallback.
pub(super) struct MethodFallback<S> {
    pub(super) answer: MethodRouter<S>,
    pub(super) row: RoutePosture,
}

impl<S> MountedRoutes<S> {
    /// Sets the answer of a path to other methods, and merges it with an earlier one.
    pub(super) fn answer_others(&mut self, row: RoutePosture) {
        let answer = match self.others.remove(&row.path) {
            Some(first) => first.merged_with(row),
            None => row,
        };
        self.others.insert(answer.path.clone(), answer);
    }

    /// Applies the router's fallback to every path without its own, where it replaces axum's 405
    /// and its layers.
    pub(super) fn answer_unmatched_methods(&mut self) {
        let Some(MethodFallback { row, .. }) = &self.method_fallback else { return };
        for (path, others) in &mut self.others {
            if others.is_unmatched() {
                *others = row.clone().at(path);
            }
        }
    }

    /// Adds rows. Two fallbacks below one prefix would each answer for some of its paths only.
    #[track_caller]
    fn take(&mut self, rows: impl Iterator<Item = RoutePosture>) {
        for row in rows {
            let is_duplicate = row.is_fallback()
                && self.routes.iter().any(|other| other.method == row.method && other.path == row.path);
            assert!(!is_duplicate, "two routers have a {} at `{}`: keep one of them", row.method, row.path);
            self.routes.push(row);
        }
    }

    /// Adds the routes of an inner router. Its 404 and the layers around it are dropped, because
    /// the outer router answers unmatched paths.
    #[track_caller]
    pub(super) fn nest(&mut self, prefix: &str, inner: Self) {
        self.take(inner.routes.into_iter().map(|row| row.under(prefix)));
        inner.others.into_values().for_each(|row| self.answer_others(row.under(prefix)));
        self.hidden.extend(inner.hidden.iter().map(|below| format!("{}{below}", prefix.trim_end_matches('/'))));
        self.assert_hidden();
    }

    #[track_caller]
    pub(super) fn merge(&mut self, other: Self) {
        // axum keeps a fallback that is not its own 404, and of two 404s the second.
        if !self.has_fallback && !other.has_fallback {
            self.fallback_layers = other.fallback_layers;
        }
        self.has_fallback |= other.has_fallback;
        // Routes without a fallback get that of the other router, and the posture has one row for
        // both.
        self.method_fallback = self.method_fallback.take().or(other.method_fallback);
        self.take(other.routes.into_iter());
        other.others.into_values().for_each(|row| self.answer_others(row));
        self.hidden.extend(other.hidden);
        self.assert_hidden();
    }

    /// P8, P9: with another challenge or another carrier, the rejection of a route would show that
    /// its path exists. Nothing is compared before the router has its state.
    #[track_caller]
    pub(super) fn assert_hidden(&self) {
        for prefix in &self.hidden {
            let around = format!("{prefix}/*");
            let of_unmatched = self.routes.iter().find(|row| row.method == "FALLBACK" && row.path == around);
            let Some(of_unmatched) = of_unmatched.and_then(|row| row.verifier.as_deref()) else { continue };
            let below = format!("{prefix}/");
            let differs = self.routes.iter().chain(self.others.values()).find(|row| {
                let is_below = row.path == *prefix || row.path.starts_with(&below);
                is_below
                    && row.rejects_guests()
                    && row.verifier.as_deref().is_some_and(|own| !own.looks_like(of_unmatched))
            });
            if let Some(RoutePosture { method, path, location, .. }) = differs {
                panic!(
                    "`hide_unmatched` would show that {method} {path} ({location}) exists, because its verifier has \
                     another realm, login page or carrier of credentials than that of unmatched paths: configure both \
                     verifiers alike, or nest the route below a prefix of its own and hide each"
                );
            }
        }
    }

    /// P9: refuses a waiver of a condition that the verifier does not require. The condition
    /// was removed from the verifier, or it has another type.
    #[track_caller]
    pub(super) fn assert_waivers(&self) {
        let rows = self.routes.iter().chain(self.others.values());
        let mut useless = rows.filter_map(|row| Some((row, row.not_required.first()?)));
        if let Some((RoutePosture { method, path, location, .. }, condition)) = useless.next() {
            panic!(
                "{method} {path} ({location}) waives a condition that its verifier does not require: `{condition}`: add \
                 `.always_requires::<..>()` to the verifier, or remove `despite`"
            );
        }
    }

    pub(super) fn all_rows(&mut self) -> impl Iterator<Item = &mut RoutePosture> {
        self.routes.iter_mut().chain(self.others.values_mut())
    }

    /// Checks that no fallback is lost. axum takes the fallbacks of routers nested in an inner
    /// router only if the inner router has its own.
    #[track_caller]
    pub(super) fn assert_nestable(&self, prefix: &str) {
        let Some(row) = self.routes.iter().find(|row| row.method == "FALLBACK") else { return };
        assert!(
            self.has_fallback,
            "the answer for unmatched paths under `{prefix}{}` would be lost, because the router nested at `{prefix}` has \
             no fallback: add a fallback to it, or only to the outermost router",
            row.path.trim_end_matches("/*"),
        );
    }

    pub(super) fn with_state<S2>(self, state: &S) -> MountedRoutes<S2>
    where
        S: Clone + Send + Sync + 'static,
    {
        let method_fallback = self.method_fallback.map(|MethodFallback { answer, row }| MethodFallback {
            answer: answer.with_state(state.clone()),
            row: row.with_state(state),
        });
        MountedRoutes {
            routes: self.routes.into_iter().map(|row| row.with_state(state)).collect(),
            others: self.others.into_iter().map(|(path, row)| (path, row.with_state(state))).collect(),
            fallback_layers: self.fallback_layers,
            has_fallback: self.has_fallback,
            hidden: self.hidden,
            method_fallback,
        }
    }

    pub(super) fn posture(&self) -> Posture {
        let mut routes = unmatched::defaults(&self.routes, &self.fallback_layers);
        routes.extend(self.routes.iter().cloned());
        let of_paths = without_repetition(&routes, self.others.values().cloned());
        routes.extend(of_paths);
        routes.sort_by(|a, b| (a.is_fallback(), &a.path, a.method).cmp(&(b.is_fallback(), &b.path, b.method)));
        Posture { routes }
    }
}

impl<S> Clone for MountedRoutes<S> {
    fn clone(&self) -> Self {
        Self {
            routes: self.routes.clone(),
            others: self.others.clone(),
            fallback_layers: self.fallback_layers.clone(),
            has_fallback: self.has_fallback,
            hidden: self.hidden.clone(),
            method_fallback: self.method_fallback.clone(),
        }
    }
}

impl<S> Default for MountedRoutes<S> {
    fn default() -> Self {
        Self {
            routes: Vec::new(),
            others: BTreeMap::new(),
            fallback_layers: Vec::new(),
            has_fallback: false,
            hidden: Vec::new(),
            method_fallback: None,
        }
    }
}

impl<S> Clone for MethodFallback<S> {
    fn clone(&self) -> Self {
        Self { answer: self.answer.clone(), row: self.row.clone() }
    }
}
