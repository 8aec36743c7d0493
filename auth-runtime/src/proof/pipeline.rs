//! Runs the pipeline from a request to a proof, from top to bottom.
//!
//! | step | function |
//! |---|---|
//! | carrier and credential | `Verifier::find` |
//! | verified token | `Verifier::lookup` (cached), `Verifier::verify_unchecked` |
//! | revocation | the end of `verify_unchecked` |
//! | permission, mint | `Authenticated::mint` |
//! | report | `report` |

use super::declared_rules::DeclaredRules;
use super::report::report;
use super::token_hash::token_hash;
use super::{Authenticated, Rejected, RequestContext, VerifiedRequest};
use crate::credential::carrier::{Found, Presented};
use crate::permission::Permission;
use crate::rejection::{Refusal, Rejection, isolate, isolate_panic};
use crate::verifier::{CacheLookup, VerifiedToken, Verifier, check_same_caller};
use auth_events::internal::{Report, Stopwatch};
use http::request::Parts;
use std::future::Future;
use std::sync::Arc;

impl<C: Send + Sync + 'static> Verifier<C> {
    /// Verifies the token that a request presents.
    ///
    /// # Errors
    ///
    /// A [`Rejection`]. Its event is already emitted.
    pub async fn authenticate(&self, parts: &Parts) -> Result<Authenticated<C>, Rejection> {
        Ok(self.clone().prove(parts).await?)
    }

    /// Verifies a token that did not arrive in a header.
    ///
    /// For example, a token from a queue, or from the first message of a WebSocket.
    ///
    /// # Errors
    ///
    /// A [`Rejection`]. Its event is already emitted.
    pub async fn verify(&self, token: &str) -> Result<Authenticated<C>, Rejection> {
        Ok(self.clone().decide(None, |_| Ok(elsewhere(token))).await?)
    }

    pub(crate) fn prove<P: Permission<C>>(
        self,
        parts: &Parts,
    ) -> impl Future<Output = Result<Authenticated<C, P>, Rejected>> + Send {
        self.decide(Some(parts), |verifier| verifier.find(parts))
    }

    /// Recognises the caller of a public route: `None` for a guest, who presents no credential.
    ///
    /// P3, P6: a credential that is bad, in the query, or of another scheme is rejected as on any
    /// other route. A client that presents one expects to be known.
    pub(crate) async fn recognise(self, parts: &Parts) -> Result<Option<Authenticated<C>>, Rejected> {
        let started = Stopwatch::start();
        let token = self.verified_token(|verifier| verifier.find(parts)).await;
        let context = || RequestContext::of(Some(parts));
        if token.as_ref().is_err_and(Refusal::is_without_credential) {
            self.meters().guest(context().route().as_deref());
            return Ok(None);
        }
        self.conclude(token, context, started).map(Some)
    }

    /// Decides about one credential.
    async fn decide<'a, P: Permission<C>>(
        self,
        parts: Option<&Parts>,
        carrier: impl FnOnce(&Self) -> Result<Found<'a>, Refusal>,
    ) -> Result<Authenticated<C, P>, Rejected> {
        let started = Stopwatch::start();
        let token = self.verified_token(carrier).await;
        self.conclude(token, || RequestContext::of(parts), started)
    }

    /// Carrier, credential, verified token, revocation.
    ///
    /// P6: all of it is isolated, because a panic or a time-out must reject the request like a bad
    /// token.
    async fn verified_token<'a>(
        &self,
        carrier: impl FnOnce(&Self) -> Result<Found<'a>, Refusal>,
    ) -> Result<Arc<VerifiedToken<C>>, Refusal> {
        let mut credential = None;
        let found = || self.lookup(carrier(self).inspect(|found| credential = Some(found.credential))?);
        let token = match isolate_panic(found) {
            Ok(Ok(CacheLookup::Hit(token))) => return Ok(token),
            Ok(Ok(CacheLookup::NeedsCheck(unchecked))) => {
                let undecided = self.undecided();
                // Boxed, because a cached token would otherwise reserve the memory for this too.
                let token = Box::pin(isolate(self.time_limit(), self.verify_unchecked(unchecked))).await;
                undecided.has_outcome();
                token
            }
            Ok(Err(refusal)) | Err(refusal) => Err(refusal),
        };
        // P7: events distinguish refused credentials by a salted hash.
        token.map_err(|refusal| {
            let token_hash = credential.and_then(|presented| token_hash(presented.bytes()));
            Refusal { token_hash, ..refusal }
        })
    }

    /// Permission, mint, report.
    ///
    /// P7: every decision is counted, and every rejection has an event.
    #[inline]
    fn conclude<P: Permission<C>>(
        self,
        token: Result<Arc<VerifiedToken<C>>, Refusal>,
        context: impl FnOnce() -> RequestContext,
        started: Stopwatch,
    ) -> Result<Authenticated<C, P>, Rejected> {
        match token {
            Ok(token) => {
                let rules = DeclaredRules::default();
                Arc::new(VerifiedRequest { token, context: context(), verifier: self, rules }).proof(started)
            }
            Err(refusal) => {
                self.meters().took(started, false);
                let rejection = report(refusal, &context(), &self);
                Err(Rejected { rejection, caller: None, view: self.client_view() })
            }
        }
    }

    /// Verifies a newer token that continues the work of an earlier one.
    pub(crate) async fn renew<P: Permission<C>>(
        &self,
        before: &VerifiedRequest<C>,
        token: &str,
    ) -> Result<Authenticated<C, P>, Rejection> {
        let started = Stopwatch::start();
        let pipeline = async {
            let token = match self.lookup(elsewhere(token))? {
                CacheLookup::Hit(token) => token,
                CacheLookup::NeedsCheck(unchecked) => self.verify_unchecked(unchecked).await?,
            };
            check_same_caller(before.verified_claims(), &token.verified)?;
            Ok(token)
        };
        let undecided = self.undecided();
        let renewed = isolate(self.time_limit(), pipeline).await;
        undecided.has_outcome();
        let renewed = renewed.map_err(|refusal| Refusal { token_hash: token_hash(token.as_bytes()), ..refusal });
        Ok(self.clone().conclude(renewed, || before.context.clone(), started)?)
    }
}

impl<C: Send + Sync + 'static> VerifiedRequest<C> {
    /// Permission, mint, report.
    fn proof<P: Permission<C>>(self: Arc<Self>, started: Stopwatch) -> Result<Authenticated<C, P>, Rejected> {
        match Authenticated::mint(self) {
            Ok(proof) => {
                let VerifiedRequest { verifier, context, .. } = &**proof.verified();
                verifier.meters().took(started, true);
                verifier.meters().accepted(context.route().as_deref());
                verifier.events().accepted();
                Ok(proof)
            }
            Err((refusal, verified)) => {
                verified.verifier.meters().took(started, false);
                let caller = Some(verified.caller(Vec::new));
                let view = verified.verifier.client_view();
                Err(Rejected { rejection: verified.report(refusal), caller, view })
            }
        }
    }
}

/// A token that did not arrive in a header.
fn elsewhere(token: &str) -> Found<'_> {
    Found { credential: Presented::Elsewhere(token), carrier: None }
}
