//! Sinks over the network.
//!
//! Each has its own [`Protocol`](delivery::Protocol). One [`Delivery`](delivery::Delivery) queues,
//! retries and spools for all of them.

mod backlog;
mod delivery;
mod http_endpoint;
mod ledger;
#[cfg(feature = "otlp")]
mod otlp;
mod record;
#[cfg(feature = "splunk")]
mod splunk;
mod spool;
mod spool_owner;

#[cfg(feature = "otlp")]
pub use otlp::Otlp;
#[cfg(feature = "splunk")]
pub use splunk::Splunk;
