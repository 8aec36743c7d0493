//! Routes requests to handlers that have a decision: [`AuthRouter`].

use super::gate::{Handler, HandlerFn, Mounted};
use super::method_routes::{described, layered, route_posture};
use super::mountable::Mountable;
use super::mounted_routes::{MethodFallback, MountedRoutes};
use super::on_rejection::RejectionFormats;
use super::readable_path::ReadablePath;
use super::{MethodRoutes, Policy, Posture, RoutePosture, service, unmatched};
use crate::access::{Job, JobName};
use crate::base::{Within, assert_words, words};
use crate::opt_out::opened;
use crate::permission::Permission;
use crate::proof::Authenticated;
use crate::verifier::Verifier;
use axum::Router;
use axum::extract::{FromRef, Request};
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, Route};
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use tower_layer::Layer;
use tower_service::Service;

/// Routes requests to handlers that have a decision about authentication.
///
/// It is used like axum's `Router`, but it does not accept a handler whose first parameter is not a
/// proof, a plain `Router`, or a service without [`public_service`](Self::public_service) or
/// [`authenticated_service`](Self::authenticated_service). It cannot be converted to a plain
/// `Router`.
///
/// ```
/// use auth_runtime::{AuthRouter, Verifier, Claims, authenticated, routing::{get, post}};
/// use axum::extract::{FromRef, State};
///
/// #[derive(Clone, FromRef)]
/// struct App {
///     verifier: Verifier<Claims>,
///     greeting: &'static str,
/// }
///
/// #[authenticated]
/// async fn hello(State(greeting): State<&'static str>) -> &'static str {
///     greeting
/// }
///
/// fn app(state: App) -> AuthRouter {
///     let v1 = AuthRouter::new().route("/hello", get(hello).post(hello));
///     AuthRouter::new().nest("/v1", v1).with_state(state)
/// }
/// ```
///
/// A plain router cannot be merged into it:
///
/// ```compile_fail
/// # use auth_runtime::AuthRouter;
/// let plain: axum::Router = axum::Router::new();
/// let app: AuthRouter = AuthRouter::new().merge(plain);
/// ```
///
/// `S` is the type of the state that is still missing. `AuthRouter<()>` misses none and can be
/// served.
#[must_use]
pub struct AuthRouter<S = ()> {
    pub(super) inner: Router<S>,
    /// Shared, because the router is cloned for each connection, and sometimes for each request.
    mounted: Arc<MountedRoutes<S>>,
    /// Whether unauthenticated callers get the response of a protected route for unmatched ones.
    pub(super) hides_unmatched: bool,
    pub(super) formats: RejectionFormats,
}

