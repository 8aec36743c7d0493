// The text of a key is for its owner: it cannot be formatted into a log.
use auth_runtime::api_keys::{ApiKey, MintError};

fn issue() -> Result<(), MintError> {
    let (key, _record) = ApiKey::mint("acme_live", "customer-7")?;
    println!("minted {key}");
    Ok(())
}

fn main() {}
