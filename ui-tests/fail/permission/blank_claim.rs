// A blank value would never match a claim, or match one by accident.
auth_runtime::claim!(Admin = "" in "roles");

fn main() {}
