// All mistakes in the arguments and the signature are reported at once, each at its place.
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
