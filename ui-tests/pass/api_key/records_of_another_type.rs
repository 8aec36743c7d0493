use auth_runtime::api_keys::{ApiKeyRecord, ApiKeyRecords, ApiKeys, Unavailable};

struct Pool;

impl ApiKeyRecords for Pool {
    async fn find(&self, _id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        Ok(None)
    }
}

fn kind(pool: Pool) -> ApiKeys {
    ApiKeys::of("https://orders.example.com/keys", "acme_live", pool)
}

pub(crate) fn main() {}
