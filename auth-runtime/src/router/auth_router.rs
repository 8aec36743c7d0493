//! The router on which everything has a decision: [`AuthRouter`].

use super::gate::{GuardedHandler, HandlerFn, Mounted};
use super::method_routes::{described, layered, route_posture};
use super::mounted_routes::{MethodFallback, MountedRoutes};
use super::{MethodRoutes, Policy, Posture, RoutePosture, service, unmatched};
use crate::access::{Job, JobName};
use crate::base::{Within, assert_words, words};
use crate::opt_out::opened;
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

/// A router on which everything has a decision about authentication.
///
/// It is used like axum's `Router`. What axum's would take without a decision, this one does not take: a handler whose
/// first parameter is no proof, a plain `Router`, a service without [`public_service`](Self::public_service) or
/// [`authenticated_service`](Self::authenticated_service). And there is no way back to a plain `Router`.
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
/// A plain router can't be merged into it:
///
/// ```compile_fail
/// # use auth_runtime::AuthRouter;
/// let plain: axum::Router = axum::Router::new();
/// let app: AuthRouter = AuthRouter::new().merge(plain);
/// ```
///
/// The state's type `S` is that of the state it still lacks; `AuthRouter<()>` lacks none and can be served.
#[must_use]
pub struct AuthRouter<S = ()> {
    pub(super) inner: Router<S>,
    /// Shared: the router is cloned for each connection, and by some for each request.
    known: Arc<MountedRoutes<S>>,
    /// Whether unmatched paths and methods look like protected routes to a caller without a proof.
    pub(super) hides_unmatched: bool,
}

