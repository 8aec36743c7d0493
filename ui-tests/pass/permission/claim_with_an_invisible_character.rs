// The twin of fail/permission/claim_with_an_invisible_character.rs, with the one thing mended.
auth_runtime::claim!(Admin = "admin" in "roles");

pub(crate) fn main() {}
