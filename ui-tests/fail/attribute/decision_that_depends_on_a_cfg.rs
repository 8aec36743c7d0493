// A build flag must not decide whether a handler is public. INC-67.
use auth_runtime::authenticated;

#[authenticated]
#[cfg_attr(debug_assertions, public)]
async fn list() {}

fn main() {}
