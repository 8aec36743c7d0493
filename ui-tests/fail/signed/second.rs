// A request has one signature, which one sender makes.
use auth_runtime::{Signed, signature, signed};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

#[signed(GitHub)]
async fn hook(_event: Signed<GitHub>, _again: Signed<GitHub>) {}

fn main() {}
