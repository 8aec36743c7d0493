//! The proofs, and the pipeline that makes them.

mod attribute_checks;
mod authenticated;
mod declared_rules;
mod granted;
mod identity;
mod malformed_json;
#[cfg(not(feature = "request-probe"))]
mod no_probe;
mod pipeline;
mod public;
mod rejected;
mod report;
mod reporter;
mod request_context;
#[cfg(feature = "request-probe")]
mod request_probe;
mod setup;
mod setup_pipeline;
mod signed;
mod signed_body;
mod signed_pipeline;
mod subject_as;
mod token_hash;
mod trace_context;
mod undecided;
mod verified;
mod visitor;
mod weakened;

pub use attribute_checks::{
    Recognises, TakesReason, is_a_proof, is_a_setup, is_an_opt_out, stated_claims, stated_proof, stated_sender,
};
pub use authenticated::Authenticated;
pub use granted::Granted;
pub use identity::Identity;
pub use malformed_json::MalformedJson;
#[cfg(not(feature = "request-probe"))]
pub(crate) use no_probe::Probe;
pub use public::Public;
pub(crate) use rejected::Rejected;
pub(crate) use request_context::{REST_PARAMETER, RequestContext};
#[cfg(feature = "request-probe")]
pub(crate) use request_probe::Probe;
#[cfg(feature = "request-probe")]
pub use request_probe::RequestProbe;
pub(crate) use setup::OpenSetup;
pub use setup::{Setup, SetupClosed};
pub use signed::Signed;
pub(crate) use verified::{Grant, VerifiedRequest};
pub use visitor::Visitor;
pub use weakened::WeakenedProof;
