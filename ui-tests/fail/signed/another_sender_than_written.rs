// The attribute and the parameter must name the same sender.
use auth_runtime::{Signed, signature, signed};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());
signature!(Shop = Scheme::shopify());

#[signed(GitHub)]
async fn hook(_event: Signed<Shop>) {}

fn main() {}
