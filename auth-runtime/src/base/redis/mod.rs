//! The connection to a Redis or Valkey server, for all stores that keep their data there.

mod connection;
mod failure;
mod server;

pub(crate) use connection::Connection;
pub(crate) use failure::Failure;
pub(crate) use server::{RedisServer, RefusedServer};
