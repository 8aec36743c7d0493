//! The router: what may be mounted on it, what it lets through, and how it is served.

mod admitted;
mod auth_router;
mod gate;
mod into_service;
mod method_routes;
mod mounted_routes;
mod posture;
mod serve;
mod service;
mod shutdown;
mod unmatched;

pub use auth_router::AuthRouter;
pub use into_service::{Connection, IntoMakeService, ResponseFuture};
pub use method_routes::{MethodRoutes, routing};
pub use posture::{Policy, Posture, PostureError, RoutePosture};
pub use serve::{Serve, serve};
pub use shutdown::{ShutdownSignal, shutdown_signal};
