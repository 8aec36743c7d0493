//! The event stream: its sinks, and its behavior when a receiver fails.

mod collector;
mod file;
mod losses;
mod no_token;
mod otlp;
mod shutdown;
mod splunk;
mod spool;
