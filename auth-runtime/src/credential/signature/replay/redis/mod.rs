//! Deliveries in a Redis or Valkey server.

mod options;
mod store;

pub use options::RedisReplayOptions;
pub use store::RedisReplays;
