//! Notes which of the declared rules of a handler have decided.

use super::VerifiedRequest;
use crate::permission::{AddRules, PermissionName, declared};
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use std::any::type_name;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Holds the rules that a handler has declared, and which of them have permitted something.
// A function, and the rules as bits, so that a request without a declared rule allocates nothing.
#[derive(Default)]
pub(super) struct DeclaredRules {
    declared: OnceLock<AddRules>,
    permitted: AtomicU32,
}

impl DeclaredRules {
    fn all(&self) -> impl Iterator<Item = (&'static str, u32)> + use<> {
        let rules = self.declared.get().map(|add| declared(*add)).unwrap_or_default();
        // P6: a rule without a bit is never noted, so its handler is always withheld.
        rules.into_iter().zip((0..).map(|place| 1_u32.checked_shl(place).unwrap_or_default()))
    }
}

impl<C> VerifiedRequest<C> {
    /// Declares the rules that the handler must ask.
    pub(crate) fn declare_rules(&self, rules: AddRules) {
        // A request has one handler.
        let _ = self.rules.declared.set(rules);
    }

    /// Notes that a rule has decided, and has permitted what it was asked about.
    pub(crate) fn note_rule<R: ?Sized>(&self) {
        if self.rules.declared.get().is_some() {
            for (_, bit) in self.rules.all().filter(|(rule, _)| *rule == type_name::<R>()) {
                self.rules.permitted.fetch_or(bit, Ordering::Relaxed);
            }
        }
    }

    /// P6: refuses the answer of a handler that has not asked a rule that it declares.
    pub(super) fn unchecked_rule(&self) -> Result<(), Rejection> {
        let permitted = self.rules.permitted.load(Ordering::Relaxed);
        let Some((rule, _)) = self.rules.all().find(|(_, bit)| permitted & bit == 0) else { return Ok(()) };
        let refusal = Refusal::because(
            Rejection::AnswerWithheld(Reason::RuleNotChecked),
            "the handler has answered, and this rule has permitted nothing",
        );
        let asked = Some(PermissionName::of_rule(rule).text());
        Err(self.report(self.verified_claims().with_subject(Refusal { asked, ..refusal })))
    }
}
