// Fixes the mistake in fail/signed/body_in_its_place.rs.
use auth_runtime::{Signed, signature, signed};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

#[signed(GitHub)]
async fn hook(_event: Signed<GitHub>) {}

pub(crate) fn main() {}
