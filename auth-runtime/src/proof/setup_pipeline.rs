//! Runs the pipeline from a request with the token of the set-up to its proof.
//!
//! | step | function |
//! |---|---|
//! | token | `SetupGate::check_token` |
//! | state | `SetupGate::check_open` |
//! | mint | `Setup::assert_open` |
//! | report | `report` |

use super::report::report;
use super::setup::{OpenSetup, STATE_TIME_LIMIT};
use super::token_hash::token_hash;
use super::undecided::Undecided;
use super::{Rejected, RequestContext, Setup};
use crate::credential::setup::SetupGate;
use crate::rejection::{Refusal, isolate, isolate_panic};
use auth_events::internal::{Report, Stopwatch};
use http::header::AUTHORIZATION;
use http::request::Parts;
use std::convert::identity;

impl SetupGate {
    /// Verifies a request of the set-up.
    pub(crate) async fn prove<R>(self, parts: &Parts) -> Result<(Setup<R>, OpenSetup), Rejected> {
        let context = RequestContext::of(Some(parts));
        let started = Stopwatch::start();
        let undecided = Undecided::start(&self);
        let decided = self.decided(parts).await;
        undecided.has_outcome();
        self.meters().took(started, decided.is_ok());
        // P7: every decision is counted, and every rejection has an event.
        match decided {
            Ok(()) => {
                self.meters().accepted(context.route().as_deref());
                self.events().accepted();
                Ok(Setup::assert_open(self, context))
            }
            Err(refusal) => {
                let presented = parts.headers.get(AUTHORIZATION);
                let token_hash = presented.and_then(|presented| token_hash(presented.as_bytes()));
                let rejection = report(Refusal { token_hash, ..refusal }, &context, &self);
                Err(Rejected { rejection, caller: None, view: self.client_view() })
            }
        }
    }

    /// Token, state.
    ///
    /// The token comes first, because an unauthenticated client must not cause a query of the
    /// store, nor learn from a 503 whether the store answers. P6: each step is isolated, because a
    /// panic or a time-out must reject the request like a bad token.
    async fn decided(&self, parts: &Parts) -> Result<(), Refusal> {
        isolate_panic(|| self.check_token(parts)).and_then(identity)?;
        isolate(STATE_TIME_LIMIT, self.check_open()).await
    }
}
