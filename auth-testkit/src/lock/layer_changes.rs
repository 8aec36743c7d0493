//! The differences of layers: one for each layer, whatever the number of its routes.

use super::{Difference, Direction, Row};
use std::collections::{BTreeMap, BTreeSet};

/// Collects the routes whose layers have changed.
#[derive(Default)]
pub(super) struct LayerChanges {
    /// The routes that a layer is around now, and was not.
    added: BTreeMap<String, Vec<String>>,
    removed: BTreeMap<String, Vec<String>>,
    /// The routes with the same layers in another order, by both orders.
    moved: BTreeMap<(Vec<String>, Vec<String>), Vec<String>>,
}

impl LayerChanges {
    /// Compares the layers of one route.
    pub(super) fn compare(&mut self, before: &Row, now: &Row) {
        let route = format!("{} {}", now.method, now.path);
        let (gone, new) = (missing(&before.layers, &now.layers), missing(&now.layers, &before.layers));
        if gone.is_empty() && new.is_empty() && before.layers != now.layers {
            self.moved.entry((before.layers.clone(), now.layers.clone())).or_default().push(route.clone());
        }
        for name in gone {
            self.removed.entry(name).or_default().push(route.clone());
        }
        for name in new {
            self.added.entry(name).or_default().push(route.clone());
        }
    }

    /// Returns a difference for each layer, with the types of the layers before and now.
    pub(super) fn differences(
        self,
        before: &BTreeMap<String, String>,
        now: &BTreeMap<String, String>,
    ) -> Vec<Difference> {
        let mut found = Vec::new();
        let mut of = |name: &str, what: String| {
            let direction = Direction::Changes;
            found.push(Difference { route: format!("LAYER {name}"), what, direction });
        };
        for (name, routes) in &self.added {
            of(name, format!("is now around {}: it may answer before the decision", listed(routes)));
        }
        for (name, routes) in &self.removed {
            of(name, format!("is no longer around {}", listed(routes)));
        }
        for ((before, now), routes) in &self.moved {
            let (before, now) = (before.join(", "), now.join(", "));
            of(&now, format!("were in the order {before}, around {}: the outermost is last", listed(routes)));
        }
        for name in before.keys().chain(now.keys()).collect::<BTreeSet<_>>() {
            match (before.get(name), now.get(name)) {
                (before, now) if before == now => {}
                (Some(before), Some(now)) => of(name, format!("was `{before}`, is now `{now}`")),
                (Some(before), None) if !self.removed.contains_key(name) => {
                    of(name, format!("was removed: `{before}`"));
                }
                (None, Some(now)) if !self.added.contains_key(name) => of(name, format!("is new: `{now}`")),
                _ => {}
            }
        }
        found
    }
}

/// Returns the names that are in the first list and not in the second, also if one is there twice.
fn missing(names: &[String], others: &[String]) -> Vec<String> {
    let mut others: Vec<&String> = others.iter().collect();
    let mut is_missing = |name: &&String| match others.iter().position(|other| other == name) {
        Some(place) => {
            others.swap_remove(place);
            false
        }
        None => true,
    };
    names.iter().filter(|name| is_missing(name)).cloned().collect()
}

/// Lists the first routes, and the number of the others.
pub(super) fn listed(routes: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown = routes.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match routes.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
