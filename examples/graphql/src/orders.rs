//! The schema. Its vaults open with the proof of a permission only.

#![expect(clippy::unused_async, reason = "async-graphql requires async resolvers")]

use crate::fields::{Decision, FieldTableError, caller, every_caller, guarded, requires};
use crate::{CostsRead, OrdersRead, OrdersWrite};
use async_graphql::{Context, Object, Result, Schema, SimpleObject, Subscription};
use auth_runtime::{Claims, Vault};
use futures_util::{Stream, StreamExt, future, stream};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

/// The schema of the shop.
pub type Shop = Schema<Query, Mutation, Subscriptions>;

/// Makes the schema.
///
/// # Errors
///
/// [`FieldTableError`] if a field has no decision.
pub fn shop() -> Result<Shop, FieldTableError> {
    let store = Arc::new(Store { orders: Mutex::default(), placed: broadcast::channel(16).0 });
    let read = Vault::new(Reader(Arc::clone(&store)));
    let schema = Schema::build(Query(read.clone()), Mutation(Vault::new(Writer(store))), Subscriptions(read));
    // A query of a known caller can still be too large. GraphiQL needs this much for the schema.
    guarded(schema.limit_depth(16).limit_complexity(300), decisions())
}

/// Returns who may see which field. The service does not start while one is missing here.
#[must_use]
pub fn decisions() -> [(&'static str, Decision); 6] {
    [
        ("Query.orders", requires::<OrdersRead>()),
        ("Query.version", every_caller()),
        ("Mutation.placeOrder", requires::<OrdersWrite>()),
        ("Subscription.orders", requires::<OrdersRead>()),
        ("Order.item", every_caller()),
        ("Order.cost", requires::<CostsRead>()),
    ]
}

/// An order.
#[derive(Clone, SimpleObject)]
struct Order {
    item: String,
    /// What the shop pays for it. It is nullable, so that a denial of it denies nothing else.
    cost: Option<u32>,
}

/// The orders, each with the subject of its caller.
struct Store {
    orders: Mutex<Vec<(String, Order)>>,
    placed: broadcast::Sender<(String, Order)>,
}

struct Reader(Arc<Store>);
struct Writer(Arc<Store>);

impl Reader {
    fn of(&self, subject: &str) -> Vec<Order> {
        let orders = self.0.orders.lock().unwrap_or_else(PoisonError::into_inner);
        of(&orders, subject)
    }

    fn watch(&self, subject: &str) -> impl Stream<Item = Result<Order>> + use<> {
        let orders = self.0.orders.lock().unwrap_or_else(PoisonError::into_inner);
        // Both under the lock, so that no order is missed or sent twice.
        let (known, placed) = (of(&orders, subject), BroadcastStream::new(self.0.placed.subscribe()));
        let subject = subject.to_owned();
        let placed = placed.filter_map(move |placed| {
            future::ready(match placed {
                Ok((owner, order)) => (owner == subject).then_some(Ok(order)),
                Err(_) => Some(Err("orders were missed".into())),
            })
        });
        stream::iter(known).map(Ok).chain(placed)
    }
}

fn of(orders: &[(String, Order)], subject: &str) -> Vec<Order> {
    orders.iter().filter(|(owner, _)| owner == subject).map(|(_, order)| order.clone()).collect()
}

impl Writer {
    fn place(&self, subject: &str, item: String) -> Order {
        let order = Order { item, cost: Some(3) };
        let placed = (subject.to_owned(), order.clone());
        let mut orders = self.0.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.push(placed.clone());
        // No receiver: no client watches.
        let _ = self.0.placed.send(placed);
        order
    }
}

/// The queries.
pub struct Query(Vault<Reader, Claims, OrdersRead>);

#[Object]
impl Query {
    /// The orders of the caller.
    async fn orders(&self, context: &Context<'_>) -> Result<Vec<Order>> {
        let auth = caller::<OrdersRead>(context)?;
        Ok(self.0.open(&auth).of(auth.subject()))
    }

    /// The version of this service.
    async fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}

/// The mutations.
pub struct Mutation(Vault<Writer, Claims, OrdersWrite>);

#[Object]
impl Mutation {
    /// Places an order for the caller.
    async fn place_order(&self, context: &Context<'_>, item: String) -> Result<Order> {
        let auth = caller::<OrdersWrite>(context)?;
        Ok(self.0.open(&auth).place(auth.subject(), item))
    }
}

/// The subscriptions.
pub struct Subscriptions(Vault<Reader, Claims, OrdersRead>);

#[Subscription(name = "Subscription")]
impl Subscriptions {
    /// The orders of the caller, and then each new one.
    async fn orders(&self, context: &Context<'_>) -> Result<impl Stream<Item = Result<Order>>> {
        let auth = caller::<OrdersRead>(context)?;
        Ok(self.0.open(&auth).watch(auth.subject()))
    }
}
