//! Tests of schemes and signatures without a server.

mod cancelled;
mod claims;
mod holes;
mod properties;
mod refusals;
mod secrets;
mod support;
mod vectors;
