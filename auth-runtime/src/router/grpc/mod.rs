//! Mounts gRPC services of `tonic`: one route for each method, with its own decision.

mod body;
mod descriptor;
mod method;
mod methods;
mod mount;

pub use descriptor::assert_methods;
pub use methods::{GrpcMethods, GrpcServer};
pub use mount::{GrpcMount, MethodProof};
