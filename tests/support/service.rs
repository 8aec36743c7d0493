//! The service under test: one handler of each kind, and each counts its runs.

use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, Authenticated, Claims, Rejection, Verifier, authenticated, public, scope};
use axum::extract::{FromRef, Path, State};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

scope!(pub(crate) OrdersWrite = "orders:write");
scope!(pub(crate) OrdersRefund = "orders:refund");

/// How often a handler ran.
#[derive(Clone, Default)]
pub(crate) struct Runs(Arc<AtomicUsize>);

impl Runs {
    pub(crate) fn count(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn so_far(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) verifier: Verifier<Claims>,
    pub(crate) runs: Runs,
}

impl FromRef<Service> for Verifier<Claims> {
    fn from_ref(service: &Service) -> Self {
        service.verifier.clone()
    }
}

impl FromRef<Service> for Runs {
    fn from_ref(service: &Service) -> Self {
        service.runs.clone()
    }
}

#[authenticated]
async fn me(auth: Authenticated<Claims>, State(runs): State<Runs>) -> String {
    runs.count();
    auth.sub.clone()
}

#[authenticated]
async fn echo(State(runs): State<Runs>, body: String) -> String {
    runs.count();
    body
}

#[authenticated]
async fn order(auth: Authenticated<Claims>, State(runs): State<Runs>, Path(id): Path<String>) -> String {
    runs.count();
    format!("order {id} for {}", auth.subject())
}

#[authenticated(Claims, requires = OrdersWrite)]
async fn place(State(runs): State<Runs>) -> &'static str {
    runs.count();
    "placed"
}

#[authenticated]
async fn refund(auth: Authenticated<Claims>, State(runs): State<Runs>) -> Result<&'static str, Rejection> {
    let _refunder: Authenticated<Claims, OrdersRefund> = auth.require::<OrdersRefund>()?;
    runs.count();
    Ok("refunded")
}

#[public(reason = "load balancer probe")]
async fn health(State(runs): State<Runs>) -> &'static str {
    runs.count();
    "ok"
}

/// The routes, for tests that add layers.
pub(crate) fn routes() -> AuthRouter<Service> {
    AuthRouter::new()
        .route("/me", get(me))
        .route("/echo", post(echo))
        .route("/orders", post(place))
        .route("/orders/{id}", get(order))
        .route("/orders/{id}/refund", post(refund))
        .route("/health", get(health))
        .route("/files/{*path}", get(order))
        .nest("/v1", AuthRouter::new().route("/", get(me)).route("/orders/{id}", get(order)))
}

pub(crate) fn standard(service: Service) -> AuthRouter {
    routes().with_state(service)
}
