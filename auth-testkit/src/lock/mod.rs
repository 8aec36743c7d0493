//! The posture lock: the decisions of a router in a file, so that a change of them is in the review.

mod assert;
mod difference;
mod lock_file;
mod permission;
mod row;

pub use assert::assert_posture;
pub use difference::{Difference, Direction};
pub use lock_file::{Lock, LockError};
pub use row::{Decided, Row};

#[cfg(test)]
mod tests;
