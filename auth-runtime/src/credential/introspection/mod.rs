//! Opaque tokens, which an authorization server introspects (RFC 7662).

mod answer;
#[cfg(test)]
mod answer_tests;
mod answers;
mod client;
mod client_secret;
mod discovery;
mod fault;
mod health;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod introspection;
mod options;
mod remote;
mod server;

pub use client_secret::ClientSecret;
pub use introspection::Introspection;
pub use remote::RemoteIntrospection;
