//! The required parts of [`Signatures`](super::Signatures), which the type system checks.

use auth_events::Events;

// As for a verifier: markers and traits that other crates cannot name.

#[derive(Debug)]
pub struct WithoutSecret;

#[derive(Debug)]
pub struct WithSecret;

#[derive(Debug)]
pub struct WithoutEvents;

#[diagnostic::on_unimplemented(
    message = "these signatures have no secret",
    label = "call `.secret(..)` first",
    note = "add `.secret(SigningSecret::from_env(\"WEBHOOK_SECRET\")?)`: the secret that the service shares with the sender"
)]
pub trait KnowsSecret {}

#[diagnostic::on_unimplemented(
    message = "these signatures have no events",
    label = "call `.events(..)` first",
    note = "add `.events(..)`, for instance `Events::stderr()`: it reports each rejection"
)]
pub trait ReportsTo {
    fn into_events(self) -> Events;
}

impl KnowsSecret for WithSecret {}

impl ReportsTo for Events {
    fn into_events(self) -> Events {
        self
    }
}
