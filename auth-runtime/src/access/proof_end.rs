//! Ends a call of a mounted service together with its proof.

use super::CarriedProof;
use crate::opt_out::OptOut;
use crate::permission::Permission;
use crate::proof::{Authenticated, Public, Visitor};
use crate::rejection::Rejection;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::task::{Context, Poll};

/// A decision that can end while its call is open.
// P2: public in a private module, so no other crate can implement it.
pub trait EndsWithProof: CarriedProof {
    /// Returns when it ends; `None` without a caller.
    fn end(&self) -> Option<ProofEnd>;
}

/// Watches a proof after it was handed to a service.
pub struct ProofEnd {
    ended: BoxFuture<'static, Rejection>,
    check: Box<dyn Fn() -> Result<(), Rejection> + Send>,
}

impl ProofEnd {
    /// Returns the rejection once the proof has ended. Its event is already emitted.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Rejection> {
        self.ended.poll_unpin(cx)
    }

    /// P6: checks the time and the key, because an item that arrives after the end is not passed
    /// on.
    pub(crate) fn check(&self) -> Result<(), Rejection> {
        (self.check)()
    }
}

impl<C: Send + Sync + 'static, P: Permission<C> + 'static> EndsWithProof for Authenticated<C, P> {
    fn end(&self) -> Option<ProofEnd> {
        Some(ProofEnd { ended: self.ended_later().boxed(), check: Box::new(self.still_holds()) })
    }
}

impl<R: OptOut> EndsWithProof for Public<R> {
    fn end(&self) -> Option<ProofEnd> {
        None
    }
}

impl<C: Send + Sync + 'static, R: OptOut> EndsWithProof for Visitor<C, R> {
    fn end(&self) -> Option<ProofEnd> {
        self.caller()?.end()
    }
}
