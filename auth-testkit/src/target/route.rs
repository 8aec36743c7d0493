//! A route, with the decision about it.

use super::{AcceptedKind, Place};
#[cfg(feature = "wire")]
use crate::lock::{Decided, Row};
use crate::lock::{parsed, public_name};
use auth_runtime::Posture;
use auth_runtime::permissions::PermissionName;
use auth_runtime::posture::{Policy, RoutePosture};
use http::Method;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// Names a method and a path, with the decision about them.
///
/// Its text is `GET /orders/{id}`.
///
/// ```
/// use auth_testkit::AttackReport;
///
/// /// The routes that a client without credentials may call.
/// fn public(report: &AttackReport) -> Vec<String> {
///     let routes = report.routes.iter().map(|report| &report.route);
///     routes.filter(|route| route.public.is_some()).map(ToString::to_string).collect()
/// }
/// # let _ = public;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Route {
    /// `GET` and so on; `ANY` for all methods.
    pub method: String,
    /// The path, in axum's syntax.
    pub path: String,
    /// The reason why it is public; `None` where a caller must be authenticated.
    pub public: Option<String>,
    /// Whether it is public and recognises callers too.
    pub recognises: bool,
    /// The last day on which it is public.
    pub expires: Option<String>,
    /// The claims type of an authenticated route; `None` where it is not known.
    pub claims: Option<String>,
    /// The sender that must have signed the request; `None` for other decisions.
    pub signed: Option<String>,
    /// What its one-time set-up is for; `None` for other decisions.
    pub setup: Option<String>,
    /// The permissions that a caller needs.
    pub permissions: Vec<PermissionName>,
    /// The line where it was mounted, if it is known.
    pub mounted: Option<String>,
    /// The layers that run before the decision.
    pub layers: Vec<String>,
    /// Whether it is a method of a gRPC service.
    #[serde(skip)]
    pub(crate) grpc: bool,
    /// The conditions of its verifier that it does not waive. Empty where they are not known.
    #[serde(skip)]
    pub(crate) conditions: Vec<PermissionName>,
    /// The types of the rules that its handler must ask. Empty where they are not known.
    #[serde(skip)]
    pub(crate) rules: Vec<String>,
    /// The kinds of credentials that its verifier accepts. Empty where they are not known.
    #[serde(skip)]
    pub(crate) accepts: Vec<AcceptedKind>,
}

const NO_REASON: &str = "no reason given";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Authenticated,
    Public,
    /// Public, and callers are recognised.
    Visitor,
    /// A sender must have signed the request.
    Signed,
    /// The request must have the token of the set-up, once.
    Setup,
}

