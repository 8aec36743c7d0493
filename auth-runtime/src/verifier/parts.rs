//! The required parts of a verifier, which the type system checks.

use crate::credential::token::keys::KeySet;
use auth_events::Events;
use serde::de::DeserializeOwned;

// Markers for parts that are not set. Private to the crate, so that callers cannot forge a state.

#[derive(Debug)]
pub struct NoIssuer;

#[derive(Debug)]
pub struct NoAudience;

#[derive(Debug)]
pub struct NoKeys;

#[derive(Debug)]
pub struct NoEvents;

/// In place of issuer, audience and keys, where no JWT is accepted.
#[derive(Debug)]
pub struct NoTokens;

// One trait for each part, so that each missing part has its own compile error. A part that is set
// passes the next one on (`Then`), so that the error names the first missing part.

#[diagnostic::on_unimplemented(
    message = "this verifier has no issuer",
    label = "call `.issuer(..)` first",
    note = "add `.issuer(\"https://id.example.com/\")`: the `iss` of the tokens to accept"
)]
pub trait HasIssuer {
    type Then<Next>;
    fn take<Next>(self, next: Next) -> (Option<String>, Self::Then<Next>);
}

#[diagnostic::on_unimplemented(
    message = "this verifier has no audience",
    label = "call `.audience(..)` first",
    note = "add `.audience(\"orders\")`: tokens for another audience are rejected"
)]
pub trait HasAudience {
    type Then<Next>;
    fn take<Next>(self, next: Next) -> (Option<String>, Self::Then<Next>);
}

#[diagnostic::on_unimplemented(
    message = "this verifier has no keys",
    label = "call `.keys(..)` first",
    note = "add `.keys(..)`, with a `KeySet` or one `VerifyingKey`"
)]
pub trait HasKeys {
    type Then<Next>;
    fn take<Next>(self, next: Next) -> (Option<KeySet>, Self::Then<Next>);
}

#[diagnostic::on_unimplemented(
    message = "this verifier has no events",
    label = "call `.events(..)` first",
    note = "add `.events(..)`, for instance `Events::stderr()`: it reports each rejection"
)]
pub trait HasEvents {
    fn take(self) -> Events;
}

impl HasIssuer for String {
    type Then<Next> = Next;
    fn take<Next>(self, next: Next) -> (Option<Self>, Next) {
        (Some(self), next)
    }
}

impl HasAudience for String {
    type Then<Next> = Next;
    fn take<Next>(self, next: Next) -> (Option<Self>, Next) {
        (Some(self), next)
    }
}

impl HasKeys for KeySet {
    type Then<Next> = Next;
    fn take<Next>(self, next: Next) -> (Option<Self>, Next) {
        (Some(self), next)
    }
}

// Not a remedy for a part that was forgotten.
#[diagnostic::do_not_recommend]
impl HasIssuer for NoTokens {
    type Then<Next> = Next;
    fn take<Next>(self, next: Next) -> (Option<String>, Next) {
        (None, next)
    }
}

#[diagnostic::do_not_recommend]
impl HasAudience for NoTokens {
    type Then<Next> = Next;
    fn take<Next>(self, next: Next) -> (Option<String>, Next) {
        (None, next)
    }
}

#[diagnostic::do_not_recommend]
impl HasKeys for NoTokens {
    type Then<Next> = Next;
    fn take<Next>(self, next: Next) -> (Option<KeySet>, Next) {
        (None, next)
    }
}

impl HasEvents for Events {
    fn take(self) -> Events {
        self
    }
}

#[diagnostic::on_unimplemented(
    message = "this verifier accepts no JWTs",
    label = "has no effect here",
    note = "start with `Verifier::builder()`, and add the other kind with `.also_accept(..)`"
)]
pub trait AcceptsTokens {}

// The implementors are states of a builder, which a reader cannot choose from.

#[diagnostic::do_not_recommend]
impl AcceptsTokens for NoIssuer {}
#[diagnostic::do_not_recommend]
impl AcceptsTokens for NoAudience {}
#[diagnostic::do_not_recommend]
impl AcceptsTokens for NoKeys {}
#[diagnostic::do_not_recommend]
impl AcceptsTokens for String {}
#[diagnostic::do_not_recommend]
impl AcceptsTokens for KeySet {}

#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from the claims of a token",
    label = "does not implement `serde::Deserialize`",
    note = "load a principal of the service's database with `.load(..)`, or derive `serde::Deserialize` for the claims"
)]
pub trait TokenClaims: DeserializeOwned + Send + Sync + 'static {}

// The message names both remedies, so the bound on serde's trait must not be recommended alone.
#[diagnostic::do_not_recommend]
impl<C: DeserializeOwned + Send + Sync + 'static> TokenClaims for C {}
