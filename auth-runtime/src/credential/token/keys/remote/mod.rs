//! Keys that an issuer publishes: fetched at start, and refreshed while the service runs.

mod discovery;
mod fetch;
mod freshness;
#[cfg(fuzzing)]
pub mod fuzzing;
mod handle;
mod published;
mod refresher;
mod remote_key_set;

pub(super) use handle::Remote;
pub use remote_key_set::RemoteKeySet;
