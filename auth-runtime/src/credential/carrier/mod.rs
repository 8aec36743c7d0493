//! Where in a request a credential is: the `Authorization` header.

mod authorization;

pub(crate) use authorization::{Presented, presented};
