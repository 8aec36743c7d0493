//! What a proof opens: vaults, rules about objects, guarded streams.

mod bound_vault;
mod capability;
mod guarded;
mod job;
mod rule;
mod vault;

pub use bound_vault::BoundVault;
pub use guarded::{Guarded, GuardedError};
pub use job::{Job, JobName};
pub use rule::{AsyncRule, OnDeny, Permitted, Rule};
pub use vault::Vault;
