//! Sends orders as they are placed, while the caller's token is valid.

use crate::handlers::Orders;
use crate::order::{Order, OrderResponse};
use crate::rules::CanSee;
use auth_runtime::serve::ShutdownSignal;
use auth_runtime::{Authenticated, Claims, authenticated};
use axum::BoxError;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::Stream;
use futures_util::stream::try_unfold;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;

/// Streams server-sent events. The connection ends when the token expires or is revoked, and when
/// the service ends.
#[authenticated]
pub(crate) async fn feed(
    auth: Authenticated<Claims>,
    State(database): Orders,
    State(shutdown): State<ShutdownSignal>,
) -> Sse<impl Stream<Item = Result<Event, impl Into<BoxError>>>> {
    let auth = Arc::new(auth);
    let placed = database.open(&*auth).placed();
    let state = (Arc::clone(&auth), database, placed, shutdown);
    let events = try_unfold(state, async |(auth, database, mut placed, shutdown)| {
        loop {
            let next = tokio::select! {
                next = placed.recv() => next,
                () = shutdown.requested() => return Ok::<_, BoxError>(None),
            };
            let id = match next {
                Ok(id) => id,
                // A client that is too slow is disconnected, because a feed must not have gaps.
                Err(RecvError::Lagged(_) | RecvError::Closed) => return Ok(None),
            };
            let order = database.open(&*auth).order(id).await?;
            if let Some(event) = shown(&auth, order)? {
                return Ok(Some((event, (auth, database, placed, shutdown))));
            }
        }
    });
    Sse::new(auth.guard(events)).keep_alive(KeepAlive::default())
}

/// Returns `None` for an order that the caller may not see.
fn shown(auth: &Authenticated<Claims>, order: Option<Order>) -> Result<Option<Event>, BoxError> {
    match auth.permit_each::<CanSee, _>(order)?.pop() {
        Some(order) => Ok(Some(Event::default().json_data(OrderResponse::from(order))?)),
        None => Ok(None),
    }
}
