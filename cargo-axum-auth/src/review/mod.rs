//! `cargo axum-auth review`: lists the code that a security review reads.
//!
//! The lint finds errors. The review lists decisions, because only a person can judge whether they
//! are right.

mod age;
mod code;
mod declared;
mod entry;
mod kinds;
mod reasons;
mod run;
mod weakening;

pub(crate) use age::Age;
pub(crate) use entry::{Entry, Reviewed};
pub(crate) use kinds::Kind;
pub(crate) use run::review;
