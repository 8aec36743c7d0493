//! What is attacked, and its routes.

mod body;
mod in_process;
mod plain;
mod route;
#[cfg(feature = "wire")]
mod wire;

pub(crate) use in_process::{Answer, Broken};
pub use route::Route;
pub(crate) use route::{Decision, Policed, Unmatched};
#[cfg(feature = "wire")]
pub use wire::WireError;

use auth_runtime::AuthRouter;
use axum::Router;
use axum::body::Body;
use http::Request;
use std::fmt;

/// What can be attacked: an [`AuthRouter`], or any router of axum's.
///
/// Of an `AuthRouter` everything is asserted: whether a handler ran, what the event says. Of a plain one only what comes
/// back is seen, and its routes are read from what it prints of itself (`{:?}`), as far as they can be.
#[derive(Clone)]
#[must_use]
pub struct Target {
    pub(crate) service: Service,
    pub(crate) routes: Vec<Route>,
    /// What the verifiers let in, in words.
    pub(crate) verifiers: Vec<String>,
    pub(crate) unmatched: Unmatched,
}

#[derive(Clone)]
pub(crate) enum Service {
    Guarded(Box<AuthRouter>),
    Plain(Router),
    #[cfg(feature = "wire")]
    Wire(wire::Wire),
}

impl Target {
    pub(crate) async fn send(&self, request: Request<Body>) -> Result<Answer, Broken> {
        match &self.service {
            Service::Guarded(app) => in_process::send(AuthRouter::clone(app), request).await,
            Service::Plain(app) => in_process::send(app.clone(), request).await,
            #[cfg(feature = "wire")]
            Service::Wire(wire) => wire.send(request).await,
        }
    }

    /// A service somewhere else, over HTTP. Its routes are those of its posture lock.
    ///
    /// What is not seen over the wire: whether a handler ran, whether the body was read, and the events.
    ///
    /// # Errors
    ///
    /// When there can be no client for it: of another scheme than `http` and `https`, or without TLS.
    #[cfg(feature = "wire")]
    pub fn over_the_wire(base: &str, lock: &crate::lock::Lock) -> Result<Self, WireError> {
        let rows: Vec<_> = lock.rows().collect();
        Ok(Self {
            routes: rows.iter().filter_map(|row| route::of_lock(row)).collect(),
            unmatched: Unmatched::of_lock(&rows),
            verifiers: Vec::new(),
            service: Service::Wire(wire::Wire::new(base)?),
        })
    }

    /// Whether it tells what happened inside.
    pub(crate) fn is_guarded(&self) -> bool {
        matches!(self.service, Service::Guarded(_))
    }
}

impl From<AuthRouter> for Target {
    fn from(app: AuthRouter) -> Self {
        let posture = app.posture();
        Self {
            routes: route::of_posture(&posture),
            unmatched: Unmatched::of_posture(&posture),
            verifiers: posture.verifiers().iter().map(ToString::to_string).collect(),
            service: Service::Guarded(Box::new(app)),
        }
    }
}

/// A service before it is moved over.
impl From<Router> for Target {
    fn from(app: Router) -> Self {
        let routes = plain::routes(&format!("{app:?}"));
        Self { routes, unmatched: Unmatched::default(), verifiers: Vec::new(), service: Service::Plain(app) }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("routes", &self.routes).finish_non_exhaustive()
    }
}
