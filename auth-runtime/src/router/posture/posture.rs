//! What a router lets through, and what not, read from the router itself.

use super::{ResourceDescription, SenderPosture};
use crate::base::Date;
use crate::permission::PermissionName;
use crate::verifier::VerifierPosture;
use serde::{Serialize, Serializer};
use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// Lists every route of a router with its decision.
///
/// It displays as a table, and [`to_json`](Self::to_json) has the full names and paths for
/// programs. It is read from the mounted routes, so it always agrees with them.
///
/// ```
/// use auth_runtime::{AuthRouter, public, routing::get};
///
/// #[public(reason = "load balancer probe")]
/// async fn health() -> &'static str {
///     "ok"
/// }
///
/// let app: AuthRouter = AuthRouter::new().route("/health", get(health));
/// assert!(app.posture().to_string().contains("PUBLIC: load balancer probe"));
/// ```
#[derive(Debug, Clone, Serialize)]
#[must_use]
pub struct Posture {
    pub(in crate::router) routes: Vec<RoutePosture>,
}

/// One method of one path, with its decision.
///
/// ```
/// use auth_runtime::posture::Policy;
/// use auth_runtime::{AuthRouter, public, routing::get};
///
/// #[public(reason = "load balancer probe")]
/// async fn health() {}
///
/// let app: AuthRouter = AuthRouter::new().route("/health", get(health));
/// let posture = app.posture();
/// let route = posture.routes().iter().find(|route| route.path == "/health").expect("the route");
/// assert!(route.method == "GET" && matches!(route.policy, Policy::Public { .. }));
/// ```
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct RoutePosture {
    /// The HTTP method, for example `GET`, or one of these words.
    ///
    /// `ANY` is for all methods, `JOB` for work without a caller, and `FALLBACK` for unmatched
    /// paths. `FALLBACK(405)` is for unmatched methods of one path (`/orders`), or of all paths
    /// below without their own row (`/*`, `/v1/*`).
    pub method: &'static str,
    /// The path with the prefixes of all outer routers, as axum writes it (`/orders/{id}`).
    pub path: String,
    /// The decision.
    #[serde(flatten)]
    pub policy: Policy,
    /// The handler or service, as the compiler names it.
    pub handler: &'static str,
    /// Where in the source it was mounted.
    #[serde(serialize_with = "display")]
    pub location: &'static Location<'static>,
    /// The types of the layers around it, outermost last. A layer runs before the decision and may
    /// answer by itself. [`Posture::layers`] has their short names.
    pub layers: Vec<&'static str>,
    /// The verifier of the route, once the router has its state.
    #[serde(skip)]
    pub verifier: Option<Arc<VerifierPosture>>,
    /// Whether it is a method of a gRPC service, whose clients read `grpc-status`.
    #[serde(skip)]
    pub grpc: bool,
    /// The settings of the sender, once the router has its state.
    #[serde(skip)]
    pub sender: Option<Arc<SenderPosture>>,
    /// Where the token of the set-up comes from, and where its events go, in words. Once the router
    /// has its state.
    #[serde(skip)]
    pub setup: Option<Arc<str>>,
    /// The metadata that it serves.
    #[serde(skip)]
    pub(in crate::router) describes: Option<Arc<ResourceDescription>>,
    #[serde(skip)]
    pub(in crate::router) asked: Option<Asked>,
    /// What it waives although its verifier does not require it, once the router has its state.
    #[serde(skip)]
    pub(in crate::router) not_required: Vec<PermissionName>,
}

/// Finds what decides about a route in a state. The state is `Any`, because a posture does not have
/// its type; `None` for a state of another type.
pub(in crate::router) type Asked = fn(&dyn Any) -> Option<Configured>;

/// What decides about a route.
pub enum Configured {
    /// The verifier, and the conditions that the route waives and the verifier does not require.
    Verifier(Arc<VerifierPosture>, Vec<PermissionName>),
    Sender(SenderPosture),
    /// The settings of the set-up, in words.
    Setup(Arc<str>),
}

