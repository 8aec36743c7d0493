// The claims of the callers that are recognised are a type, not a text.
use auth_runtime::public;

#[public(reason = "articles are for everyone", optional = "Claims")]
async fn article() {}

fn main() {}
