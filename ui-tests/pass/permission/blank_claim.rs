// The twin of fail/permission/blank_claim.rs, with the one thing mended.
auth_runtime::claim!(Admin = "admin" in "roles");

pub(crate) fn main() {}
