//! A gRPC service behind the gate: each method has its own permission, and HTTP routes are beside
//! it.

mod service;

pub use service::Service;

use auth_runtime::opt_out::OptOut;
use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Authenticated, Claims, Public, Verifier, grpc_methods, public, scope};
use std::borrow::Cow;

/// What `build.rs` generates of `proto/orders.proto`.
#[expect(clippy::pedantic, reason = "generated code")]
pub mod proto {
    tonic::include_proto!("orders.v1");

    /// The names of all methods.
    pub const FILE_DESCRIPTOR_SET: &[u8] = tonic::include_file_descriptor_set!("orders");
}

scope!(pub OrdersRead = "orders:read");
scope!(pub OrdersWrite = "orders:write");

/// Why each client may read the version.
pub struct VersionIsPublic;

impl OptOut for VersionIsPublic {
    type Opens = ();

    fn reason() -> Option<Cow<'static, str>> {
        Some("the version is not a secret".into())
    }
}

grpc_methods! {
    /// Who may call which method. A method that is missing here does not compile.
    pub OrdersMethods for "orders.v1.Orders" in proto::FILE_DESCRIPTOR_SET {
        List: Authenticated<Claims, OrdersRead>,
        Place: Authenticated<Claims, OrdersWrite>,
        Watch: Authenticated<Claims, OrdersRead>,
        Import: Authenticated<Claims, OrdersWrite>,
        Version: Public<VersionIsPublic>,
    }
}

#[public(reason = "load balancer probe")]
async fn health() -> &'static str {
    "ok"
}

#[public(reason = "the page of the shop")]
async fn page() -> &'static str {
    "<!doctype html><title>Orders</title>"
}

/// Returns the router: the gRPC service, a probe, and a page for all other paths.
pub fn app(verifier: Verifier<Claims>, service: Service) -> AuthRouter {
    AuthRouter::new()
        .grpc::<OrdersMethods>(proto::orders_server::OrdersServer::new(service))
        .route("/health", get(health))
        .fallback(page)
        .with_state(verifier)
}
