// Fixes the mistake in fail/signed/is_not_first.rs.
use auth_runtime::{Signed, signature, signed};
use auth_runtime::signatures::Scheme;
use axum::extract::Path;

signature!(GitHub = Scheme::github());

#[signed(GitHub)]
async fn hook(_event: Signed<GitHub>, Path(_id): Path<u64>) {}

pub(crate) fn main() {}
