//! Streams that end together with the token of their caller.
//!
//! [`Authenticated::guard`](crate::Authenticated::guard) wraps a stream. [`Guarded`] yields its
//! items until the token expires or is revoked.

pub use crate::access::{Guarded, GuardedError};