impl RoutePosture {
    /// Adds the verifier, the sender or the set-up, once the router has its state.
    pub(in crate::router) fn with_state(mut self, state: &dyn Any) -> Self {
        match self.asked.and_then(|asked| asked(state)) {
            Some(Configured::Verifier(verifier, not_required)) => {
                self.verifier = Some(verifier);
                self.not_required = not_required;
            }
            Some(Configured::Sender(sender)) => self.sender = Some(Arc::new(sender)),
            Some(Configured::Setup(settings)) => self.setup = Some(settings),
            None => {}
        }
        self
    }

    pub(in crate::router) fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// Joins the prefix and the path as axum does when it nests.
    pub(in crate::router) fn under(mut self, prefix: &str) -> Self {
        if self.is_job() {
            return self;
        }
        self.path = match self.path.as_str() {
            path if prefix.ends_with('/') => format!("{prefix}{}", path.trim_start_matches('/')),
            "/" => prefix.to_owned(),
            path => format!("{prefix}{path}"),
        };
        self
    }

    /// A job has no path and no layer.
    pub(in crate::router) fn is_job(&self) -> bool {
        self.method == "JOB"
    }

    pub(in crate::router) fn is_fallback(&self) -> bool {
        self.method.starts_with("FALLBACK")
    }

    /// Whether a caller without a credential gets the rejection of the route's verifier.
    pub(in crate::router) fn rejects_guests(&self) -> bool {
        matches!(self.policy, Policy::Authenticated { .. })
    }

    /// Whether axum's own 404 or 405 answers, unless a layer does.
    pub(in crate::router) fn is_unmatched(&self) -> bool {
        self.policy == Policy::Unmatched
    }

    /// Merges the answers of two `MethodRouter`s to other methods of one path.
    ///
    /// axum keeps the one that is not its own 405, and of two 405s the second with its layers. It
    /// panics if neither is its own 405.
    pub(in crate::router) fn merged_with(self, second: Self) -> Self {
        if second.is_unmatched() && !self.is_unmatched() { self } else { second }
    }

    /// Whether both rows have the same decision, handler and layers.
    fn decides_as(&self, other: &Self) -> bool {
        (self.method, &self.policy, self.handler, &self.layers)
            == (other.method, &other.policy, other.handler, &other.layers)
    }
}

/// Removes rows of single paths that repeat the row for all paths around them (`/v1/*`).
pub(in crate::router) fn without_repetition(
    general: &[RoutePosture],
    of_paths: impl Iterator<Item = RoutePosture>,
) -> Vec<RoutePosture> {
    of_paths
        .filter(|row| {
            let around = || {
                general
                    .iter()
                    .filter(|all| all.method == "FALLBACK(405)")
                    .filter_map(|all| Some((depth(all, row)?, all)))
            };
            let nearest = around().map(|(depth, _)| depth).max();
            let mut nearest = around().filter(|(depth, _)| Some(*depth) == nearest);
            let is_listed = general.iter().any(|route| route.path == row.path && !route.is_fallback());
            // The reader cannot tell which of the nearest rows applies to the path.
            !is_listed || nearest.any(|(_, all)| !all.decides_as(row))
        })
        .collect()
}

/// Counts the path segments of a row for all paths below, if this path may be one of them.
fn depth(all: &RoutePosture, row: &RoutePosture) -> Option<usize> {
    let prefix = all.path.trim_end_matches('*').trim_end_matches('/');
    let mut segments = row.path.split('/');
    let mut below = prefix
        .split('/')
        .map(|of_prefix| segments.next().is_some_and(|segment| segment == of_prefix || of_prefix.starts_with('{')));
    below.all(|fits| fits).then(|| prefix.split('/').count())
}

