// Fixes the mistake in fail/attribute/another_type_under_the_name_of_an_opt_out.rs.
use auth_runtime::{Public, public, opt_out::NoReason};

#[public]
async fn front(_caller: Public<NoReason>) {}

pub(crate) fn main() {}
