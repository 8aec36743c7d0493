//! `cargo axum-auth init`: adds the guards to an existing service.
//!
//! It plans and shows the changes, and writes them after the operator has agreed.

mod ci;
mod clippy;
mod difference;
mod manifest;
mod moving;
mod moving_tokens;
mod owners;
mod plan;
mod service;
mod source;
mod steps;
mod test;
mod unsafe_code;

pub(crate) use difference::difference;
pub(crate) use plan::plan;
pub(crate) use source::Source;
pub(crate) use steps::{Plan, Step};

use service::Service;
