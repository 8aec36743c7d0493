//! Revocations in a Redis or Valkey server.

mod options;
mod replies;
mod store;

pub use options::RedisOptions;
pub use store::RedisRevocations;
