//! From a request to a proof, from top to bottom: carrier, credential, verified token, permission, mint, report.

use super::report::report;
use super::{Authenticated, Occasion, Verified};
use crate::credential::carrier::{Presented, presented};
use crate::events::Reason;
use crate::events::metrics::Stopwatch;
use crate::permission::Permission;
use crate::rejection::{Refusal, Rejection, contain, contain_panic};
use crate::verifier::{Known, Recalled, Verifier};
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
        self.clone().decide(Occasion::of(None), || Ok(Presented::Elsewhere(token))).await
    }

    pub(crate) async fn prove<P: Permission<C>>(self, parts: &Parts) -> Result<Authenticated<C, P>, Rejection> {
        self.decide(Occasion::of(Some(parts)), || presented(parts)).await
    }

    /// A token that goes on where another ends.
    pub(crate) async fn renew<P: Permission<C>>(
        &self,
        before: &Verified<C>,
        token: &str,
    ) -> Result<Authenticated<C, P>, Rejection> {
        let occasion = before.occasion.clone();
        let pipeline = async {
            let known = match self.recalled(Presented::Elsewhere(token))? {
                Recalled::Known(known) => known,
                Recalled::Unsettled(unsettled) => self.settled(unsettled).await?,
            };
            let (was, is) = (before.registered(), &known.registered);
            // P6: what was opened for one caller does not go on for another.
            if (&was.issuer.name, &was.subject) != (&is.issuer.name, &is.subject) {
                let refusal = Refusal::token(Reason::OtherCaller, "it goes on only for the caller it was opened for");
                return Err(is.of_the_caller(refusal));
            }
            Ok(known)
        };
        let started = Stopwatch::start();
        let undecided = self.undecided();
        let known = contain(self.time_limit(), pipeline).await;
        undecided.has_outcome();
        self.clone().decided(known, occasion, started)
    }

    /// P6: everything that decides about a token happens in here, contained: a panic and a time-out refuse it like a
    /// bad token.
    async fn decide<'a, P: Permission<C>>(
        self,
        occasion: Occasion,
        presented: impl FnOnce() -> Result<Presented<'a>, Refusal>,
    ) -> Result<Authenticated<C, P>, Rejection> {
        let started = Stopwatch::start();
        let known = match contain_panic(|| self.recalled(presented()?)).flatten() {
            Ok(Recalled::Known(known)) => Ok(known),
            // Apart, so that a token that is remembered doesn't carry the room for all of this along.
            Ok(Recalled::Unsettled(unsettled)) => {
                let undecided = self.undecided();
                let known = Box::pin(contain(self.time_limit(), self.settled(unsettled))).await;
                undecided.has_outcome();
                known
            }
            Err(refusal) => Err(refusal),
        };
        self.decided(known, occasion, started)
    }

    /// What is known of a token, for this request: a proof, if the permission is given.
    ///
    /// P7: whatever was decided is counted; a refusal is told.
    fn decided<P: Permission<C>>(
        self,
        known: Result<Arc<Known<C>>, Refusal>,
        occasion: Occasion,
        started: Stopwatch,
    ) -> Result<Authenticated<C, P>, Rejection> {
        let known = match known {
            Ok(known) => known,
            Err(refusal) => {
                self.meters().took(started, false);
                return Err(report(refusal, &occasion, &self));
            }
        };
        let verified = Arc::new(Verified { known, occasion, verifier: self });
        match Authenticated::mint(verified) {
            Ok(proof) => {
                let Verified { verifier, occasion, .. } = &**proof.verified();
                verifier.meters().took(started, true);
                verifier.meters().accepted(occasion.route());
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
