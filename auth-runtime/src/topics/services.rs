//! Gives services of other crates the proof of their caller: gRPC, MCP, GraphQL.
//!
//! [`AuthRouter::authenticated_service`](crate::AuthRouter::authenticated_service) passes the proof
//! to a function that returns the service. [`Proven`] hands it to a service that reads only the
//! extensions of its requests. [`FullPath`] keeps the prefix of the path.
//!
//! With the feature `grpc`, `AuthRouter::grpc` mounts a service of `tonic`, and `grpc_methods!`
//! decides about each of its methods.

pub use crate::access::{NotProven, Proven, WithProof};
pub use crate::router::FullPath;
#[cfg(feature = "grpc")]
pub use crate::router::{GrpcMethods, GrpcMount, GrpcServer};
