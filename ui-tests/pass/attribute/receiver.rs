// Fixes the mistake in fail/attribute/receiver.rs.
use auth_runtime::authenticated;

struct Orders;

impl Orders {
    #[authenticated]
    async fn list() {}
}

pub(crate) fn main() {}
