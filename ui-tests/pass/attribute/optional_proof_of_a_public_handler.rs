// The twin of fail/attribute/optional_proof_of_a_public_handler.rs, with the one thing mended.
use auth_runtime::public;

#[public(reason = "the front page")]
async fn front() {}

pub(crate) fn main() {}
