//! What layers and error formats learn of a decision.
//!
//! The gate puts a [`Decision`] into the extensions of each response, where every layer around the
//! router reads it: an audit log, a metric, a span. [`RejectionContext`] is what a service's own
//! error format is given.

mod caller_record;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod decision;
mod rejection_record;

pub use crate::rejection::{RejectionContext, RejectionKind};
pub use caller_record::CallerRecord;
pub(crate) use caller_record::Identified;
pub use decision::Decision;
pub use rejection_record::RejectionRecord;
