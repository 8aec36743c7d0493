// A type of one's own that is called `Authenticated<..>` is no proof, and an opt-out under that name is none
// either. INC-67.
use auth_runtime::{authenticated, opt_out::NoReason};

use auth_runtime::Public as Authenticated;

#[authenticated]
async fn refund(_caller: Authenticated<NoReason>) {}

fn main() {}
