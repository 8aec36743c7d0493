//! Tests signed requests over sockets: what reaches a handler, and what is rejected before.

mod bodies;
mod flood;
mod hooks;
mod http2;
mod incident;
mod order;
mod records;
mod redis;
mod replays;
mod senders;
