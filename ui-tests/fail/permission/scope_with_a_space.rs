// A scope must not contain a space, because it would never match.
auth_runtime::scope!(Both = "orders:read orders:write");

fn main() {}
