//! Tests the promises from outside: real sockets, real tokens, bytes written by hand.
//!
//! The ids at the start of test names (`t03`, `h12`, `inc_46`) are those of the replayed attacks
//! and incidents.

mod support;

mod coverage;
mod documents;
mod incident;
mod incidents;
mod own_kind;

mod against_a_provider;
// Tests start in the order of their names. These wait longest, so they are named to start first.
mod alerting;
mod carriers;
mod events;
mod gate;
mod http;
mod introspection;
mod keys;
mod properties;
mod providers;
mod revocation;
mod sessions;
mod signed;
mod streams;
mod tokens;
mod vectors;
