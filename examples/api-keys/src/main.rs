//! Mints, rotates and revokes keys, and serves the orders on port 3000.

use api_keys::{PREFIX, PgApiKeys, app};
use auth_runtime::Events;
use auth_runtime::api_keys::ApiKey;
use std::time::{Duration, SystemTime};

const USAGE: &str = "DATABASE_URL=postgres://.. api-keys mint OWNER SCOPE.. | rotate ID | revoke ID | serve";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let keys = PgApiKeys::connect(&std::env::var("DATABASE_URL").map_err(|_| USAGE)?).await?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["mint", owner, ref scopes @ ..] => {
            let (key, mut record) = ApiKey::mint(PREFIX, owner)?;
            record.scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
            record.expires_at = Some(SystemTime::now() + Duration::from_secs(365 * 24 * 60 * 60));
            keys.insert(&record).await?;
            println!("{}", key.show_once());
        }
        ["rotate", id] => {
            let in_a_week = SystemTime::now() + Duration::from_secs(7 * 24 * 60 * 60);
            let key = keys.rotate(PREFIX, id, in_a_week).await.map_err(|error| format!("{error:?}"))?;
            println!("{}", key.show_once());
        }
        ["revoke", id] => keys.revoke(id).await?,
        ["serve"] => {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
            auth_runtime::serve(listener, app(keys, Events::stderr())?).await?;
        }
        _ => return Err(USAGE.into()),
    }
    Ok(())
}
