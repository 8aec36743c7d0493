// A reason that is shown as another text than it is would pass a review.
use auth_runtime::public;

#[public(reason = "load \u{202e}recnalab\u{202c} probe")]
async fn list() {}

fn main() {}
