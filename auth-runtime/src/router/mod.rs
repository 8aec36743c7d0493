//! The router: its handlers and services, the gate in front of them, the posture, and the server.

mod admitted;
mod answer;
mod auth_router;
mod full_path;
mod gate;
#[cfg(feature = "grpc")]
mod grpc;
mod into_service;
mod method_routes;
mod mountable;
mod mounted_routes;
mod on_rejection;
mod posture;
mod readable_path;
mod resource_metadata;
mod servable;
mod serve;
mod service;
mod shutdown;
mod unmatched;

pub use auth_router::AuthRouter;
pub use full_path::FullPath;
pub use gate::{Extracts, ExtractsLast, Handler, HandlerFn, Proof, SetupGateFor, SignaturesFor, VerifierFor};
#[cfg(feature = "grpc")]
pub use grpc::{GrpcMethods, GrpcMount, GrpcServer, MethodProof, assert_methods};
pub use into_service::{Connection, IntoMakeService, ResponseFuture};
pub use method_routes::{MethodRoutes, routing};
pub use posture::{LayerPosture, Policy, Posture, PostureError, RoutePosture, SenderPosture};
pub use serve::{Serve, serve};
pub use shutdown::{ShutdownSignal, shutdown_signal};
