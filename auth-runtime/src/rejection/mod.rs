//! Why a request is rejected, and the response to its client.

mod context;
mod format;
mod isolation;
mod kind;
mod refusal;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod rejection;

pub use context::RejectionContext;
pub(crate) use format::{FormatOfRequest, RejectionFormat};
pub(crate) use isolation::{isolate, isolate_panic};
pub use kind::RejectionKind;
pub(crate) use kind::vary_by_authorization;
pub(crate) use refusal::{IssuerNames, Refusal};
pub use rejection::Rejection;
pub(crate) use rejection::take_mark;
