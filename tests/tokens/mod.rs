//! Tests tokens that must be rejected, and those that must be accepted (attacks T01 to T54).

mod algorithms;
mod audience_and_issuer;
mod cache;
mod encrypted;
mod form;
mod header;
mod isolation;
mod issuers;
mod issuing;
mod json;
mod key_confusion;
mod key_ids;
mod keys_at_start;
mod keys_by_origin;
mod rolling_deployment;
mod signatures;
mod signing_keys;
mod times;
mod vectors;
