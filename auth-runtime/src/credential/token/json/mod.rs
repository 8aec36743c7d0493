//! A strict JSON reader (RFC 8725): one object, no duplicate member, bounded depth.
//!
//! `serde_json` parses. A document takes two allocations, for any number of members.

mod decode;
mod document;
mod reader;
#[cfg(test)]
mod tests;
mod weight;

pub(crate) use weight::block;

use document::Node;
pub(crate) use document::{Array, Document, Json, Object};
