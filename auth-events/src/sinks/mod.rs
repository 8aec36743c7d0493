//! Sinks over the network.
//!
//! Each has its own [`Protocol`](protocol::Protocol). One [`Delivery`](delivery::Delivery) queues,
//! retries and spools for all of them.

mod backlog;
mod delivery;
mod delivery_task;
#[cfg(test)]
mod delivery_tests;
#[cfg(feature = "otlp")]
mod fields;
#[cfg(feature = "splunk")]
mod hec_event;
mod http_endpoint;
mod message;
#[cfg(test)]
mod message_tests;
#[cfg(feature = "otlp")]
mod otlp;
#[cfg(feature = "otlp")]
mod otlp_client;
#[cfg(feature = "otlp")]
mod otlp_record;
mod protocol;
#[cfg(feature = "splunk")]
mod splunk;
mod spool;
mod spool_owner;

#[cfg(feature = "otlp")]
pub use otlp::Otlp;
#[cfg(feature = "splunk")]
pub use splunk::Splunk;
