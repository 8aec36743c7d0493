// A handler has no receiver.
use auth_runtime::authenticated;

struct Orders;

impl Orders {
    #[authenticated]
    async fn list(&self) {}
}

fn main() {}
