//! Stripe: signs the time and the body.

use crate::Deliveries;
use auth_runtime::signatures::Scheme;
use auth_runtime::{Claims, Signed, Vault, signature, signed};
use axum::extract::State;
use axum::response::{IntoResponse, Result};
use serde::Deserialize;

signature!(pub Stripe for Deliveries = Scheme::stripe());

#[derive(Deserialize)]
struct StripeEvent {
    id: String,
    r#type: String,
}

/// Stores an event under its id. Stripe signs each attempt anew, so a repeated event runs the
/// handler, and the table recognises it.
#[signed(Stripe)]
pub(crate) async fn charged(
    event: Signed<Stripe>,
    State(deliveries): State<Vault<Deliveries, Claims>>,
) -> Result<impl IntoResponse> {
    let StripeEvent { id, r#type } = event.json()?;
    Ok(deliveries.open(&event).store("Stripe", id, r#type).await?)
}
