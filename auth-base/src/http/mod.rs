//! Every outgoing HTTP request: one URL policy, one client, one back-off, one text for errors.

pub mod backoff;
pub mod client;
pub mod error_chain;
pub mod url;
