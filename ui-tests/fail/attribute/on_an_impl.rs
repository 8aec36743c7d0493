// A decision stands on one handler, not on all of an impl. INC-30.
use auth_runtime::authenticated;

struct Orders;

#[authenticated]
impl Orders {
    async fn list() {}
}

fn main() {}
