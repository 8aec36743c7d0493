//! The lowest layer: every outgoing HTTP request of this crate. It uses nothing of the layers above.

pub(crate) mod backoff;
pub(crate) mod error_chain;
pub(crate) mod http_client;
pub(crate) mod url;
