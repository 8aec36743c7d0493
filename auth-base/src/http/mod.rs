//! Every outgoing HTTP request: one URL policy, one client, one back-off, one text for errors.

pub(crate) mod backoff;
pub(crate) mod client;
pub(crate) mod error_chain;
pub(crate) mod url;
