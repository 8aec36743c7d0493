//! What the routes do. None of these functions checks a token: when one runs, its attribute has been satisfied.

use crate::database::{Database, Refund};
use crate::extract::{Json, Path};
use crate::order::{Caller, Draft, NewOrder, Order};
use crate::problem::Problem;
use auth_runtime::{Authenticated, Claims, authenticated, public, scope};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use serde::Serialize;

scope! {
    /// May place orders.
    pub(crate) OrdersWrite = "orders:write"
}
scope! {
    /// May give the money back.
    pub(crate) OrdersRefund = "orders:refund"
}

#[authenticated]
pub(crate) async fn list(State(database): State<Database>) -> Result<Json<Vec<Order>>, Problem> {
    Ok(Json(database.orders().await?))
}

#[authenticated]
pub(crate) async fn show(State(database): State<Database>, Path(id): Path<i64>) -> Result<Json<Order>, Problem> {
    Ok(Json(database.order(id).await?.ok_or(Problem::NO_SUCH_ORDER)?))
}

/// The proof is written down here, because the order records who placed it. That it agrees with the attribute is checked by the compiler.
#[authenticated(requires = OrdersWrite)]
pub(crate) async fn place(
    auth: Authenticated<Claims, OrdersWrite>,
    State(database): State<Database>,
    Json(draft): Json<Draft>,
) -> Result<impl IntoResponse, Problem> {
    // A subject is unique only together with its issuer.
    let caller = Caller { issuer: auth.issuer().to_owned(), subject: auth.subject().to_owned() };
    let order = database.place(NewOrder::try_from(draft)?, caller).await?;
    Ok((StatusCode::CREATED, [(LOCATION, format!("/orders/{}", order.id))], Json(order)))
}

#[authenticated(requires = OrdersRefund)]
pub(crate) async fn refund(State(database): State<Database>, Path(id): Path<i64>) -> Result<Json<Order>, Problem> {
    match database.refund(id).await? {
        Refund::Made(order) => Ok(Json(order)),
        Refund::MadeBefore => Err(Problem::REFUNDED_BEFORE),
        Refund::NoSuchOrder => Err(Problem::NO_SUCH_ORDER),
    }
}

/// Who the caller is, by the names of the token's claims.
#[derive(Serialize)]
pub(crate) struct Me {
    iss: String,
    sub: String,
    scopes: Vec<String>,
    /// In seconds since 1970.
    exp: u64,
}

#[authenticated]
pub(crate) async fn me(auth: Authenticated<Claims>) -> Json<Me> {
    Json(Me {
        iss: auth.issuer().to_owned(),
        sub: auth.subject().to_owned(),
        scopes: auth.scopes().map(str::to_owned).collect(),
        exp: auth.exp,
    })
}

#[public(reason = "load balancer probe")]
pub(crate) async fn health() -> &'static str {
    "ok"
}
