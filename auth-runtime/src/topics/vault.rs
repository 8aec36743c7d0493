//! Vaults that are bound to one caller, and the names of jobs.
//!
//! A [`Vault`](crate::Vault) opens its data for a proof only. [`BoundVault`] keeps a vault together
//! with the proof that opens it. [`JobName`] is the trait of the types that [`job!`](crate::job)
//! declares.

pub use crate::access::{BoundVault, JobName};
