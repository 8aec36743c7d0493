//! Attacks that add an oddity to another one.
//!
//! Where the other one gets through by itself, the oddity shows nothing more: one cause is one
//! finding.

use super::attack_run::AttackRun;
use crate::catalogue::Attack;
use crate::report::Severity;
use std::collections::HashSet;

impl AttackRun {
    /// Whether the test excludes or accepts what the attack adds an oddity to.
    pub(super) fn is_left_out(&self, attack: &Attack) -> bool {
        attack.base().is_some_and(|base| self.plan.without.names(base) || self.plan.accepted.contains(base))
    }

    /// Removes findings whose base got through on the same route.
    pub(super) fn drop_consequences(&mut self) {
        let through: HashSet<(String, String)> = self
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::GotThrough)
            .map(|finding| (finding.route.clone(), finding.id.clone()))
            .collect();
        self.findings.retain(|finding| {
            finding.base.is_none_or(|base| !through.contains(&(finding.route.clone(), base.to_owned())))
        });
    }
}
