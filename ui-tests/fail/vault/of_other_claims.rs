// A vault for one claims type does not open with a proof for another. INC-33.
use auth_runtime::{Authenticated, Claims, Vault};
use ui_tests::Pool;

struct Node;

async fn list(auth: Authenticated<Node>, pool: Vault<Pool, Claims>) -> u64 {
    pool.open(&auth).rows()
}

fn main() {}
