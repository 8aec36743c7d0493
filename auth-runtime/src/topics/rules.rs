//! Rules that wait for data, and the status of their denials.
//!
//! [`Rule`](crate::Rule) decides from the claims and the object. [`AsyncRule`] may also ask a
//! database or another service. [`OnDeny`] chooses between 403 Forbidden and 404 Not Found, so that
//! a denial does not disclose which objects exist.

pub use crate::access::{AsyncRule, OnDeny};
