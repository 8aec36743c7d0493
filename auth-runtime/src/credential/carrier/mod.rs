//! The carriers of credentials in a request.

mod authorization;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod carrier;
mod placeholder;

pub(crate) use authorization::{Presented, presented};
pub use carrier::Carrier;
