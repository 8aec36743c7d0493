//! A service with API keys in PostgreSQL.
//!
//! - `store.rs` stores the records, finds them, and records when they were used.
//! - This file has the routes.

mod store;

use auth_runtime::api_keys::ApiKeys;
use auth_runtime::credentials::Carrier;
use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Authenticated, Claims, ConfigError, Events, Verifier, authenticated, scope};

pub use store::{NotRotated, PgApiKeys};

/// The prefix of the keys: the service and the environment.
pub const PREFIX: &str = "acme_live";

/// The issuer of the keys, a name of the service's own.
pub const ISSUER: &str = "https://orders.example.com/keys";

scope!(pub OrdersRead = "orders:read");

#[authenticated(requires = OrdersRead)]
async fn orders(caller: Authenticated<Claims, OrdersRead>) -> String {
    format!("the orders of {}\n", caller.sub)
}

/// Returns the routes, for callers with a key in `Authorization: Bearer` or in `X-Api-Key`.
///
/// # Errors
///
/// When the configuration is refused.
pub fn app(keys: PgApiKeys, events: Events) -> Result<AuthRouter, ConfigError> {
    let keys = ApiKeys::of(ISSUER, PREFIX, keys).carriers([Carrier::bearer(), Carrier::header("x-api-key")]);
    let verifier = Verifier::<Claims>::accepting(keys).events(events).build()?;
    Ok(AuthRouter::new().route("/orders", get(orders)).with_state(verifier))
}
