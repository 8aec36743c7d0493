// The twin of fail/attribute/on_an_impl.rs, with the one thing mended.
use auth_runtime::authenticated;

struct Orders;

impl Orders {
    #[authenticated]
    async fn list() {}
}

pub(crate) fn main() {}
