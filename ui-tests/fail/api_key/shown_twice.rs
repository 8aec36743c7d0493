// The text of a key is shown once.
use auth_runtime::api_keys::{ApiKey, MintError};

fn issue() -> Result<(String, String), MintError> {
    let (key, _record) = ApiKey::mint("acme_live", "customer-7")?;
    Ok((key.show_once(), key.show_once()))
}

fn main() {}
