// The service finds records. The verifier compares secrets, in constant time.
use auth_runtime::api_keys::{ApiKeyRecord, SecretHash};

fn is_valid(record: &ApiKeyRecord, presented: &SecretHash) -> bool {
    record.secret_hash == *presented
}

fn main() {}
