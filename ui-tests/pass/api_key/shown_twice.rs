use auth_runtime::api_keys::{ApiKey, MintError};

fn issue() -> Result<String, MintError> {
    let (key, _record) = ApiKey::mint("acme_live", "customer-7")?;
    Ok(key.show_once())
}

pub(crate) fn main() {}
