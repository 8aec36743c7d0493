//! Receives the webhook of the payment provider, which marks orders as paid.

use crate::database::{Database, Paid};
use crate::problem::Problem;
use auth_runtime::routing::post;
use auth_runtime::signatures::{Scheme, Signatures};
use auth_runtime::{AuthRouter, Claims, Signed, Vault, signature, signed};
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use serde::Deserialize;

signature!(pub Payments for Database = Scheme::standard_webhooks());

/// The state of the webhook. Its route exists only where the service has the provider's secret.
#[derive(Clone, FromRef)]
struct PaymentsApp {
    payments: Signatures<Payments>,
    database: Vault<Database, Claims>,
}

/// Returns the route of payments.
pub(crate) fn routes<S>(payments: Signatures<Payments>, database: Vault<Database, Claims>) -> AuthRouter<S> {
    AuthRouter::new().route("/payments", post(paid)).with_state(PaymentsApp { payments, database })
}

/// An event of the provider. Its other members are ignored.
#[derive(Deserialize)]
#[serde(tag = "type")]
enum PaymentEvent {
    #[serde(rename = "payment.succeeded")]
    Succeeded { data: Payment },
    /// The provider adds types, and repeats an event that is not answered with 2xx.
    #[serde(other)]
    Other,
}

/// A payment of an order.
#[derive(Debug, Deserialize)]
pub(crate) struct Payment {
    pub(crate) order: i64,
    pub(crate) cents: i64,
}

/// Marks an order as paid. A second payment of the same order changes nothing.
#[signed(Payments)]
async fn paid(event: Signed<Payments>, State(database): State<Vault<Database, Claims>>) -> Result<StatusCode, Problem> {
    let PaymentEvent::Succeeded { data } = event.json()? else {
        return Ok(StatusCode::NO_CONTENT);
    };
    match database.open(&event).pay(data).await? {
        Paid::Marked | Paid::MarkedBefore => Ok(StatusCode::NO_CONTENT),
        Paid::OtherPrice => Err(Problem::OTHER_PRICE),
        Paid::NoSuchOrder => Err(Problem::NO_SUCH_ORDER),
    }
}
