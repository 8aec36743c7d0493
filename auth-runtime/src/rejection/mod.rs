//! Why a request is rejected, and the response to its client.

mod isolation;
mod refusal;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod rejection;

pub(crate) use isolation::{isolate, isolate_panic};
pub(crate) use refusal::{IssuerNames, Refusal};
pub use rejection::Rejection;
