//! Revocations in a Redis or Valkey server.

mod connection;
mod replies;
mod store;

pub use store::{RedisOptions, RedisRevocations};
