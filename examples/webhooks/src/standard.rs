//! Standard Webhooks: signs the id of the delivery, the time and the body.

use crate::Deliveries;
use auth_runtime::signatures::Scheme;
use auth_runtime::{Claims, Signed, Vault, signature, signed};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Result};
use serde::Deserialize;

signature!(pub Standard for Deliveries = Scheme::standard_webhooks());

#[derive(Deserialize)]
struct StandardEvent {
    r#type: String,
}

/// Stores an event under the id of its delivery. The gate answers a repeated delivery with 200
/// before this handler.
#[signed(Standard)]
pub(crate) async fn sent(
    event: Signed<Standard>,
    State(deliveries): State<Vault<Deliveries, Claims>>,
) -> Result<impl IntoResponse> {
    let StandardEvent { r#type } = event.json()?;
    let id = event.delivery_id().ok_or(StatusCode::BAD_REQUEST)?.to_owned();
    Ok(deliveries.open(&event).store("Standard", id, r#type).await?)
}
