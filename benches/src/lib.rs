//! The services that are compared: the same route, the same token, behind different checks.

pub mod flood;
pub mod measure;
pub mod services;
