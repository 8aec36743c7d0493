// An invisible character would show a reviewer another name than the real one.
auth_runtime::claim!(Admin = "admin\u{200d}" in "roles");

fn main() {}
