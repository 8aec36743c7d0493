// A type of the service with the name of the proof proves nothing.
use auth_runtime::{signature, signed};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

struct Signed<S>(S);

#[signed(GitHub)]
async fn hook(_event: Signed<GitHub>) {}

fn main() {}
