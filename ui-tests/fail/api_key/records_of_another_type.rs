// The kind needs the service's records of its keys.
use auth_runtime::api_keys::ApiKeys;

struct Pool;

fn kind(pool: Pool) -> ApiKeys {
    ApiKeys::of("https://orders.example.com/keys", "acme_live", pool)
}

fn main() {}
