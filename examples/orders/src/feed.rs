//! Orders as they are placed, for as long as the caller's token is good.

use crate::handlers::Orders;
use crate::order::{Order, Shown};
use crate::rules::CanSee;
use auth_runtime::{Authenticated, Claims, authenticated};
use axum::BoxError;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::Stream;
use futures_util::stream::try_unfold;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;

/// Server-sent events. The connection breaks off when the token expires or is taken back: an hour's token is no
/// subscription for life.
#[authenticated]
pub(crate) async fn feed(
    auth: Authenticated<Claims>,
    State(database): Orders,
) -> Sse<impl Stream<Item = Result<Event, impl Into<BoxError>>>> {
    let auth = Arc::new(auth);
    let placed = database.open(&*auth).placed();
    let events = try_unfold((Arc::clone(&auth), database, placed), async |(auth, database, mut placed)| {
        loop {
            let id = match placed.recv().await {
                Ok(id) => id,
                // A client that can't keep up is cut off, rather than shown a feed with holes.
                Err(RecvError::Lagged(_) | RecvError::Closed) => return Ok::<_, BoxError>(None),
            };
            let order = database.open(&*auth).order(id).await?;
            if let Some(event) = shown(&auth, order)? {
                return Ok(Some((event, (auth, database, placed))));
            }
        }
    });
    Sse::new(auth.guard(events)).keep_alive(KeepAlive::default())
}

/// Nothing for an order that its caller may not see.
fn shown(auth: &Authenticated<Claims>, order: Option<Order>) -> Result<Option<Event>, BoxError> {
    match auth.permit_each::<CanSee, _>(order)?.pop() {
        Some(order) => Ok(Some(Event::default().json_data(Shown::from(order))?)),
        None => Ok(None),
    }
}
