//! What a proof opens: vaults, rules about objects, guarded streams.

mod bound_vault;
mod capability;
mod guarded;
mod job;
#[cfg(feature = "grpc")]
mod proof_end;
mod proven;
mod rule;
mod vault;

pub use bound_vault::BoundVault;
pub use guarded::{Guarded, GuardedError};
pub use job::{Job, JobName};
#[cfg(feature = "grpc")]
pub(crate) use proof_end::{EndsWithProof, ProofEnd};
#[cfg(feature = "grpc")]
use proven::CarriedProof;
#[cfg(feature = "grpc")]
pub use proven::is_a_decision;
pub use proven::{NotProven, Proven, WithProof};
pub use rule::{AsyncRule, OnDeny, Permitted, Rule};
pub use vault::Vault;
