// A service's own type called `Public<..>` does not opt a handler out.
use auth_runtime::public;

struct Public<T>(T);

#[public]
async fn front(_caller: Public<u8>) {}

fn main() {}
