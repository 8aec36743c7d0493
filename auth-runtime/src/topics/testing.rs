//! Shows tests what the gate did with a request.
//!
//! A test puts a [`RequestProbe`] into a request and reads it after the response. The kit of
//! attacks in `auth-testkit` uses it.

pub use crate::proof::RequestProbe;
