//! A rejection with the caller, for the record of the decision.

use crate::decision::{CallerRecord, Decision, RejectionRecord};
use crate::rejection::{ClientView, Rejection};

/// A rejection whose event is emitted.
// P8: `caller` is set only after the credentials were accepted.
#[derive(Debug)]
pub struct Rejected {
    pub(crate) rejection: Rejection,
    pub(super) caller: Option<CallerRecord>,
    /// What the verifier shows to its clients.
    pub(crate) view: ClientView,
}

impl Rejected {
    pub(crate) fn decision(self) -> Decision {
        Decision::Rejected(RejectionRecord::new(self.rejection.kind(), self.caller))
    }
}

impl From<Rejected> for Rejection {
    fn from(rejected: Rejected) -> Self {
        rejected.rejection
    }
}
