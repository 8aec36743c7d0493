// Two scopes in one literal would never match.
auth_runtime::scope!(Both = "orders:read orders:write");

fn main() {}
