// Fixes the mistake in fail/permission/scope_with_a_space.rs.
auth_runtime::scope!(One = "orders:read");

pub(crate) fn main() {}
