//! Why a request is rejected, and the response to its client.

mod challenge;
mod client_view;
mod context;
mod format;
#[cfg(feature = "grpc")]
mod grpc;
mod isolation;
mod kind;
mod login_page;
#[cfg(test)]
mod login_page_tests;
mod protected_resource;
mod refusal;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod rejection;

pub(crate) use client_view::{ClientView, REALM};
pub use context::RejectionContext;
pub(crate) use format::{FormatOfRequest, RejectionFormat};
#[cfg(feature = "grpc")]
pub(crate) use grpc::{GrpcRejections, is_grpc};
pub(crate) use isolation::{isolate, isolate_panic};
pub use kind::RejectionKind;
pub(crate) use login_page::{LoginPage, redirect};
pub(crate) use protected_resource::ProtectedResource;
pub(crate) use refusal::{IssuerNames, Refusal};
pub use rejection::Rejection;
pub(crate) use rejection::take_mark;