impl Route {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            public: None,
            recognises: false,
            expires: None,
            claims: None,
            signed: None,
            setup: None,
            permissions: Vec::new(),
            mounted: None,
            layers: Vec::new(),
            grpc: false,
            conditions: Vec::new(),
            rules: Vec::new(),
            accepts: Vec::new(),
        }
    }

    /// Whether it takes tokens in `Authorization: Bearer`, as all services without a posture.
    pub(crate) fn accepts_bearer_tokens(&self) -> bool {
        let takes = |kind: &AcceptedKind| kind.is_token() && kind.places.contains(&Place::bearer());
        self.accepts.is_empty() || self.accepts.iter().any(takes)
    }

    /// All carriers of its verifier, each once.
    pub(crate) fn places(&self) -> Vec<&Place> {
        let mut places: Vec<&Place> = Vec::new();
        for place in self.accepts.iter().flat_map(|kind| &kind.places) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }

    /// The schemes of its challenges (RFC 9110 section 11.6.1).
    pub(crate) fn schemes(&self) -> Vec<String> {
        let places = self.places();
        let mut schemes: Vec<String> = places
            .iter()
            .filter(|place| matches!(place, Place::Authorization(_)))
            .map(|place| place.scheme())
            .collect();
        if schemes.is_empty() {
            schemes.extend(places.first().map(|place| place.scheme()));
        }
        schemes
    }

    pub(crate) fn decision(&self) -> Decision {
        match (&self.public, self.recognises) {
            (None, _) if self.signed.is_some() => Decision::Signed,
            (None, _) if self.setup.is_some() => Decision::Setup,
            (None, _) => Decision::Authenticated,
            (Some(_), false) => Decision::Public,
            (Some(_), true) => Decision::Visitor,
        }
    }

    /// The methods to send to it.
    pub(crate) fn methods(&self, all: &[Route]) -> Vec<Method> {
        match self.method.as_str() {
            "ANY" => ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"].map(method).to_vec(),
            // axum routes HEAD to the handler of GET, unless the path has a HEAD handler.
            "GET" if !all.iter().any(|other| other.method == "HEAD" && other.path == self.path) => {
                vec![Method::GET, Method::HEAD]
            }
            other => vec![method(other)],
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

fn method(name: &str) -> Method {
    Method::from_str(name).expect("the name of an HTTP method")
}

pub(super) fn of_posture(posture: &Posture) -> Vec<Route> {
    posture.routes().iter().filter_map(of_row).collect()
}

fn of_row(row: &RoutePosture) -> Option<Route> {
    let named = row.method.chars().all(|c| c.is_ascii_uppercase());
    if !named || matches!(row.method, "JOB" | "FALLBACK") {
        return None;
    }
    let mut route = Route {
        mounted: Some(row.location.to_string()),
        layers: row.layers.iter().map(|layer| (*layer).to_owned()).collect(),
        grpc: row.grpc,
        accepts: row.verifier.iter().flat_map(|verifier| &verifier.credentials).map(AcceptedKind::from).collect(),
        ..Route::new(row.method, &row.path)
    };
    match &row.policy {
        Policy::Authenticated { claims, permissions, rules, despite } => {
            route.rules = rules.iter().map(|rule| public_name(rule)).collect();
            route.claims = Some(public_name(claims));
            route.permissions.clone_from(permissions);
            let always = row.verifier.iter().flat_map(|verifier| &verifier.always_requires);
            route.conditions = always.map(|name| parsed(name)).filter(|name| !despite.contains(name)).collect();
        }
        Policy::Public { reason, expires, .. } => {
            route.public = Some(reason.as_deref().unwrap_or(NO_REASON).to_owned());
            route.expires = expires.map(|day| day.to_string());
        }
        Policy::Visitor { claims, reason, expires } => {
            route.public = Some(reason.as_deref().unwrap_or(NO_REASON).to_owned());
            route.recognises = true;
            route.claims = Some(public_name(claims));
            route.expires = expires.map(|day| day.to_string());
        }
        Policy::Signed { sender, .. } => route.signed = Some((*sender).to_owned()),
        Policy::Setup { reason, .. } => route.setup = Some(reason.as_deref().unwrap_or(NO_REASON).to_owned()),
        // Not a route that a client can call.
        _ => return None,
    }
    Some(route)
}

/// The route of a row; `None` for a job and for unmatched requests.
#[cfg(feature = "wire")]
pub(super) fn of_lock(row: &Row) -> Option<Route> {
    let is_route =
        row.method.bytes().all(|byte| byte.is_ascii_uppercase()) && !matches!(&*row.method, "JOB" | "FALLBACK");
    let mut route = Route::new(&row.method, &row.path);
    match &row.decided {
        Decided::Authenticated { claims, requires, .. } => {
            route.claims = Some(claims.clone());
            route.permissions.clone_from(requires);
        }
        Decided::Public { reason, until, .. } => {
            route.public = Some(reason.clone().unwrap_or_else(|| NO_REASON.to_owned()));
            route.expires.clone_from(until);
        }
        Decided::Visitor { claims, reason, until } => {
            route.public = Some(reason.clone().unwrap_or_else(|| NO_REASON.to_owned()));
            route.recognises = true;
            route.claims = Some(claims.clone());
            route.expires.clone_from(until);
        }
        Decided::Signed { sender, .. } => route.signed = Some(sender.clone()),
        Decided::Setup { reason, .. } => {
            route.setup = Some(reason.clone().unwrap_or_else(|| NO_REASON.to_owned()));
        }
        Decided::Job { .. } | Decided::Unmatched => return None,
    }
    is_route.then_some(route)
}
