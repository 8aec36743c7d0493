// What opens a vault is sealed: no type of one's own becomes a key.
fn open(_: impl auth_runtime::access::vault::key::Key<(), (), (), ()>) {}

fn main() {}
