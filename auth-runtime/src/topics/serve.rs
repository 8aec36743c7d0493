//! Types of the server: its future, its graceful shutdown, and its connections.
//!
//! [`serve`](fn@crate::serve) runs an [`AuthRouter`](crate::AuthRouter) on a listener, as
//! `axum::serve` does, and [`shutdown_signal`](crate::shutdown_signal) makes the [`ShutdownSignal`]
//! that ends it.

pub use crate::router::{Connection, IntoMakeService, ResponseFuture, Serve, ShutdownSignal};
