// Fixes the mistake in fail/attribute/another_type_under_the_name_of_a_proof.rs.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated]
async fn refund(_caller: Authenticated<Claims>) {}

pub(crate) fn main() {}
