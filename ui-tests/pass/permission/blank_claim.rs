// Fixes the mistake in fail/permission/blank_claim.rs.
auth_runtime::claim!(Admin = "admin" in "roles");

pub(crate) fn main() {}
