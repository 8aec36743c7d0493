//! Runs the pipeline from a signed request to its proof, from top to bottom.
//!
//! | step | function |
//! |---|---|
//! | signature header, timestamp | `Signatures::check_head` |
//! | body | `signed_body::read` |
//! | signature over the body | `PendingSignature::verify` |
//! | replay | `Signatures::claim` |
//! | mint | `Signed::assert_signed` |
//! | report | `report` |

use super::report::report;
use super::token_hash::token_hash;
use super::undecided::Undecided;
use super::{Rejected, RequestContext, Signed, signed_body};
use crate::credential::signature::{Delivery, DeliveryClaim, Signatures};
use crate::rejection::{Refusal, isolate, isolate_panic};
use auth_events::internal::{Report, Stopwatch};
use axum::body::{Body, Bytes};
use http::request::Parts;
use std::convert::identity;
use std::mem::take;
use std::time::Duration;

/// How long the replay store may take. The same as a verifier's default.
const REPLAY_TIME_LIMIT: Duration = Duration::from_secs(5);

/// The bytes that a sender has signed, and their delivery.
type VerifiedBody = (Bytes, Delivery, DeliveryClaim);

impl<S> Signatures<S> {
    /// Verifies a signed request, and takes its body.
    pub(crate) async fn prove(self, parts: &Parts, body: &mut Body) -> Result<(Signed<S>, DeliveryClaim), Rejected> {
        let context = RequestContext::of(Some(parts));
        let mut started = Stopwatch::start();
        let undecided = Undecided::start(&self);
        let verified = self.verified_body(parts, take(body), &mut started).await;
        undecided.has_outcome();
        self.meters().took(started, verified.is_ok());
        // P7: every decision is counted, and every rejection has an event.
        match verified {
            Ok((payload, delivery, claim)) => {
                self.meters().accepted(context.route().as_deref());
                self.events().accepted();
                Ok((Signed::assert_signed(payload, delivery), claim))
            }
            Err(refusal) => {
                let signature = parts.headers.get(self.header());
                let token_hash = signature.and_then(|signature| token_hash(signature.as_bytes()));
                let rejection = report(Refusal { token_hash, ..refusal }, &context, &self);
                Err(Rejected { rejection, caller: None, view: self.client_view() })
            }
        }
    }

    /// Head, body, signature, replay.
    ///
    /// P4: the body is read only after the head was checked. P6: each step is isolated, because a
    /// panic or a time-out must reject the request like a bad signature.
    async fn verified_body(&self, parts: &Parts, body: Body, started: &mut Stopwatch) -> Result<VerifiedBody, Refusal> {
        let pending = isolate_panic(|| self.check_head(&parts.headers, || self.now())).and_then(identity)?;
        let payload = signed_body::read(parts, body, self.max_body(), self.body_time_limit()).await?;
        // The client decides how long its body takes, so the duration of the decision omits it.
        *started = Stopwatch::start();
        let verified = isolate_panic(|| pending.verify(&payload)).and_then(identity)?;
        let delivery = verified.delivery();
        let claim = isolate(REPLAY_TIME_LIMIT, self.claim(verified)).await?;
        Ok((payload, delivery, claim))
    }
}
