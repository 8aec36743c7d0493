//! Names of permissions, and proofs that are passed on with fewer permissions.
//!
//! A [`Permission`](crate::Permission) is a type, which [`scope!`](crate::scope) and
//! [`claim!`](crate::claim) declare. [`PermissionName`] is what posture and events show of it.
//! [`AnyCaller`] is the permission that each authenticated caller has. [`WeakenedProof`] is a
//! borrowed proof that states fewer permissions than its origin. [`Granted`] tells which permission
//! of an [`AnyOf`](crate::AnyOf) a caller has. [`WithRule`] declares the rule that a handler asks.

pub use crate::permission::{AnyCaller, PermissionName, WithRule};
pub use crate::proof::{Granted, WeakenedProof};
