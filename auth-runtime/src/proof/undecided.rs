//! Counts decisions that are dropped before there is an outcome.

use super::reporter::Reporter;
use crate::verifier::Verifier;
use auth_events::internal::Report;

/// A decision that waits for a store, an issuer or a rule. When the client closes its connection
/// meanwhile, the future that holds this is dropped.
///
/// P7: nothing was decided, so there is no rejection and no event. The count shows the client that
/// probes and does not wait for the answer.
#[must_use = "dropped, it counts as abandoned"]
pub(crate) struct Undecided<'a, R: Reporter> {
    reporter: &'a R,
}

impl<C> Verifier<C> {
    /// Starts a decision that waits for a store, an issuer or a rule.
    pub(crate) fn undecided(&self) -> Undecided<'_, Self> {
        Undecided::start(self)
    }
}

impl<'a, R: Reporter> Undecided<'a, R> {
    pub(super) fn start(reporter: &'a R) -> Self {
        Self { reporter }
    }

    /// Ends the decision. The outcome is counted elsewhere.
    pub(crate) fn has_outcome(self) {
        std::mem::forget(self);
    }
}

impl<R: Reporter> Drop for Undecided<'_, R> {
    fn drop(&mut self) {
        self.reporter.events().abandoned();
        self.reporter.meters().abandoned();
    }
}
