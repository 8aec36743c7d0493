//! T03: further secrets, once for each verifier.

use super::attack_run::AttackRun;
use crate::catalogue::{Attack, fallback_secrets};
use crate::target::Route;

/// How many guards of a plain router are tried. Its routes do not show which of them share one.
const GUARDS: usize = 3;

impl AttackRun {
    /// Returns the attacks for the first route of each verifier, and none for the others.
    pub(super) fn guessed_secrets(&mut self, route: &Route) -> Vec<Attack> {
        if self.plan.without.contains("T03") {
            return Vec::new();
        }
        let first = route.path.split('/').nth(1).unwrap_or_default();
        let verifier = route.claims.clone().unwrap_or_else(|| first.to_owned());
        let is_enough = route.claims.is_none() && self.guessed_at.len() >= GUARDS;
        if is_enough || !self.guessed_at.insert(verifier) {
            return Vec::new();
        }
        fallback_secrets()
    }
}
