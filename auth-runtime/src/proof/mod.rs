//! The proofs, and the end of the pipeline: mint and report.

mod attribute_checks;
mod authenticated;
mod identity;
mod pipeline;
mod public;
mod report;
mod request_context;
mod request_probe;
mod undecided;
mod verified;
mod weakened;

pub use attribute_checks::{is_a_proof, is_an_opt_out, stated_claims, stated_proof};
pub use authenticated::Authenticated;
pub use identity::Identity;
pub use public::Public;
pub(crate) use request_context::RequestContext;
pub use request_probe::RequestProbe;
pub(crate) use verified::VerifiedRequest;
pub use weakened::WeakenedProof;