impl<S: Clone + Send + Sync + 'static> AuthRouter<S> {
    /// A router without routes.
    ///
    /// # Panics
    ///
    /// While a request is handled: nothing checks the posture of a router that is made then, so its capabilities would
    /// open vaults that no posture lists.
    #[track_caller]
    pub fn new() -> Self {
        // P5, P9
        Within::assert_no_request(
            "a router was made while a request is handled: its posture would be checked by nothing: make it where the \
             program starts",
        );
        Self { inner: Router::new(), known: Arc::default(), hides_unmatched: false }
    }

    /// Routes a path, as axum writes it (`/orders/{id}`), to handlers by method.
    ///
    /// # Panics
    ///
    /// When there is no handler in `methods`; when the path is malformed, or overlaps with another, as axum's.
    #[track_caller]
    pub fn route(mut self, path: &str, methods: MethodRoutes<S>) -> Self {
        assert!(
            !methods.routes.is_empty() || !methods.others.is_unmatched(),
            "there is no handler for `{path}`, so there is no decision about it"
        );
        self.inner = self.inner.route(path, methods.inner);
        let known = self.known();
        known.routes.extend(methods.routes.into_iter().map(|route| route.at(path)));
        known.answer_others(methods.others.at(path));
        self.with_method_fallback()
    }

    /// Puts the routes of another router under a prefix.
    ///
    /// A router with a state of its own gets it before, with [`with_state`](Self::with_state), and goes into an
    /// `AuthRouter<()>`.
    ///
    /// # Panics
    ///
    /// When the prefix is empty or `/`; when the router has no answer for unmatched paths and one that is nested in it has; and as
    /// [`route`](Self::route).
    #[track_caller]
    pub fn nest(mut self, prefix: &str, router: Self) -> Self {
        router.known.assert_nestable(prefix);
        self.hides_unmatched |= router.hides_unmatched;
        self.inner = self.inner.nest(prefix, router.inner);
        self.known().nest(prefix, Arc::unwrap_or_clone(router.known));
        self.with_method_fallback()
    }

    /// Takes the routes of another router.
    ///
    /// # Panics
    ///
    /// When both have an answer for unmatched paths, or both one for unmatched methods, and as [`route`](Self::route).
    #[track_caller]
    pub fn merge(mut self, router: Self) -> Self {
        // P5: each router's routes would keep their own answer, and the routes that come later would get one of the two.
        assert!(
            self.known.method_fallback.is_none() || router.known.method_fallback.is_none(),
            "both routers have an answer for unmatched methods; keep one of them, or put it on the merged router"
        );
        self.hides_unmatched |= router.hides_unmatched;
        self.inner = self.inner.merge(router.inner);
        self.known().merge(Arc::unwrap_or_clone(router.known));
        self.with_method_fallback()
    }

    /// Answers paths that no route has.
    ///
    /// # Panics
    ///
    /// When this router has an answer for them already.
    #[track_caller]
    pub fn fallback<F, Args, M>(mut self, handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: GuardedHandler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        self.claim_fallback();
        self.inner = self.inner.fallback(Mounted::new::<F::Itself, Args, M>(handler.itself()));
        self.rows().push(route_posture::<F::Itself, Args, M, S>("FALLBACK").at("/*"));
        self
    }

    /// Answers methods that a path has no handler for. It doesn't matter whether the route comes before or after this
    /// call.
    ///
    /// # Panics
    ///
    /// When this router has an answer for them already.
    #[track_caller]
    pub fn method_not_allowed_fallback<F, Args, M>(mut self, handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: GuardedHandler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        let answer = axum::routing::any(Mounted::new::<F::Itself, Args, M>(handler.itself()));
        let row = route_posture::<F::Itself, Args, M, S>("FALLBACK(405)").at("/*");
        self.rows().push(row.clone());
        self.set_method_fallback(answer, row)
    }

    /// Answers callers without a proof of `C` as a protected route does where no route matches, so that they can't tell
    /// which paths and methods there are: no rejection (400, 401, 503) carries axum's `Allow`. Known callers get 404
    /// and 405 as ever.
    ///
    /// # Panics
    ///
    /// When this router has an answer for unmatched paths or methods already.
    #[track_caller]
    pub fn hide_unmatched<C>(mut self) -> Self
    where
        C: Send + Sync + 'static,
        Verifier<C>: FromRef<S>,
    {
        self.claim_fallback();
        self.hides_unmatched = true;
        self.inner = self.inner.fallback(unmatched::not_found::<C, S>());
        let [path, method] = unmatched::postures::<C, S>();
        self.rows().extend([path, method.clone()]);
        self.set_method_fallback(axum::routing::any(unmatched::method_not_allowed::<C, S>()), method)
    }

    /// Mounts a service made by others, for anybody, at a path and everything under it (`/` stands for whatever no
    /// route matches). The service sees the path without the prefix. The reason shows in the posture.
    ///
    /// # Panics
    ///
    /// When a reviewer cannot read the reason (blank, invisible characters, longer than 200 bytes), and as [`route`](Self::route).
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

    /// Mounts a service made by others, for callers with a proof of `C`, at a path and everything under it (`/` stands
    /// for whatever no route matches). The service sees the path without the prefix, and no request without a
    /// proof.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    #[track_caller]
    pub fn authenticated_service<C>(
        self,
        path: &str,
        service: impl Service<Request, Error = Infallible, Response: IntoResponse, Future: Send + 'static>
        + Clone
        + Send
        + Sync
        + 'static,
    ) -> Self
    where
        C: Send + Sync + 'static,
        Verifier<C>: FromRef<S>,
    {
        service::mount(self, path, service::authenticated::<C, S, _>(service))
    }

    /// Puts a layer around everything that is there so far. It runs before the decision, and may answer by itself: the
    /// posture names it.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.inner = self.inner.layer(layer);
        layered::<L>(self.known().all_rows());
        self.known().fallback_layers.push(std::any::type_name::<L>());
        self
    }

    /// Puts a layer around the routes that are there so far and their answers to unmatched methods, but not around the answer to
    /// unmatched paths.
    ///
    /// # Panics
    ///
    /// When there is no route yet, as axum's.
    #[track_caller]
    pub fn route_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.inner = self.inner.route_layer(layer);
        layered::<L>(self.known().all_rows().filter(|route| route.method != "FALLBACK"));
        self
    }

    /// Hands out the proof of work without a caller, and lists it in the posture: start-up, a queue, a timer.
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
    /// assert!(app.posture().to_string().contains("no caller: deletes orders after ten years, opens Orders"));
    /// # drop(run(job, Vault::new(Orders)));
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// While a request is handled: a job made then would be in no posture that anybody looks at.
    #[track_caller]
    pub fn job<R: JobName>(mut self) -> (Self, Job<R>) {
        Within::assert_no_request(
            "a job is handed out where the router is put together, not while a request is handled",
        );
        const { words(R::REASON) };
        let policy = Policy::Job { reason: R::REASON, opens: opened::<R::Opens>() };
        self.rows().push(described("JOB", policy, std::any::type_name::<R>()).at("-"));
        (self, Job::listed())
    }

    /// Gives the router the state that it lacks.
    pub fn with_state(self, state: S) -> AuthRouter {
        let known = Arc::unwrap_or_clone(self.known).with_state(&state);
        AuthRouter {
            inner: self.inner.with_state(state),
            known: Arc::new(known),
            hides_unmatched: self.hides_unmatched,
        }
    }

    /// Every route with its decision, as mounted.
    pub fn posture(&self) -> Posture {
        self.known.posture()
    }

    pub(super) fn known(&mut self) -> &mut MountedRoutes<S> {
        Arc::make_mut(&mut self.known)
    }

    pub(super) fn rows(&mut self) -> &mut Vec<RoutePosture> {
        &mut self.known().routes
    }

    #[track_caller]
    pub(super) fn claim_fallback(&mut self) {
        assert!(!self.known.has_fallback, "this router has an answer for unmatched paths already; keep one of them");
        self.known().has_fallback = true;
    }

    #[track_caller]
    fn set_method_fallback(mut self, answer: MethodRouter<S>, row: RoutePosture) -> Self {
        assert!(
            self.known.method_fallback.is_none(),
            "this router has an answer for unmatched methods already; keep one of them"
        );
        self.known().method_fallback = Some(MethodFallback { answer, row });
        self.with_method_fallback()
    }

    /// axum puts it only on the routes that are there; a route that came later would tell its methods to anybody.
    fn with_method_fallback(mut self) -> Self {
        if let Some(fallback) = &self.known.method_fallback {
            self.inner = self.inner.method_not_allowed_fallback(fallback.answer.clone());
            self.known().answer_unmatched_methods();
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
        Self { inner: self.inner.clone(), known: Arc::clone(&self.known), hides_unmatched: self.hides_unmatched }
    }
}

impl<S> fmt::Debug for AuthRouter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthRouter").field("routes", &self.known.routes).finish_non_exhaustive()
    }
}
