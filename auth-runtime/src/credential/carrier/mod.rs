//! The carrier of a credential in a request: the `Authorization` header.

mod authorization;

pub(crate) use authorization::{Presented, presented};
