// The trait of the types that open a vault is sealed.
fn open(_: impl auth_runtime::access::vault::key::Key<(), (), (), ()>) {}

fn main() {}
