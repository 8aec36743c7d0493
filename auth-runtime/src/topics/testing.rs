//! Shows tests what the gate did with a request, and how a sender signs one.
//!
//! A test puts a [`RequestProbe`] into a request and reads it after the response. The kit of
//! attacks in `auth-testkit` uses it.

pub use crate::credential::signature::{SchemeParts, SignatureForm};
pub use crate::proof::RequestProbe;
