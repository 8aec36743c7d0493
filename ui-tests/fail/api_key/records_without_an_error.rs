// A store that fails is not a store without the key: `find` returns a typed error.
use auth_runtime::api_keys::{ApiKeyRecord, ApiKeyRecords};

struct Keys;

impl ApiKeyRecords for Keys {
    async fn find(&self, _id: &str) -> Option<ApiKeyRecord> {
        None
    }
}

fn main() {}
