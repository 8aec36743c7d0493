// Fixes the mistake in fail/attribute/on_an_impl.rs.
use auth_runtime::authenticated;

struct Orders;

impl Orders {
    #[authenticated]
    async fn list() {}
}

pub(crate) fn main() {}
