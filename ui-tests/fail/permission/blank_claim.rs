// A claim that is blank would be granted to nobody, or by accident.
auth_runtime::claim!(Admin = "" in "roles");

fn main() {}