/// A decision about authentication.
///
/// ```
/// use auth_runtime::posture::Policy;
/// use auth_runtime::{AuthRouter, Claims, Verifier, authenticated, routing::get, scope};
///
/// scope!(OrdersRead = "orders:read");
///
/// #[authenticated(requires = OrdersRead)]
/// async fn list() {}
///
/// # fn main() {
/// let app: AuthRouter<Verifier<Claims>> = AuthRouter::new().route("/orders", get(list));
/// let posture = app.posture();
/// let route = posture.routes().iter().find(|route| route.method == "GET").expect("the route");
/// match &route.policy {
///     Policy::Authenticated { permissions, .. } => {
///         assert_eq!(permissions[0].to_string(), "orders:read");
///     }
///     other => panic!("not for callers only: {other:?}"),
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "policy", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Policy {
    /// The caller must be authenticated.
    Authenticated {
        /// The type of the claims.
        claims: &'static str,
        /// The permissions that the caller must have, all of them.
        permissions: Vec<PermissionName>,
        /// The types of the rules that the handler must ask before it answers.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        rules: Vec<&'static str>,
        /// The conditions of the verifier that the route waives.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        despite: Vec<PermissionName>,
    },
    /// Unauthenticated callers may call it.
    Public {
        /// The reason; `None` without one.
        reason: Option<Cow<'static, str>>,
        /// The last day of the opt-out.
        expires: Option<Date>,
        /// The resources whose vaults it opens without a caller.
        opens: Vec<&'static str>,
    },
    /// Unauthenticated callers may call it, and authenticated ones are recognised.
    Visitor {
        /// The type of the claims.
        claims: &'static str,
        /// The reason; `None` without one.
        reason: Option<Cow<'static, str>>,
        /// The last day of the opt-out.
        expires: Option<Date>,
    },
    /// The request must be signed by this sender.
    Signed {
        /// The name of the sender.
        sender: &'static str,
        /// The header of the signature.
        header: &'static str,
        /// How it signs: the header, the signed text, and how old a request may be.
        scheme: String,
        /// The resources whose vaults it opens.
        opens: Vec<&'static str>,
    },
    /// The request must have the token of the set-up, once.
    Setup {
        /// The reason; `None` without one.
        reason: Option<Cow<'static, str>>,
        /// The resources whose vaults it opens once it is closed.
        opens: Vec<&'static str>,
    },
    /// Work without a caller, which opens the vaults of some resources. It is not a route.
    Job {
        /// The reason.
        reason: &'static str,
        /// The resources whose vaults it opens.
        opens: Vec<&'static str>,
    },
    /// No route matches, so there is no decision: 404 or 405 for every caller, as in axum.
    Unmatched,
}

fn display<S: Serializer>(value: &impl fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

impl Posture {
    /// Returns the routes, ordered by path and method.
    #[must_use]
    pub fn routes(&self) -> &[RoutePosture] {
        &self.routes
    }

    /// Returns the verifiers of the routes, each once. Empty until the router has its state.
    #[must_use]
    pub fn verifiers(&self) -> Vec<&VerifierPosture> {
        let mut verifiers: Vec<&VerifierPosture> = Vec::new();
        for verifier in self.routes.iter().filter_map(|route| route.verifier.as_deref()) {
            if !verifiers.contains(&verifier) {
                verifiers.push(verifier);
            }
        }
        verifiers
    }

    /// Returns the senders of signed requests, each once. Empty until the router has its state.
    #[must_use]
    pub fn senders(&self) -> Vec<&SenderPosture> {
        let mut senders: Vec<&SenderPosture> = Vec::new();
        for sender in self.routes.iter().filter_map(|route| route.sender.as_deref()) {
            if !senders.contains(&sender) {
                senders.push(sender);
            }
        }
        senders
    }

    /// Returns the routes as a JSON array.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Serialization cannot fail, because there are only strings, lists and options.
        serde_json::to_string_pretty(&self.routes).unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}"))
    }
}

impl Policy {
    /// Returns the last day of an opt-out that has expired on `today`.
    pub(in crate::router) fn expired_on(&self, today: Date) -> Option<Date> {
        match self {
            Self::Public { expires: Some(expires), .. } | Self::Visitor { expires: Some(expires), .. }
                if *expires < today =>
            {
                Some(*expires)
            }
            _ => None,
        }
    }
}
