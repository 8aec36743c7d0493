//! Keys that an issuer publishes: fetched at start, and refreshed while the service runs.

mod bearer_file;
mod discovery;
mod doubts;
mod fetch;
mod find;
mod freshness;
#[cfg(fuzzing)]
pub mod fuzzing;
mod handle;
mod options;
mod published;
mod refresher;
mod remote_key_set;
mod shared;
mod turns;

pub(super) use handle::Remote;
pub use remote_key_set::RemoteKeySet;
