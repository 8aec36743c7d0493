//! The event stream: its sinks, and its behavior when a receiver fails.

mod caller_text;
mod collector;
mod file;
mod joined;
mod losses;
mod no_token;
mod otlp;
mod shutdown;
mod splunk;
mod spool;
