// Whether a handler is public must not depend on how it is built. INC-67.
use auth_runtime::authenticated;

#[authenticated]
#[cfg_attr(debug_assertions, public)]
async fn list() {}

fn main() {}
