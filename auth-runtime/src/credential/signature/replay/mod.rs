//! Keeps the deliveries that were handled, so that a replay does not run the handler.

mod delivery_key;
mod memory;
#[cfg(feature = "redis")]
mod redis;
mod replay_error;
mod replay_store;

pub use delivery_key::DeliveryKey;
pub use memory::MemoryReplays;
#[cfg(feature = "redis")]
pub use redis::{RedisReplayOptions, RedisReplays};
pub use replay_error::ReplayError;
pub use replay_store::ReplayStore;
