//! A verified token, together with the request that brought it and the verifier that verified it.

use super::RequestContext;
use super::report::report;
use crate::credential::token::VerifiedClaims;
use crate::rejection::{Refusal, Rejection, isolate, isolate_panic};
use crate::verifier::{VerifiedToken, Verifier};
use std::sync::Arc;
use std::time::Duration;

/// A token whose signature and claims were found good, before the permission is looked at.
// P2: made by `Verifier` alone, at the end of its pipeline; public because a hidden method of `Permission` takes it,
// and without a name outside.
pub(crate) struct VerifiedRequest<C> {
    pub(super) known: Arc<VerifiedToken<C>>,
    pub(super) context: RequestContext,
    pub(super) verifier: Verifier<C>,
}

impl<C> VerifiedRequest<C> {
    /// What a permission is asked about.
    pub(super) fn token(&self) -> &VerifiedToken<C> {
        &self.known
    }

    pub(crate) fn claims(&self) -> &C {
        &self.known.claims
    }

    pub(crate) fn registered(&self) -> &VerifiedClaims {
        &self.known.verified
    }

    /// P6: whether it still holds, contained as at the first time.
    pub(crate) async fn still_holds(&self) -> Result<(), Refusal> {
        let verifier = &self.verifier;
        let held = isolate(verifier.time_limit(), verifier.recheck(self.registered())).await;
        held.map_err(|refusal| self.with_subject(refusal))
    }

    /// P6: as [`still_holds`](Self::still_holds), without asking anybody else.
    pub(crate) fn holds_by_time_and_key(&self) -> Result<(), Refusal> {
        let held = isolate_panic(|| self.verifier.recheck_time_and_key(self.registered()));
        held.flatten().map_err(|refusal| self.with_subject(refusal))
    }

    /// How long until it has to be looked at again: at once, where the clock doesn't tell.
    pub(crate) fn recheck_in(&self) -> Duration {
        isolate_panic(|| self.verifier.recheck_in(self.registered())).unwrap_or_default()
    }

    fn with_subject(&self, refusal: Refusal) -> Refusal {
        self.registered().with_subject(refusal)
    }

    pub(crate) fn verifier(&self) -> &Verifier<C> {
        &self.verifier
    }

    /// P2: whether this is a proof of `verifier`, or of a clone of it.
    ///
    /// P7: otherwise `verifier` makes the event, because the other one may have no events to speak of. It names no
    /// subject, because `verifier` has not verified one.
    pub(crate) fn proved_by(&self, verifier: &Verifier<C>) -> Result<(), Rejection> {
        const ANOTHER: &str = "proof of this vault's verifier";
        if self.verifier.is(verifier) {
            return Ok(());
        }
        let rejection = Rejection::NotPermitted { rule: ANOTHER };
        let refusal = Refusal::because(rejection, "another verifier made the proof");
        Err(report(Refusal { asked: Some(ANOTHER), ..refusal }, &self.context, verifier))
    }

    /// How long a decision may take.
    pub(crate) fn time_limit(&self) -> Duration {
        self.verifier.time_limit()
    }

    /// P7: the way from a refusal to a rejection, after the token was verified; it passes the events.
    pub(crate) fn report(&self, refusal: Refusal) -> Rejection {
        let issuer = Some(self.registered().issuer.names());
        report(Refusal { issuer, ..refusal }, &self.context, &self.verifier)
    }
}
