//! GitHub: signs the body.

use crate::Deliveries;
use auth_runtime::signatures::Scheme;
use auth_runtime::{Claims, Signed, Vault, signature, signed};
use axum::extract::State;
use axum::response::{IntoResponse, Result};
use serde::Deserialize;

signature!(pub GitHub for Deliveries = Scheme::github());

#[derive(Deserialize)]
struct Push {
    r#ref: String,
    after: String,
}

/// Stores a push under its commit. `X-GitHub-Delivery` is not signed, so it is not the id.
#[signed(GitHub)]
pub(crate) async fn pushed(
    event: Signed<GitHub>,
    State(deliveries): State<Vault<Deliveries, Claims>>,
) -> Result<impl IntoResponse> {
    let Push { r#ref, after } = event.json()?;
    Ok(deliveries.open(&event).store("GitHub", after, format!("push to {ref}")).await?)
}
