// Fixes the mistake in fail/attribute/optional_proof_of_a_public_handler.rs.
use auth_runtime::public;

#[public(reason = "the front page")]
async fn front() {}

pub(crate) fn main() {}
