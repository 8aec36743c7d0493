//! Outgoing HTTP requests: URL policy, client, back-off and error texts.

pub mod backoff;
pub mod client;
pub mod error_chain;
pub mod form;
pub mod url;
