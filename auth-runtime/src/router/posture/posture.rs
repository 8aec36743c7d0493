//! What a router lets through, and what not, read from the router itself.

use crate::base::Date;
use crate::permission::PermissionName;
use crate::verifier::VerifierPosture;
use serde::{Serialize, Serializer};
use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::SystemTime;

/// Every route of a router with its decision.
///
/// It displays as a table for people, and [`to_json`](Self::to_json) is for programs, with full names and paths. It is
/// taken from what was mounted, so it can't drift from it.
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
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct RoutePosture {
    /// `GET`, ..; `ANY` for all; `JOB` for work without a caller; `FALLBACK` for paths that no route has,
    /// `FALLBACK(405)` for methods that a path has not: of one path (`/orders`), or of all paths below that have no row of
    /// their own (`/*`, `/v1/*`).
    pub method: &'static str,
    /// The full path with the prefixes of all routers around it, as axum writes it (`/orders/{id}`).
    pub path: String,
    /// The decision.
    #[serde(flatten)]
    pub policy: Policy,
    /// The handler or service, as the compiler names it.
    pub handler: &'static str,
    /// Where it was mounted.
    #[serde(serialize_with = "display")]
    pub location: &'static Location<'static>,
    /// The layers around it, outermost last. A layer runs before the decision, and may answer by itself.
    pub layers: Vec<&'static str>,
    /// The verifier that is asked, once the router has its state.
    #[serde(skip)]
    pub verifier: Option<Arc<VerifierPosture>>,
    #[serde(skip)]
    pub(in crate::router) asked: Option<AskedVerifier>,
}

/// How a state tells of the verifier that a route asks. It takes the state as `Any`, since a posture does not know its
/// type; of another state it says nothing.
pub(in crate::router) type AskedVerifier = fn(&dyn Any) -> Option<VerifierPosture>;

impl RoutePosture {
    /// The router has got its state.
    pub(in crate::router) fn with_state(mut self, state: &dyn Any) -> Self {
        if let Some(verifier) = self.asked.and_then(|asked| asked(state)) {
            self.verifier = Some(Arc::new(verifier));
        }
        self
    }

    pub(in crate::router) fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// As axum joins them when it nests.
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

    /// A job is at no path, and in no layer.
    pub(in crate::router) fn is_job(&self) -> bool {
        self.method == "JOB"
    }

    pub(in crate::router) fn is_fallback(&self) -> bool {
        self.method.starts_with("FALLBACK")
    }

    /// Whether axum's own 404 or 405 is the answer, unless a layer answers.
    pub(in crate::router) fn is_unmatched(&self) -> bool {
        self.policy == Policy::Unmatched
    }

    /// The answer to other methods of a path that two `MethodRouter`s are merged at. axum keeps the one that is not its own 405, and
    /// of two 405s the second with the layers around it; it panics when both are something else.
    pub(in crate::router) fn merged_with(self, second: Self) -> Self {
        if second.is_unmatched() && !self.is_unmatched() { self } else { second }
    }

    /// Whether a row says the same of this path as of those that it stands for.
    fn says_as_much_as(&self, other: &Self) -> bool {
        (self.method, &self.policy, self.handler, &self.layers)
            == (other.method, &other.policy, other.handler, &other.layers)
    }
}

/// The rows of single paths, without those that say what the row for all paths around them (`/v1/*`) says anyway.
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
            // A reader may take any of the nearest ones for the one that speaks for the path.
            !is_listed || nearest.any(|(_, all)| !all.says_as_much_as(row))
        })
        .collect()
}

/// How many segments of its path a row for all paths below has, if this path may be taken for one of them.
fn depth(all: &RoutePosture, row: &RoutePosture) -> Option<usize> {
    let prefix = all.path.trim_end_matches('*').trim_end_matches('/');
    let mut segments = row.path.split('/');
    let mut below = prefix
        .split('/')
        .map(|of_prefix| segments.next().is_some_and(|segment| segment == of_prefix || of_prefix.starts_with('{')));
    below.all(|fits| fits).then(|| prefix.split('/').count())
}

/// A decision about authentication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "policy", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Policy {
    /// The caller must be known.
    Authenticated {
        /// The type of the claims.
        claims: &'static str,
        /// What the caller must be permitted, all of it.
        permissions: Vec<PermissionName>,
    },
    /// Anybody may call it.
    Public {
        /// Why; `None` when nobody said.
        reason: Option<Cow<'static, str>>,
        /// The last day on which the opt-out holds.
        expires: Option<Date>,
        /// The resources whose vaults it opens without a caller.
        opens: Vec<&'static str>,
    },
    /// No route: work without a caller, which opens the vaults of some resources.
    Job {
        /// Why.
        reason: &'static str,
        /// The resources.
        opens: Vec<&'static str>,
    },
    /// No route, and no decision: 404 or 405 to anybody, as in axum.
    Unmatched,
}

fn display<S: Serializer>(value: &impl fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

impl Posture {
    /// The routes, by path and method.
    #[must_use]
    pub fn routes(&self) -> &[RoutePosture] {
        &self.routes
    }

    /// The verifiers that the routes ask, each once. They are known once the router has its state.
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

    /// The routes as a JSON array.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings, lists and options: there is nothing in it that JSON can't hold.
        serde_json::to_string_pretty(&self.routes).unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}"))
    }

    /// Looks for opt-outs whose day is over. Call it in a test or at start; a build of yesterday does not break by
    /// itself.
    ///
    /// # Errors
    ///
    /// [`PostureError`], naming each of them.
    pub fn check(&self) -> Result<(), PostureError> {
        self.check_on(SystemTime::now())
    }

    /// [`check`](Self::check) on another day.
    ///
    /// # Errors
    ///
    /// [`PostureError`], naming each opt-out that is over then.
    pub fn check_on(&self, day: SystemTime) -> Result<(), PostureError> {
        let today = Date::of(day);
        let expired: Vec<_> =
            self.routes.iter().filter(|route| route.policy.expired_on(today).is_some()).cloned().collect();
        if expired.is_empty() { Ok(()) } else { Err(PostureError { expired }) }
    }
}

impl Policy {
    /// The day on which an opt-out ended, if it has by `today`.
    pub(in crate::router) fn expired_on(&self, today: Date) -> Option<Date> {
        match self {
            Self::Public { expires: Some(expires), .. } if *expires < today => Some(*expires),
            _ => None,
        }
    }
}

/// Opt-outs of a [`Posture`] whose day is over.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub struct PostureError {
    /// The routes that are public and should not be any more.
    pub expired: Vec<RoutePosture>,
}

impl fmt::Display for PostureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("public routes whose opt-out has expired; authenticate them, or decide anew:")?;
        for route in &self.expired {
            let RoutePosture { method, path, policy, location, .. } = route;
            write!(f, "\n  {method} {path}: {policy} ({location})")?;
        }
        Ok(())
    }
}
