//! Tests of the carriers, on heads of requests without a server.

mod any_bytes;
mod challenges;
mod configuration;
mod cross_site;
mod finding;
mod hidden;
mod support;
