// The gate's traits can't be named, so nothing else becomes a proof.
fn mount(_: impl auth_runtime::router::gate::Proof<()>) {}

fn main() {}
