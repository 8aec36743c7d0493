//! From a request to a proof, from top to bottom: carrier, credential, verified token, permission, mint, report.

use super::report::report;
use super::{Authenticated, RequestContext, VerifiedRequest};
use crate::credential::carrier::{Presented, presented};
use crate::permission::Permission;
use crate::rejection::{Refusal, Rejection, isolate, isolate_panic};
use crate::verifier::{CacheLookup, VerifiedToken, Verifier};
use auth_events::Reason;
use auth_events::internal::{Report, Stopwatch};
use http::request::Parts;
use std::sync::Arc;

impl<C: Send + Sync + 'static> Verifier<C> {
    /// Verifies the token that a request presents.
    ///
    /// # Errors
    ///
    /// A [`Rejection`], of which the events have been told.
    pub async fn authenticate(&self, parts: &Parts) -> Result<Authenticated<C>, Rejection> {
        self.clone().prove(parts).await
    }

    /// Verifies a token that came some other way than in the header: from a queue, or a WebSocket's first message.
    ///
    /// # Errors
    ///
    /// A [`Rejection`], of which the events have been told.
    pub async fn verify(&self, token: &str) -> Result<Authenticated<C>, Rejection> {
        self.clone().decide(RequestContext::of(None), || Ok(Presented::Elsewhere(token))).await
    }

    pub(crate) async fn prove<P: Permission<C>>(self, parts: &Parts) -> Result<Authenticated<C, P>, Rejection> {
        self.decide(RequestContext::of(Some(parts)), || presented(parts)).await
    }

    /// A token that goes on where another ends.
    pub(crate) async fn renew<P: Permission<C>>(
        &self,
        before: &VerifiedRequest<C>,
        token: &str,
    ) -> Result<Authenticated<C, P>, Rejection> {
        let context = before.context.clone();
        let pipeline = async {
            let known = match self.lookup(Presented::Elsewhere(token))? {
                CacheLookup::Hit(known) => known,
                CacheLookup::NeedsCheck(unchecked) => self.verify_unchecked(unchecked).await?,
            };
            let (was, is) = (before.registered(), &known.verified);
            // P6: what was opened for one caller does not go on for another.
            if (&was.issuer.name, &was.subject) != (&is.issuer.name, &is.subject) {
                let refusal = Refusal::token(Reason::OtherCaller, "it goes on only for the caller it was opened for");
                return Err(is.with_subject(refusal));
            }
            Ok(known)
        };
        let started = Stopwatch::start();
        let undecided = self.undecided();
        let known = isolate(self.time_limit(), pipeline).await;
        undecided.has_outcome();
        self.clone().decided(known, context, started)
    }

    /// P6: everything that decides about a token happens in here, contained: a panic and a time-out refuse it like a
    /// bad token.
    async fn decide<'a, P: Permission<C>>(
        self,
        context: RequestContext,
        presented: impl FnOnce() -> Result<Presented<'a>, Refusal>,
    ) -> Result<Authenticated<C, P>, Rejection> {
        let started = Stopwatch::start();
        let known = match isolate_panic(|| self.lookup(presented()?)).flatten() {
            Ok(CacheLookup::Hit(known)) => Ok(known),
            // Apart, so that a token that is remembered doesn't carry the room for all of this along.
            Ok(CacheLookup::NeedsCheck(unchecked)) => {
                let undecided = self.undecided();
                let known = Box::pin(isolate(self.time_limit(), self.verify_unchecked(unchecked))).await;
                undecided.has_outcome();
                known
            }
            Err(refusal) => Err(refusal),
        };
        self.decided(known, context, started)
    }

    /// What is known of a token, for this request: a proof, if the permission is given.
    ///
    /// P7: whatever was decided is counted; a refusal is told.
    fn decided<P: Permission<C>>(
        self,
        known: Result<Arc<VerifiedToken<C>>, Refusal>,
        context: RequestContext,
        started: Stopwatch,
    ) -> Result<Authenticated<C, P>, Rejection> {
        let known = match known {
            Ok(known) => known,
            Err(refusal) => {
                self.meters().took(started, false);
                return Err(report(refusal, &context, &self));
            }
        };
        let verified = Arc::new(VerifiedRequest { known, context, verifier: self });
        match Authenticated::mint(verified) {
            Ok(proof) => {
                let VerifiedRequest { verifier, context, .. } = &**proof.verified();
                verifier.meters().took(started, true);
                verifier.meters().accepted(context.route());
                verifier.events().accepted();
                Ok(proof)
            }
            Err((refusal, verified)) => {
                verified.verifier.meters().took(started, false);
                Err(verified.report(refusal))
            }
        }
    }
}
