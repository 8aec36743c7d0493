use auth_runtime::api_keys::{ApiKeyRecord, ApiKeyRecords, Unavailable};

struct Keys;

impl ApiKeyRecords for Keys {
    async fn find(&self, _id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        Ok(None)
    }
}

pub(crate) fn main() {}
