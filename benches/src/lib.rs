//! The services that are compared: the same route, the same token, behind different checks.

pub mod contenders;
pub mod flood;
pub mod measure;
#[cfg(feature = "peers")]
pub mod report;
