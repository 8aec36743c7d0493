//! Holds a verified token with its request and its verifier.

use super::RequestContext;
use super::declared_rules::DeclaredRules;
use super::report::report;
use crate::credential::VerifiedClaims;
use crate::decision::{CallerRecord, Identified};
use crate::permission::PermissionName;
use crate::rejection::{Refusal, Rejection, isolate, isolate_panic};
use crate::verifier::{Condition, VerifiedToken, Verifier};
use std::convert::identity;
use std::sync::Arc;
use std::time::Duration;

/// A verified token of one request, before its permission is checked.
// P2: only the pipeline makes it.
pub(crate) struct VerifiedRequest<C> {
    pub(super) token: Arc<VerifiedToken<C>>,
    pub(super) context: RequestContext,
    pub(super) verifier: Verifier<C>,
    pub(super) rules: DeclaredRules,
}

/// Grants one permission and the conditions that it does not waive. A pointer, because the
/// permission need not be `'static`.
pub(crate) type Grant<C> = fn(&[Condition<C>], &VerifiedToken<C>) -> Result<(), Refusal>;

impl<C> VerifiedRequest<C> {
    /// Returns what a permission decides from.
    pub(super) fn token(&self) -> &VerifiedToken<C> {
        &self.token
    }

    /// Returns the record of the caller, which shares this request.
    pub(crate) fn caller(self: &Arc<Self>, permissions: fn() -> Vec<PermissionName>) -> CallerRecord
    where
        C: Send + Sync + 'static,
    {
        let request: Arc<dyn Identified> = Arc::<Self>::clone(self);
        CallerRecord::new(request, permissions)
    }

    pub(crate) fn claims(&self) -> &C {
        &self.token.claims
    }

    pub(crate) fn verified_claims(&self) -> &VerifiedClaims {
        &self.token.verified
    }

    /// P6: checks again whether the token still holds, isolated as in the pipeline.
    ///
    /// A principal is loaded again, and the permission decides from it, because a role may have
    /// been removed while a stream is open.
    pub(crate) async fn recheck(&self, grant: Grant<C>) -> Result<(), Refusal> {
        let verifier = &self.verifier;
        let held = isolate(verifier.time_limit(), verifier.recheck(&self.token.verified)).await;
        match held.map_err(|refusal| self.with_subject(refusal))? {
            None => Ok(()),
            Some(token) => grant(verifier.conditions(), &token),
        }
    }

    /// P6: as [`recheck`](Self::recheck), but without a store.
    pub(crate) fn recheck_time_and_key(&self) -> Result<(), Refusal> {
        let held = isolate_panic(|| self.verifier.recheck_time_and_key(self.verified_claims()));
        held.and_then(identity).map_err(|refusal| self.with_subject(refusal))
    }

    /// Returns the time until the next check; zero if the clock fails.
    pub(crate) fn recheck_in(&self) -> Duration {
        isolate_panic(|| self.verifier.recheck_in(self.verified_claims())).unwrap_or_default()
    }

    fn with_subject(&self, refusal: Refusal) -> Refusal {
        self.verified_claims().with_subject(refusal)
    }

    pub(crate) fn verifier(&self) -> &Verifier<C> {
        &self.verifier
    }

    /// P2: checks that `verifier`, or a clone of it, made this proof.
    ///
    /// P7: otherwise `verifier` emits the event, because the other verifier may discard its events.
    /// The event has no subject, because `verifier` has not verified one.
    pub(crate) fn proved_by(&self, verifier: &Verifier<C>) -> Result<(), Rejection> {
        const ANOTHER: &str = "proof of this vault's verifier";
        if self.verifier.is(verifier) {
            return Ok(());
        }
        let rejection = Rejection::NotPermitted { rule: ANOTHER };
        let refusal = Refusal::because(rejection, "another verifier made the proof");
        Err(report(Refusal { asked: Some(ANOTHER), ..refusal }, &self.context, verifier))
    }

    /// Returns how long a decision may take.
    pub(crate) fn time_limit(&self) -> Duration {
        self.verifier.time_limit()
    }

    /// P7: reports a refusal after the token was verified.
    pub(crate) fn report(&self, refusal: Refusal) -> Rejection {
        let issuer = Some(self.verified_claims().names());
        report(Refusal { issuer, ..refusal }, &self.context, &self.verifier)
    }
}

impl<C: Send + Sync> Identified for VerifiedRequest<C> {
    fn issuer(&self) -> &str {
        &self.verified_claims().names.issuer
    }

    fn subject(&self) -> &str {
        &self.verified_claims().subject
    }

    fn unchecked_rule(&self) -> Result<(), Rejection> {
        Self::unchecked_rule(self)
    }
}
