use auth_runtime::api_keys::{ApiKeyRecord, SecretHash};

fn stored(record: &ApiKeyRecord) -> &SecretHash {
    &record.secret_hash
}

pub(crate) fn main() {}
