//! Mistakes of the test, with which the attack would cover less than it seems to.

use super::attack_run::AttackRun;
use crate::report::Finding;
use crate::target::{AcceptedKind, Route};

impl AttackRun {
    /// A service without a posture accepts what the test has.
    pub(super) fn know_the_kinds(&mut self) {
        let kinds = self.plan.credentials.kinds();
        if self.target.is_guarded() || kinds.is_empty() {
            return;
        }
        let tokens = self.plan.has_tokens.then(AcceptedKind::bearer_tokens);
        for route in self.target.routes.iter_mut().filter(|route| route.signed.is_none() && route.setup.is_none()) {
            route.accepts = tokens.iter().cloned().chain(kinds.clone()).collect();
        }
    }

    /// Finds mistakes of the test, with which it would cover less than it seems to.
    pub(super) fn check_the_test(&mut self, routes: &[Route]) {
        if routes.is_empty() {
            self.findings.push(Finding::no_routes());
        }
        let mut mistakes: Vec<String> = self.plan.unknown_routes(routes).collect();
        mistakes.extend(self.plan.sources.unknown_claims(routes));
        mistakes.extend(self.plan.untested_conditions(routes));
        mistakes.extend(self.plan.unknown_tenant_claims(routes));
        if self.target.is_in_process() {
            mistakes.extend(self.plan.unknown_permissions(routes));
            mistakes.extend(self.plan.unknown_rules(routes));
        }
        mistakes.extend(self.plan.credentials.mistakes(routes));
        mistakes.extend(self.mistakes_of_senders(routes));
        mistakes.extend(self.mistakes_of_setups(routes));
        mistakes.extend(self.plan.without.unknown("without_attack", &self.plan.attacks));
        mistakes.extend(self.plan.accepted.unknown("accepting", &self.plan.attacks));
        self.findings.extend(mistakes.into_iter().map(Finding::about_the_test));
        let without = &self.plan.without;
        self.plan.attacks.retain(|attack| !without.contains(attack.id()));
    }
}
