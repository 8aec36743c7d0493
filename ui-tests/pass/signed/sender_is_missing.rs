// Fixes the mistake in fail/signed/sender_is_missing.rs.
use auth_runtime::{signature, signed};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

#[signed(GitHub)]
async fn hook() {}

pub(crate) fn main() {}
