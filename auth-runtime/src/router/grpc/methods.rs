//! Decides about the methods of a gRPC service: [`GrpcMethods`].

use super::GrpcMount;
use crate::router::AuthRouter;
use axum::extract::Request;
use axum::response::IntoResponse;
use std::convert::Infallible;
use std::panic::Location;
use tonic::server::NamedService;
use tower_service::Service;

/// Decides about each method of a gRPC service.
///
/// [`grpc_methods!`](crate::grpc_methods) implements it, and has an example.
// P5: an implementation can only add methods behind a decision, and a method without one has no
// route.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not decide about the methods of a gRPC service on this router",
    note = "declare it with `auth_runtime::grpc_methods!`; the state of the router needs the verifier of each proof that it names"
)]
pub trait GrpcMethods<S> {
    /// The full name of the service in its descriptor: `orders.v1.Orders`.
    const SERVICE: &'static str;

    /// Adds all methods.
    fn mount<T: GrpcServer>(mount: GrpcMount<S, T>) -> GrpcMount<S, T>;
}

/// A server of `tonic`, which `tonic-prost-build` generates.
///
/// [`grpc_methods!`](crate::grpc_methods) has an example.
pub trait GrpcServer:
    NamedService
    + Service<Request, Error = Infallible, Response: IntoResponse, Future: Send + 'static>
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<T> GrpcServer for T where
    T: NamedService
        + Service<Request, Error = Infallible, Response: IntoResponse, Future: Send + 'static>
        + Clone
        + Send
        + Sync
        + 'static
{
}

impl<S: Clone + Send + Sync + 'static> AuthRouter<S> {
    /// Mounts a gRPC service, one route for each method, each with its own decision.
    ///
    /// [`grpc_methods!`](crate::grpc_methods) declares the decisions `M`, and has an example. A
    /// method takes its proof from the extensions of its request: see
    /// [`Proven`](crate::services::Proven).
    ///
    /// - A method is called with `POST /package.Service/Method`. Other services, routes and a
    ///   fallback can be on the same router.
    /// - A client that sends `content-type: application/grpc` gets rejections as `grpc-status` 16
    ///   (401), 7 (403) or 14 (503) with HTTP 200, on each route of this router.
    /// - A stream ends with `grpc-status` 16 when its token has expired or was revoked.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    #[track_caller]
    pub fn grpc<M: GrpcMethods<S>>(self, service: impl GrpcServer) -> Self {
        mounted::<S, M, _>(self, service, Location::caller())
    }
}

fn mounted<S, M, T>(mut router: AuthRouter<S>, service: T, location: &'static Location<'static>) -> AuthRouter<S>
where
    S: Clone + Send + Sync + 'static,
    M: GrpcMethods<S>,
    T: GrpcServer,
{
    const { super::descriptor::assert_same_service(T::NAME, M::SERVICE) };
    router.formats.has_grpc();
    M::mount(GrpcMount::new(router, service, location)).into_router()
}

/// Decides about each method of a gRPC service.
///
/// ```ignore
/// use auth_runtime::{AuthRouter, Authenticated, Claims, grpc_methods, scope};
///
/// scope!(OrdersRead = "orders:read");
/// scope!(OrdersWrite = "orders:write");
///
/// grpc_methods! {
///     /// Who may call which method.
///     pub OrdersMethods for "orders.v1.Orders" in proto::FILE_DESCRIPTOR_SET {
///         List: Authenticated<Claims, OrdersRead>,
///         Create: Authenticated<Claims, OrdersWrite>,
///     }
/// }
///
/// let app = AuthRouter::new().grpc::<OrdersMethods>(OrdersServer::new(orders)).with_state(state);
/// ```
///
/// The decision is the type of a handler's first parameter: `Authenticated<C, P>`, `Public<R>` or
/// `Visitor<C, R>`. The method takes a value of this type with
/// [`Proven::of`](crate::services::Proven::of).
///
/// The descriptor is the serialized `FileDescriptorSet` of the build, as a constant:
/// `tonic::include_file_descriptor_set!` or `include_bytes!`. A method of the service that is
/// missing here does not compile, and neither does a name that the service does not have.
// P1, P9
#[macro_export]
macro_rules! grpc_methods {
    (
        $(#[$attribute:meta])*
        $visibility:vis $name:ident for $service:literal in $descriptor:path {
            $($method:ident : $proof:ty),* $(,)?
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy)]
        $visibility struct $name;

        const _: () = $crate::__macro::assert_methods($descriptor, $service, &[$(stringify!($method)),*]);

        $(const _: () = $crate::__macro::is_a_decision::<$proof>();)*

        impl<S> $crate::services::GrpcMethods<S> for $name
        where
            S: ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync + 'static,
            $($proof: $crate::__macro::MethodProof<S>,)*
        {
            const SERVICE: &'static str = $service;

            fn mount<T: $crate::services::GrpcServer>(
                mount: $crate::services::GrpcMount<S, T>,
            ) -> $crate::services::GrpcMount<S, T> {
                mount$(.method::<$proof>(stringify!($method)))*
            }
        }
    };
}
