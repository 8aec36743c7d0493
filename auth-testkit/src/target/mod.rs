//! The target of an attack, and its routes.

mod body;
mod in_process;
mod plain;
mod response;
mod route;
mod service;
mod unmatched;
#[cfg(feature = "wire")]
mod wire;

pub(crate) use response::{NoResponse, ServiceResponse};
pub(crate) use route::Decision;
pub use route::Route;
pub use service::Target;
pub(crate) use unmatched::UnmatchedPolicy;
#[cfg(feature = "wire")]
pub use wire::WireError;
