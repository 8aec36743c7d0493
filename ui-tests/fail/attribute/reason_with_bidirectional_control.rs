// Bidirectional control characters would show a reviewer another reason than the real one.
use auth_runtime::public;

#[public(reason = "load \u{202e}recnalab\u{202c} probe")]
async fn list() {}

fn main() {}
