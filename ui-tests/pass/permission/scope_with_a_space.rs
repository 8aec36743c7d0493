// The twin of fail/permission/scope_with_a_space.rs, with the one thing mended.
auth_runtime::scope!(One = "orders:read");

pub(crate) fn main() {}
