// Fixes the mistake in fail/signed/another_sender_than_written.rs.
use auth_runtime::{Signed, signature, signed};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());
signature!(Shop = Scheme::shopify());

#[signed(Shop)]
async fn hook(_event: Signed<Shop>) {}

pub(crate) fn main() {}
