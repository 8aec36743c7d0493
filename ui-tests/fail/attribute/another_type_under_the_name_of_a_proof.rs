// A service's own type called `Authenticated<..>` is not a proof, and an opt-out of that name is
// rejected as well. INC-67.
use auth_runtime::{authenticated, opt_out::NoReason};

use auth_runtime::Public as Authenticated;

#[authenticated]
async fn refund(_caller: Authenticated<NoReason>) {}

fn main() {}
