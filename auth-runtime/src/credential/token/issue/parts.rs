//! The required parts of an issuer, which the type system checks.

use super::SigningKey;

#[derive(Debug)]
pub struct NoName;

#[derive(Debug)]
pub struct NoAudience;

#[derive(Debug)]
pub struct NoKey;

// As for a verifier: a part that is set passes the next one on (`Then`), so that the error names
// the first missing part.

#[diagnostic::on_unimplemented(
    message = "this token issuer has no name",
    label = "call `.issuer(..)` first",
    note = "add `.issuer(\"https://shop.example.com/\")`: the `iss` of its tokens"
)]
pub trait HasName {
    type Then<Next>;
    fn take<Next>(self, next: Next) -> (String, Self::Then<Next>);
}

#[diagnostic::on_unimplemented(
    message = "this token issuer has no audience",
    label = "call `.audience(..)` first",
    note = "add `.audience(\"shop\")`: the service that accepts its tokens"
)]
pub trait HasAudience {
    type Then<Next>;
    fn take<Next>(self, next: Next) -> (String, Self::Then<Next>);
}

#[diagnostic::on_unimplemented(
    message = "this token issuer has no key",
    label = "call `.key(..)` first",
    note = "add `.key(..)`, with a `SigningKey`"
)]
pub trait HasKey {
    fn take(self) -> SigningKey;
}

impl HasName for String {
    type Then<Next> = Next;
    fn take<Next>(self, next: Next) -> (Self, Next) {
        (self, next)
    }
}

impl HasAudience for String {
    type Then<Next> = Next;
    fn take<Next>(self, next: Next) -> (Self, Next) {
        (self, next)
    }
}

impl HasKey for SigningKey {
    fn take(self) -> Self {
        self
    }
}
