//! Outgoing HTTP requests: URL policy, client, back-off and error texts.

pub(crate) mod backoff;
pub(crate) mod client;
pub(crate) mod error_chain;
pub(crate) mod url;
