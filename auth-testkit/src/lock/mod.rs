//! The posture lock: the decisions of a router in a file.
//!
//! The file is beside the code, so that a change of a decision is part of the review.

mod assert;
mod condition_changes;
mod difference;
mod direction;
mod layer_changes;
mod lock_file;
mod permission;
mod row;
mod verifier_rows;
mod words;

pub use assert::assert_posture;
pub use difference::Difference;
pub use direction::Direction;
pub use lock_file::{Lock, LockError};
pub(crate) use permission::parsed;
pub(crate) use row::public_name;
pub use row::{Decided, Row};

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_directions;
#[cfg(test)]
mod tests_of_layers;
#[cfg(test)]
mod tests_of_rules;
#[cfg(test)]
mod tests_of_senders;
#[cfg(test)]
mod tests_of_setups;
#[cfg(test)]
mod tests_of_verifiers;
