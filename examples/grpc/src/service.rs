//! The methods. Each takes the proof that `OrdersMethods` names for it.

use crate::proto::orders_server::Orders;
use crate::proto::{ListRequest, Order, OrderList, VersionReply, VersionRequest, WatchRequest};
use crate::{OrdersRead, OrdersWrite};
use auth_runtime::services::Proven;
use auth_runtime::{Authenticated, Claims, Vault};
use futures_util::{Stream, StreamExt};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use tonic::{Request, Response, Status, Streaming};

type Reader = Authenticated<Claims, OrdersRead>;
type Writer = Authenticated<Claims, OrdersWrite>;

/// The orders by the subject of their caller.
struct Store {
    orders: Mutex<HashMap<String, Vec<Order>>>,
    placed: broadcast::Sender<Order>,
}

impl Store {
    fn of(&self, subject: &str) -> OrderList {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        OrderList { orders: orders.get(subject).cloned().unwrap_or_default() }
    }

    fn place(&self, subject: &str, order: Order) {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.entry(subject.to_owned()).or_default().push(order.clone());
        // No receiver: no client watches.
        let _ = self.placed.send(order);
    }
}

/// The orders service. Its store opens with a proof only.
pub struct Service(Vault<Store, Claims>);

impl Default for Service {
    fn default() -> Self {
        Self(Vault::new(Store { orders: Mutex::default(), placed: broadcast::channel(16).0 }))
    }
}

#[tonic::async_trait]
impl Orders for Service {
    type WatchStream = Pin<Box<dyn Stream<Item = Result<Order, Status>> + Send>>;

    async fn list(&self, request: Request<ListRequest>) -> Result<Response<OrderList>, Status> {
        let auth: Reader = Proven::of(request.extensions())?;
        Ok(Response::new(self.0.open(&auth).of(auth.subject())))
    }

    async fn place(&self, request: Request<Order>) -> Result<Response<Order>, Status> {
        let auth: Writer = Proven::of(request.extensions())?;
        let order = request.into_inner();
        self.0.open(&auth).place(auth.subject(), order.clone());
        Ok(Response::new(order))
    }

    async fn watch(&self, request: Request<WatchRequest>) -> Result<Response<Self::WatchStream>, Status> {
        let auth: Reader = Proven::of(request.extensions())?;
        let placed = BroadcastStream::new(self.0.open(&auth).placed.subscribe());
        let orders = placed.map(|order| order.map_err(|_| Status::data_loss("orders were missed")));
        Ok(Response::new(Box::pin(orders)))
    }

    async fn import(&self, request: Request<Streaming<Order>>) -> Result<Response<OrderList>, Status> {
        let auth: Writer = Proven::of(request.extensions())?;
        let mut orders = request.into_inner();
        while let Some(order) = orders.message().await? {
            self.0.open(&auth).place(auth.subject(), order);
        }
        Ok(Response::new(self.0.open(&auth).of(auth.subject())))
    }

    async fn version(&self, _: Request<VersionRequest>) -> Result<Response<VersionReply>, Status> {
        Ok(Response::new(VersionReply { version: env!("CARGO_PKG_VERSION").to_owned() }))
    }
}
