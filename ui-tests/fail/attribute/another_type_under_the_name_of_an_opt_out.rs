// A type of one's own that is called `Public<..>` opts nothing out.
use auth_runtime::public;

struct Public<T>(T);

#[public]
async fn front(_caller: Public<u8>) {}

fn main() {}
