//! What a rejected request must not change, and how often the service reports it.

use super::attack_run::AttackRun;
use super::plan::SideEffect;
use super::probe::Probe;
use crate::report::{Finding, Severity};
use crate::target::ServiceResponse;

impl AttackRun {
    pub(super) async fn read_side_effects(&self) -> Vec<String> {
        let mut values = Vec::new();
        for SideEffect { read, .. } in &self.plan.side_effects {
            values.push(read().await);
        }
        values
    }

    pub(super) async fn reported_refusals(&self) -> Option<u64> {
        match &self.plan.reported_refusals {
            Some(count) => count().await.parse().ok(),
            None => None,
        }
    }

    pub(super) async fn changed_side_effects(
        &self,
        probe: &Probe<'_>,
        before: &[String],
        response: Option<&ServiceResponse>,
    ) -> Vec<Finding> {
        let after = self.read_side_effects().await;
        let all = self.plan.side_effects.iter().zip(before).zip(&after);
        all.filter(|((_, before), after)| before != after)
            .map(|((effect, before), after)| {
                let problem = format!(
                    "{} changed: from {before} to {after}: reject before the handler runs, whatever the response says",
                    effect.name
                );
                probe.finding(Severity::GotThrough, problem, response)
            })
            .collect()
    }

    /// P7, for a service that is not built on auth-runtime: it can only count its reports.
    pub(super) async fn wrong_report_count(
        &self,
        probe: &Probe<'_>,
        before: Option<u64>,
        expected: u64,
        response: Option<&ServiceResponse>,
    ) -> Option<Finding> {
        let (before, after) = (before?, self.reported_refusals().await?);
        (after != before + expected).then(|| {
            let problem = format!(
                "wrong number of reported refusals: {}: report each rejected request once, and no guest",
                after.saturating_sub(before)
            );
            probe.finding(Severity::Wrong, problem, response)
        })
    }
}
