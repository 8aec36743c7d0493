// All mistakes of the arguments and the signature are reported at once, each where it is fixed.
use auth_runtime::authenticated;

struct Claims;

#[authenticated(
    &Claims, // a mistake
    role = Admin, // a mistake
)]
fn list( // a mistake
    _limit: u32, // a mistake
) {
}

fn main() {}
