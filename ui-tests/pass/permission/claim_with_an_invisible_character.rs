// Fixes the mistake in fail/permission/claim_with_an_invisible_character.rs.
auth_runtime::claim!(Admin = "admin" in "roles");

pub(crate) fn main() {}
