//! What the fuzz targets have in common: fixed keys, verifiers at a fixed time, and the oracles.
//!
//! An oracle decides what may pass by the documents that it follows. It is slow and plain, and
//! shares no code with the verifier that it judges.

pub mod api_key;
pub mod bench;
pub mod fixtures;
pub mod jwk;
pub mod policy;
pub mod strict;
