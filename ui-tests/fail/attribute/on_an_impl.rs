// A decision belongs to one handler, not to a whole impl. INC-30.
use auth_runtime::authenticated;

struct Orders;

#[authenticated]
impl Orders {
    async fn list() {}
}

fn main() {}
