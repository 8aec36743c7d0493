//! Shared code of the tests: a service on a real socket, and a client that sends any bytes.

mod authority;
mod browser;
mod clock;
mod connection;
mod decision;
mod identity_provider;
mod listener;
mod program;
mod provider;
mod publisher;
mod quiet;
mod redis;
mod server;
mod service;

pub(crate) use authority::Authority;
pub(crate) use clock::Clock;
pub(crate) use connection::{Connection, Response};
pub(crate) use decision::{Bench, Refused};
pub(crate) use identity_provider::{IdentityProvider, Software};
pub(crate) use listener::Listener;
pub(crate) use provider::Provider;
pub(crate) use publisher::{Publisher, Reply};
pub(crate) use quiet::deliberate_panics_are_silent;
pub(crate) use redis::{Proxy, Redis};
pub(crate) use server::{
    BARE_CHALLENGE, INVALID_REQUEST, INVALID_TOKEN, PROBLEM_401, Server, assert_no_part_of_token_in, get, get_with,
    serve,
};
pub(crate) use service::{OrdersRefund, OrdersWrite, Runs, Service, routes, standard};
pub(crate) use test_support::tokens::{
    ALGORITHMS, AUDIENCE, ISSUER, KID, Mint, NOW, base64url, claims, header, segments, with, without,
};
