//! What is known of the routes that were put into axum's router.
//!
//! It follows axum's own rules for what answers where (`MethodRouter::merge`, `Router::merge`, `nest`, `layer`), so that the posture
//! says what a request meets, and not what was written down in which order.

use super::posture::{Posture, RoutePosture, without_repetition};
use super::unmatched;
use axum::routing::MethodRouter;
use std::collections::BTreeMap;

pub(super) struct MountedRoutes<S> {
    /// The rows by method, the jobs, and the answers to unmatched paths and methods of whole routers (`/*`, `/v1/*`).
    pub(super) routes: Vec<RoutePosture>,
    /// By path: what answers the methods that have no row of their own.
    others: BTreeMap<String, RoutePosture>,
    /// Around axum's 404. One of them may answer instead.
    pub(super) fallback_layers: Vec<&'static str>,
    /// Whether unmatched paths have an answer of their own; else they get axum's 404.
    pub(super) has_fallback: bool,
    /// Kept, so that it doesn't matter whether a route comes before or after.
    pub(super) method_fallback: Option<MethodFallback<S>>,
}

/// The answer to unmatched methods on routes that have none of their own.
pub(super) struct MethodFallback<S> {
    pub(super) answer: MethodRouter<S>,
    pub(super) row: RoutePosture,
}

impl<S> MountedRoutes<S> {
    /// A path got an answer to other methods, perhaps for the second time.
    pub(super) fn answer_others(&mut self, row: RoutePosture) {
        let answer = match self.others.remove(&row.path) {
            Some(first) => first.merged_with(row),
            None => row,
        };
        self.others.insert(answer.path.clone(), answer);
    }

    /// The router's answer to unmatched methods was put on every path that had none. It takes the place of axum's 405 with its layers.
    pub(super) fn answer_unmatched_methods(&mut self) {
        let Some(MethodFallback { row, .. }) = &self.method_fallback else { return };
        for (path, others) in &mut self.others {
            if others.is_unmatched() {
                *others = row.clone().at(path);
            }
        }
    }

    /// Two answers to unmatched methods under one prefix would each be that of some of its paths.
    #[track_caller]
    fn take(&mut self, rows: impl Iterator<Item = RoutePosture>) {
        for row in rows {
            let again = row.is_fallback()
                && self.routes.iter().any(|known| known.method == row.method && known.path == row.path);
            assert!(!again, "two routers have an answer for {} at `{}`: keep one of them", row.method, row.path);
            self.routes.push(row);
        }
    }

    /// The layers around the inner router's 404 go with it: the outer router answers what no route of the inner one has.
    #[track_caller]
    pub(super) fn nest(&mut self, prefix: &str, inner: Self) {
        self.take(inner.routes.into_iter().map(|row| row.under(prefix)));
        inner.others.into_values().for_each(|row| self.answer_others(row.under(prefix)));
    }

    #[track_caller]
    pub(super) fn merge(&mut self, other: Self) {
        // axum keeps the fallback that is not its own 404, and of two 404s the second.
        if !self.has_fallback && !other.has_fallback {
            self.fallback_layers = other.fallback_layers;
        }
        self.has_fallback |= other.has_fallback;
        // Routes of one that have no answer of their own get that of the other: the posture has one for both.
        self.method_fallback = self.method_fallback.take().or(other.method_fallback);
        self.take(other.routes.into_iter());
        other.others.into_values().for_each(|row| self.answer_others(row));
    }

    pub(super) fn all_rows(&mut self) -> impl Iterator<Item = &mut RoutePosture> {
        self.routes.iter_mut().chain(self.others.values_mut())
    }

    /// axum takes the fallbacks of an inner router only if it has one for itself; those of routers nested in it would be lost.
    #[track_caller]
    pub(super) fn assert_nestable(&self, prefix: &str) {
        let Some(row) = self.routes.iter().find(|row| row.method == "FALLBACK") else { return };
        assert!(
            self.has_fallback,
            "the answer for unmatched paths under `{prefix}{}` would be lost, because the router nested at `{prefix}` has none itself: \
             give it one, or put the answer on the outermost router only",
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
            method_fallback: None,
        }
    }
}

impl<S> Clone for MethodFallback<S> {
    fn clone(&self) -> Self {
        Self { answer: self.answer.clone(), row: self.row.clone() }
    }
}
