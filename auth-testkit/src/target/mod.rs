//! The target of an attack, and its routes.

mod accepted_kind;
mod body;
mod grpc;
mod in_process;
mod log_watch;
mod place;
mod plain;
mod response;
mod route;
mod service;
mod unmatched;
#[cfg(feature = "wire")]
mod wire;

pub(crate) use accepted_kind::AcceptedKind;
pub(crate) use grpc::{EMPTY_MESSAGE, GRPC};
pub(crate) use log_watch::LoggedCredential;
pub(crate) use place::Place;
pub(crate) use plain::PrintedFallback;
pub(crate) use response::{NoResponse, ServiceResponse};
pub(crate) use route::Decision;
pub use route::Route;
pub use service::Target;
pub(crate) use unmatched::UnmatchedPolicy;
#[cfg(feature = "wire")]
pub use wire::WireError;