impl<S: Clone + Send + Sync + 'static> AuthRouter<S> {
    /// Makes a router without routes.
    ///
    /// # Panics
    ///
    /// While a request is handled, because no test checks the posture of a router that is made
    /// then. Its capabilities would open vaults that no posture lists.
    #[track_caller]
    pub fn new() -> Self {
        // P5, P9
        Within::assert_no_request(
            "a router was made while a request is handled, so no test checks its posture: make it where the program starts",
        );
        Self {
            inner: Router::new(),
            mounted: Arc::default(),
            hides_unmatched: false,
            formats: RejectionFormats::default(),
        }
    }

    /// Routes a path, as axum writes it (`/orders/{id}`), to handlers by method.
    ///
    /// # Panics
    ///
    /// If `methods` has no handler; if the path is malformed or overlaps with another one, as in
    /// axum.
    #[track_caller]
    pub fn route(mut self, path: &str, methods: MethodRoutes<S>) -> Self {
        assert!(
            !methods.routes.is_empty() || !methods.others.is_unmatched(),
            "no handler for `{path}`: add one to `MethodRoutes`, as in `.get(handler)`"
        );
        self.inner = self.inner.route(path, methods.inner);
        let mounted = self.mounted();
        mounted.routes.extend(methods.routes.into_iter().map(|route| route.at(path)));
        mounted.answer_others(methods.others.at(path));
        self.with_method_fallback()
    }

    /// Mounts the routes of another router below a prefix.
    ///
    /// A router with another state receives it first, with [`with_state`](Self::with_state).
    ///
    /// # Panics
    ///
    /// If the prefix is empty or `/`; if `router` has no fallback and a router nested in it has
    /// one; and as [`route`](Self::route).
    #[track_caller]
    pub fn nest(mut self, prefix: &str, router: impl Mountable<State = S>) -> Self {
        let router = router.into_auth_router();
        router.mounted.assert_nestable(prefix);
        self.hides_unmatched |= router.hides_unmatched;
        self.inner = self.inner.nest(prefix, self.formats.nest(router.formats, router.inner));
        self.mounted().nest(prefix, Arc::unwrap_or_clone(router.mounted));
        self.with_method_fallback()
    }

    /// Adds the routes of another router.
    ///
    /// # Panics
    ///
    /// If both have a fallback for unmatched paths, or both for unmatched methods; and as
    /// [`route`](Self::route).
    #[track_caller]
    pub fn merge(mut self, router: impl Mountable<State = S>) -> Self {
        let router = router.into_auth_router();
        // P5: the earlier routes would keep the fallback of their router, and later routes would
        // get one of the two.
        assert!(
            self.mounted.method_fallback.is_none() || router.mounted.method_fallback.is_none(),
            "both routers have a fallback for unmatched methods: keep one of them, or add it to the merged router"
        );
        self.hides_unmatched |= router.hides_unmatched;
        self.inner = self.inner.merge(self.formats.merge(router.formats, router.inner));
        self.mounted().merge(Arc::unwrap_or_clone(router.mounted));
        self.with_method_fallback()
    }

    /// Answers unmatched paths.
    ///
    /// # Panics
    ///
    /// If this router already has a fallback for unmatched paths.
    #[track_caller]
    pub fn fallback<F, Args, M>(mut self, handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        self.claim_fallback();
        self.inner = self.inner.fallback(Mounted::new::<F, Args, M>(handler));
        self.rows().push(route_posture::<F::Itself, Args, M, S>("FALLBACK").at("/*"));
        self
    }

    /// Answers unmatched methods, also of routes that are added later.
    ///
    /// # Panics
    ///
    /// If this router already has a fallback for unmatched methods.
    #[track_caller]
    pub fn method_not_allowed_fallback<F, Args, M>(mut self, handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        let answer = axum::routing::any(Mounted::new::<F, Args, M>(handler));
        let row = route_posture::<F::Itself, Args, M, S>("FALLBACK(405)").at("/*");
        self.rows().push(row.clone());
        self.set_method_fallback(answer, row)
    }

    /// Hides from unauthenticated callers which paths and methods exist.
    ///
    /// An unmatched path or method then gets the response of a protected route, and no rejection
    /// (400, 401, 503) carries axum's `Allow`. Callers with a proof of `C` get 404 and 405 as
    /// before. The routes may have other verifiers only if clients cannot tell them apart: all have
    /// the same realm, login page and carriers.
    ///
    /// # Panics
    ///
    /// If this router already has a fallback for unmatched paths or methods.
    #[track_caller]
    pub fn hide_unmatched<C>(mut self) -> Self
    where
        C: Send + Sync + 'static,
        Verifier<C>: FromRef<S>,
    {
        self.claim_fallback();
        self.hides_unmatched = true;
        self.formats.hide_unmatched();
        self.mounted().hidden.push(String::new());
        self.inner = self.inner.fallback(unmatched::not_found::<C, S>());
        let [path, method] = unmatched::postures::<C, S>();
        self.rows().extend([path, method.clone()]);
        self.set_method_fallback(axum::routing::any(unmatched::method_not_allowed::<C, S>()), method)
    }

    /// Mounts a tower service for unauthenticated callers, at a path and all paths below it.
    ///
    /// `/` stands for all unmatched paths. The service receives the path without the prefix. The
    /// posture shows the reason.
    ///
    /// # Panics
    ///
    /// If a reviewer cannot read the reason (blank, invisible characters, longer than 200 bytes);
    /// and as [`route`](Self::route).
    #[track_caller]
    pub fn public_service<T>(self, path: &str, service: T, reason: &'static str) -> Self
    where
        T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse,
        T::Future: Send + 'static,
    {
        assert_words(&format!("the reason of the public service at `{path}`"), reason);
        service::mount(self, path, service::public(service, reason))
    }

    /// Mounts a tower service for authenticated callers, at a path and all paths below it.
    ///
    /// The function receives the proof of each request and returns the service for it. Its
    /// parameter states the permission, which the posture shows.
    ///
    /// ```
    /// use auth_runtime::{AuthRouter, Authenticated, Claims, Verifier, scope};
    ///
    /// scope!(ReportsRead = "reports:read");
    ///
    /// fn app(verifier: Verifier<Claims>) -> AuthRouter {
    ///     let files = axum::routing::any(|| async { "a report" });
    ///     AuthRouter::new()
    ///         .authenticated_service("/reports", move |_: Authenticated<Claims, ReportsRead>| {
    ///             files.clone()
    ///         })
    ///         .with_state(verifier)
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// `/` stands for all unmatched paths. The service receives the path without the prefix;
    /// [`FullPath`](crate::services::FullPath) keeps it. A service that reads only the extensions
    /// of its requests takes the proof from there: see [`Proven`](crate::services::Proven).
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    #[track_caller]
    pub fn authenticated_service<C, P, T>(
        self,
        path: &str,
        service: impl Fn(Authenticated<C, P>) -> T + Clone + Send + Sync + 'static,
    ) -> Self
    where
        C: Send + Sync + 'static,
        P: Permission<C> + 'static,
        Verifier<C>: FromRef<S>,
        T: Service<Request, Error = Infallible, Response: IntoResponse, Future: Send + 'static> + Send + 'static,
    {
        service::mount(self, path, service::authenticated::<C, P, S, T, _>(service))
    }

    /// Adds a layer around the routes and fallbacks that were added so far.
    ///
    /// The layer runs before the decision and may answer by itself. The posture names it.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.inner = self.inner.layer((ReadablePath, layer));
        layered::<L>(self.mounted().all_rows());
        self.mounted().fallback_layers.push(std::any::type_name::<L>());
        self
    }

    /// Adds a layer around the routes that were added so far, with their fallbacks for unmatched
    /// methods.
    ///
    /// The fallback for unmatched paths stays outside.
    ///
    /// # Panics
    ///
    /// If there is no route yet, as in axum.
    #[track_caller]
    pub fn route_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.inner = self.inner.route_layer((ReadablePath, layer));
        layered::<L>(self.mounted().all_rows().filter(|route| route.method != "FALLBACK"));
        self
    }

    /// Makes the proof for work without a caller (start-up, a queue, a timer), and lists it in the
    /// posture.
    ///
    /// ```
    /// use auth_runtime::{AuthRouter, Claims, Job, Vault, job};
    ///
    /// pub struct Orders;
    ///
    /// job!(pub Nightly for Orders = "deletes orders after ten years");
    ///
    /// async fn run(job: Job<Nightly>, orders: Vault<Orders, Claims>) {
    ///     let _orders: &Orders = orders.open(&job);
    /// }
    ///
    /// # fn main() {
    /// let (app, job) = AuthRouter::<()>::new().job::<Nightly>();
    /// let row = "no caller: deletes orders after ten years, opens Orders";
    /// assert!(app.posture().to_string().contains(row));
    /// # drop(run(job, Vault::new(Orders)));
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// While a request is handled, because no test checks the posture of a job that is made then.
    #[track_caller]
    pub fn job<R: JobName>(mut self) -> (Self, Job<R>) {
        Within::assert_no_request("a job was made while a request is handled: make it where the router is built");
        const { words(R::REASON) };
        let policy = Policy::Job { reason: R::REASON, opens: opened::<R::Opens>() };
        self.rows().push(described("JOB", policy, std::any::type_name::<R>()).at("-"));
        (self, Job::listed())
    }

    /// Provides the state that the router misses.
    ///
    /// As in axum, the result may miss any other state `S2`, so that it can be nested in, and
    /// merged with, routers of another state. `AuthRouter<()>` can be served.
    ///
    /// rustc infers `S2` from what the router is passed to. Where nothing decides it, name it:
    /// `.with_state::<()>(state)`.
    ///
    /// # Panics
    ///
    /// If [`hide_unmatched`](Self::hide_unmatched) would show which paths exist, because a route
    /// has a verifier with another realm, login page or carrier. If a route waives a condition
    /// ([`Despite`](crate::Despite)) that its verifier does not require.
    #[track_caller]
    pub fn with_state<S2>(self, state: S) -> AuthRouter<S2> {
        let mounted = Arc::unwrap_or_clone(self.mounted).with_state(&state);
        mounted.assert_hidden();
        mounted.assert_waivers();
        AuthRouter {
            inner: self.inner.with_state(state),
            mounted: Arc::new(mounted),
            hides_unmatched: self.hides_unmatched,
            formats: self.formats,
        }
    }

    /// Returns every mounted route with its decision.
    pub fn posture(&self) -> Posture {
        self.mounted.posture()
    }

    pub(super) fn mounted(&mut self) -> &mut MountedRoutes<S> {
        Arc::make_mut(&mut self.mounted)
    }

    pub(super) fn rows(&mut self) -> &mut Vec<RoutePosture> {
        &mut self.mounted().routes
    }

    #[track_caller]
    pub(super) fn claim_fallback(&mut self) {
        assert!(!self.mounted.has_fallback, "this router already has a fallback for unmatched paths: keep one of them");
        self.mounted().has_fallback = true;
    }

    #[track_caller]
    fn set_method_fallback(mut self, answer: MethodRouter<S>, row: RoutePosture) -> Self {
        assert!(
            self.mounted.method_fallback.is_none(),
            "this router already has a fallback for unmatched methods: keep one of them"
        );
        self.mounted().method_fallback = Some(MethodFallback { answer, row });
        self.with_method_fallback()
    }

    /// Adds a path with its row, and the row of its other methods.
    #[cfg(feature = "grpc")]
    pub(super) fn with_route(
        mut self,
        path: &str,
        methods: MethodRouter<S>,
        row: RoutePosture,
        others: RoutePosture,
    ) -> Self {
        self.inner = self.inner.route(path, methods);
        let mounted = self.mounted();
        mounted.routes.push(row);
        mounted.answer_others(others);
        self.with_method_fallback()
    }

    /// Adds the fallback again, because axum adds it to existing routes only. A later route would
    /// show its methods to unauthenticated callers.
    fn with_method_fallback(mut self) -> Self {
        if let Some(fallback) = &self.mounted.method_fallback {
            self.inner = self.inner.method_not_allowed_fallback(fallback.answer.clone());
            self.mounted().answer_unmatched_methods();
        }
        self
    }
}

impl<S: Clone + Send + Sync + 'static> Default for AuthRouter<S> {
    /// As [`new`](AuthRouter::new).
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Clone for AuthRouter<S> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            mounted: Arc::clone(&self.mounted),
            hides_unmatched: self.hides_unmatched,
            formats: self.formats.clone(),
        }
    }
}

impl<S> fmt::Debug for AuthRouter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthRouter").field("routes", &self.mounted.routes).finish_non_exhaustive()
    }
}
