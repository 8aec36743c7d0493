//! Tokens that must not get in, and those that must. Section 4 of the attacks, T01 to T54.

mod algorithms;
mod audience_and_issuer;
mod containment;
mod encrypted;
mod form;
mod header;
mod issuers;
mod issuing;
mod json;
mod key_confusion;
mod key_ids;
mod keys_at_start;
mod memory;
mod signatures;
mod times;
mod vectors;
