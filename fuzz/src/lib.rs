//! What the fuzz targets have in common: fixed keys, verifiers at a fixed time, and the oracles.
//!
//! An oracle says what may pass in other words than the verifier's, from the documents that it follows. It is slow and
//! plain, and shares no code with what it judges.

pub mod bench;
pub mod fixtures;
pub mod jwk;
pub mod policy;
pub mod strict;
