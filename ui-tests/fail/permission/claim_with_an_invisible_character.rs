// A name that is shown as another one would pass a review.
auth_runtime::claim!(Admin = "admin\u{200d}" in "roles");

fn main() {}
