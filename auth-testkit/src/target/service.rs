//! The service under attack, in this process or over HTTP.

use super::log_watch::LogWatch;
#[cfg(feature = "wire")]
use super::wire::{Wire, WireError};
use super::{
    NoResponse, Place, PrintedFallback, Route, ServiceResponse, in_process, plain, route, unmatched::Unmatched,
};
use auth_runtime::posture::VerifierPosture;
use auth_runtime::{AuthRouter, Posture};
use axum::Router;
use axum::body::Body;
use http::Request;
use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;

/// Holds a service to attack: an [`AuthRouter`], or an axum `Router`.
///
/// For an `AuthRouter` the kit also checks whether a handler ran, and the event. For a plain router it
/// checks the response only, and reads the routes from the `Debug` output as far as it can.
///
/// ```
/// use auth_testkit::{Target, TestIssuer, attack};
/// use axum::{Router, routing::get};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let plain: Router = Router::new().route("/orders", get(|| async { "for all" }));
/// let report = attack(Target::from(plain)).with(&TestIssuer::new()).await;
/// assert!(!report.findings.is_empty()); // the route has no check
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct Target {
    pub(crate) service: Service,
    pub(crate) routes: Vec<Route>,
    /// The verifiers of the routes, as text.
    pub(crate) verifiers: Vec<String>,
    /// The verifiers of an `AuthRouter`, with what they are configured for.
    pub(crate) configured: Vec<VerifierPosture>,
    /// Senders and set-ups of an `AuthRouter` whose rejections go nowhere, each with its settings.
    pub(crate) discarding: BTreeSet<(String, String)>,
    pub(crate) unmatched: Unmatched,
    /// What a plain router prints of its fallback.
    pub(crate) fallback: PrintedFallback,
    /// Texts in the body of a rejection whose status is one of success.
    pub(crate) rejecting_texts: Vec<String>,
    /// Reads what the service logs.
    logs: Option<LogWatch>,
}

#[derive(Clone)]
pub(crate) enum Service {
    Guarded(Box<AuthRouter>),
    Plain(Router),
    #[cfg(feature = "wire")]
    Wire(Wire),
}

impl Target {
    /// Sends a request. The future can be spawned, so requests overlap without copies of the routes.
    pub(crate) fn send(
        &self,
        request: Request<Body>,
    ) -> impl Future<Output = Result<ServiceResponse, NoResponse>> + Send + use<> {
        let (service, logs) = (self.service.clone(), self.logs.clone());
        let texts = self.rejecting_texts.clone();
        async move {
            let answer = match service {
                Service::Guarded(app) => in_process::send(*app, request, logs.as_ref()).await,
                Service::Plain(app) => in_process::send(app, request, logs.as_ref()).await,
                #[cfg(feature = "wire")]
                Service::Wire(wire) => wire.send(request).await,
            };
            answer.map(|response| response.rejected_by_text(&texts))
        }
    }

    /// Attacks a service over HTTP, with the routes of its posture lock.
    ///
    /// Only the responses are checked: handlers, reads of the body and events are not visible.
    ///
    /// # Errors
    ///
    /// When the address is not an `http` or `https` URL with a host, or contains credentials; and when
    /// the TLS client cannot be created.
    #[cfg(feature = "wire")]
    pub fn over_the_wire(base: &str, lock: &crate::lock::Lock) -> Result<Self, WireError> {
        let rows: Vec<_> = lock.rows().collect();
        Ok(Self {
            routes: rows.iter().filter_map(|row| route::of_lock(row)).collect(),
            unmatched: Unmatched::of_lock(&rows),
            verifiers: Vec::new(),
            configured: Vec::new(),
            discarding: BTreeSet::new(),
            fallback: PrintedFallback::Default,
            rejecting_texts: Vec::new(),
            logs: None,
            service: Service::Wire(Wire::new(base)?),
        })
    }

    /// Attacks the methods of a gRPC service as gRPC clients call them: over HTTP/2.
    ///
    /// `service` is its name in the `.proto` file with the package, such as `orders.v1.Orders`. A lock
    /// does not have it. A plain `http` address is called with prior knowledge (RFC 9113 section 3.3).
    ///
    /// # Errors
    ///
    /// When the lock has no route of the service.
    #[cfg(feature = "wire")]
    pub fn grpc(mut self, service: &str) -> Result<Self, WireError> {
        let below = format!("/{service}/");
        let mut methods = self.routes.iter_mut().filter(|route| route.path.starts_with(&below)).peekable();
        if methods.peek().is_none() {
            return Err(WireError(format!(
                "unknown gRPC service: `{service}`: name one whose methods are in the lock, with its package"
            )));
        }
        methods.for_each(|route| route.grpc = true);
        Ok(self)
    }

    /// Whether a request may have any method. An HTTP client opens a tunnel for CONNECT.
    pub(crate) fn takes_connect(&self) -> bool {
        self.is_in_process()
    }

    pub(crate) fn is_in_process(&self) -> bool {
        matches!(self.service, Service::Guarded(_) | Service::Plain(_))
    }

    /// Starts to read the log of a service in this process.
    pub(crate) fn watch_logs(&mut self) {
        if !matches!(self.service, Service::Guarded(_) | Service::Plain(_)) {
            return;
        }
        let places = self.routes.iter().flat_map(Route::places);
        let headers =
            places.filter_map(|place| if let Place::Header(name) = place { Some(name.clone()) } else { None });
        self.logs = Some(LogWatch::start(headers));
    }

    pub(crate) fn watches_logs(&self) -> bool {
        self.logs.is_some()
    }

    /// Whether it can reach a listener on the loopback address of this machine.
    pub(crate) fn is_on_this_machine(&self) -> bool {
        match &self.service {
            Service::Guarded(_) | Service::Plain(_) => true,
            #[cfg(feature = "wire")]
            Service::Wire(wire) => wire.is_on_this_machine(),
        }
    }

    /// Whether handlers and events are visible.
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
            configured: posture.verifiers().into_iter().cloned().collect(),
            discarding: discarding(&posture),
            // The posture has a row for it.
            fallback: PrintedFallback::Default,
            rejecting_texts: Vec::new(),
            logs: None,
            service: Service::Guarded(Box::new(app)),
        }
    }
}

/// The settings are text, whose last line names the destination of events.
fn discarding(posture: &Posture) -> BTreeSet<(String, String)> {
    let why = |settings: &str| {
        let line = settings.lines().find_map(|line| line.strip_prefix("rejections are "))?;
        line.starts_with("discarded").then(|| line.to_owned())
    };
    let senders = posture.senders().into_iter();
    let senders = senders.filter_map(|sender| Some((format!("sender {}", sender.name), why(&sender.settings)?)));
    let routes = posture.routes().iter();
    let setups =
        routes.filter_map(|row| Some((format!("set-up {} {}", row.method, row.path), why(row.setup.as_deref()?)?)));
    senders.chain(setups).collect()
}

/// A service that does not use `AuthRouter` yet.
impl From<Router> for Target {
    fn from(app: Router) -> Self {
        let printed = format!("{app:?}");
        let (routes, fallback) = (plain::routes(&printed), plain::fallback(&printed));
        Self {
            fallback,
            rejecting_texts: Vec::new(),
            routes,
            unmatched: Unmatched::default(),
            verifiers: Vec::new(),
            configured: Vec::new(),
            discarding: BTreeSet::new(),
            logs: None,
            service: Service::Plain(app),
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("routes", &self.routes).finish_non_exhaustive()
    }
}
