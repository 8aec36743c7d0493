//! `cargo axum-auth attack`: attacks over the network, on a host that the operator owns.
//!
//! auth-testkit has the attacks and checks the responses. This module adds the check of the host,
//! the rate limit, good tokens from a command, and a report without tokens.

mod host;
mod keys;
mod redact;
mod run;
mod token;

pub(crate) use run::{Outcome, run};
