//! The stream of refusals: where it goes, and what becomes of it when the far side fails.

mod collector;
mod file;
mod losses;
mod no_token;
mod otlp;
mod shutdown;
mod splunk;
mod spool;
