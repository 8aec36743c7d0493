//! JSON as RFC 8725 wants it read: one object, no member twice at any depth, no deeper than a token needs.
//!
//! `serde_json` parses; what is kept of it takes two allocations, however many members there are.

mod decode;
mod document;
mod reader;
#[cfg(test)]
mod tests;
mod weight;

pub(crate) use weight::block;

use document::Node;
pub(crate) use document::{Array, Document, Json, Object};
