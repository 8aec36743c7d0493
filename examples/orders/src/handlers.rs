//! The handlers. They do not check tokens: a handler runs only if its attribute is satisfied.

use crate::api_keys::KEYS_ISSUER;
use crate::database::{Database, Refund};
use crate::extract::{Json, Path};
use crate::order::{Caller, Draft, OrderResponse};
use crate::problem::Problem;
use crate::revoked::Revoked;
use crate::rules::{CanPlace, CanRefund, CanSee, HasReadableCustomer};
use auth_runtime::{Authenticated, Claims, Vault, authenticated, public, scope};
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
    /// May refund orders.
    pub(crate) OrdersRefund = "orders:refund"
}

/// The vault opens the database only with the caller's proof.
pub(crate) type Orders = State<Vault<Database, Claims>>;

/// Lists the orders that the caller may see. The query limits the rows; the rule decides.
#[authenticated(requires = HasReadableCustomer)]
pub(crate) async fn list(
    auth: Authenticated<Claims, HasReadableCustomer>,
    State(database): Orders,
) -> Result<Json<Vec<OrderResponse>>, Problem> {
    let orders = database.open(&auth).orders_of(Caller::of(&auth)).await?;
    let orders = auth.permit_each::<CanSee, _>(orders)?;
    Ok(Json(orders.into_iter().map(OrderResponse::from).collect()))
}

#[authenticated]
pub(crate) async fn show(
    auth: Authenticated<Claims>,
    State(database): Orders,
    Path(id): Path<i64>,
) -> Result<Json<OrderResponse>, Problem> {
    let order = database.open(&auth).order(id).await?;
    Ok(Json(auth.permit_found::<CanSee, _>(order)?.into()))
}

/// The type of the proof is written out here. The compiler checks that it agrees with the
/// attribute.
#[authenticated(requires = OrdersWrite)]
pub(crate) async fn place(
    auth: Authenticated<Claims, OrdersWrite>,
    State(database): Orders,
    Json(draft): Json<Draft>,
) -> Result<impl IntoResponse, Problem> {
    let new = auth.permit::<CanPlace, _>(draft.checked(Caller::of(&auth))?)?;
    let order = database.open(&auth).place(new).await?;
    let order = OrderResponse::from(auth.permit::<CanSee, _>(order)?);
    Ok((StatusCode::CREATED, [(LOCATION, format!("/orders/{}", order.id))], Json(order)))
}

#[authenticated(requires = OrdersRefund)]
pub(crate) async fn refund(
    auth: Authenticated<Claims, OrdersRefund>,
    State(database): Orders,
    Path(id): Path<i64>,
) -> Result<Json<OrderResponse>, Problem> {
    let database = database.open(&auth);
    let order = auth.permit_found::<CanRefund, _>(database.order(id).await?)?;
    match database.refund(order).await? {
        Refund::Made(order) => Ok(Json(auth.permit::<CanSee, _>(order)?.into())),
        Refund::MadeBefore => Err(Problem::REFUNDED_BEFORE),
        Refund::NoSuchOrder => Err(Problem::NO_SUCH_ORDER),
    }
}

/// The caller, with the token's claim names.
#[derive(Serialize)]
pub(crate) struct Me {
    iss: String,
    sub: String,
    scopes: Vec<String>,
    /// Seconds since 1970.
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

/// Revokes the caller's token, in all instances that share the store.
#[authenticated]
pub(crate) async fn logout(auth: Authenticated<Claims>, State(revoked): State<Revoked>) -> Result<StatusCode, Problem> {
    revoke(&auth, &revoked).await
}

/// Revokes the token of a proof.
pub(crate) async fn revoke(auth: &Authenticated<Claims>, revoked: &Revoked) -> Result<StatusCode, Problem> {
    if auth.issuer() == KEYS_ISSUER {
        return Err(Problem::NOT_A_LOGIN);
    }
    revoked.revoke(&auth.token_identity().revocation()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[public(reason = "load balancer probe")]
pub(crate) async fn health() -> &'static str {
    "ok"
}
