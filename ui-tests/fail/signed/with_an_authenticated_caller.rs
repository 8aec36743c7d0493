// A handler makes one decision: a sender signs the request, or a caller is authenticated.
use auth_runtime::{Authenticated, Claims, Signed, signature, signed};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

#[signed(GitHub)]
async fn hook(_event: Signed<GitHub>, _caller: Authenticated<Claims>) {}

fn main() {}
