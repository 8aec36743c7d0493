//! Routes, and what is decided about them.

#[cfg(feature = "wire")]
use crate::lock::{Decided, Row};
use auth_runtime::{PermissionName, Policy, Posture, RoutePosture};
use http::Method;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// A method and a path, with the decision about it.
///
/// Written `GET /orders/{id}`, as a route of axum's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Route {
    /// `GET`, ..; `ANY` for all.
    pub method: String,
    /// As axum writes it.
    pub path: String,
    /// Whether anybody may call it, and why; `None` where a caller must be known.
    pub public: Option<String>,
    /// Until when it is public.
    pub expires: Option<String>,
    /// What a caller must be permitted.
    pub permissions: Vec<PermissionName>,
    /// Where it was mounted, if that is known.
    pub mounted: Option<String>,
    /// Layers that run before the decision.
    pub layers: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Authenticated,
    Public,
}

impl Route {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            public: None,
            expires: None,
            permissions: Vec::new(),
            mounted: None,
            layers: Vec::new(),
        }
    }

    pub(crate) fn decision(&self) -> Decision {
        if self.public.is_some() { Decision::Public } else { Decision::Authenticated }
    }

    /// The methods with which it can be called.
    pub(crate) fn methods(&self, all: &[Route]) -> Vec<Method> {
        match self.method.as_str() {
            "ANY" => ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"].map(method).to_vec(),
            // axum routes HEAD to the handler of GET, unless it has one of its own.
            "GET" if !all.iter().any(|other| other.method == "HEAD" && other.path == self.path) => {
                vec![Method::GET, Method::HEAD]
            }
            other => vec![method(other)],
        }
    }
}

/// As a route is written.
impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

fn method(name: &str) -> Method {
    Method::from_str(name).expect("a method's name")
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
        ..Route::new(row.method, &row.path)
    };
    match &row.policy {
        Policy::Authenticated { permissions, .. } => route.permissions.clone_from(permissions),
        Policy::Public { reason, expires, .. } => {
            route.public = Some(reason.as_deref().unwrap_or("no reason given").to_owned());
            route.expires = expires.map(|day| day.to_string());
        }
        // Not a decision that lets anybody in.
        _ => return None,
    }
    Some(route)
}

/// A row of a lock; what is no route is none.
#[cfg(feature = "wire")]
pub(super) fn of_lock(row: &Row) -> Option<Route> {
    let is_route =
        row.method.bytes().all(|byte| byte.is_ascii_uppercase()) && !matches!(&*row.method, "JOB" | "FALLBACK");
    let mut route = Route::new(&row.method, &row.path);
    match &row.decided {
        Decided::Authenticated { requires, .. } => route.permissions.clone_from(requires),
        Decided::Public { reason, until, .. } => {
            route.public = Some(reason.clone().unwrap_or_else(|| "no reason given".to_owned()));
            route.expires.clone_from(until);
        }
        Decided::Job { .. } | Decided::Unmatched => return None,
    }
    is_route.then_some(route)
}

/// What is in force where no route matches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Unmatched {
    pub(crate) path: Policed,
    /// By the path of the row: `/a` for one path, `/v1/*` for all paths below.
    methods: Vec<(String, Policed)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Policed {
    /// 404 or 405, to anybody.
    #[default]
    AsInAxum,
    /// 401 to unauthenticated clients.
    Concealed,
    /// Something of the service's own answers, to anybody.
    Answered,
}

impl Unmatched {
    pub(super) fn of_posture(posture: &Posture) -> Self {
        let policed = |row: &RoutePosture| match &row.policy {
            Policy::Authenticated { .. } => Policed::Concealed,
            Policy::Unmatched if row.layers.is_empty() => Policed::AsInAxum,
            _ => Policed::Answered,
        };
        Self::of(posture.routes().iter().map(|row| (row.method, row.path.as_str(), policed(row))))
    }

    /// A lock does not name layers, which may answer as well.
    #[cfg(feature = "wire")]
    pub(super) fn of_lock(rows: &[&Row]) -> Self {
        let policed = |row: &Row| match &row.decided {
            Decided::Authenticated { .. } => Policed::Concealed,
            Decided::Unmatched => Policed::AsInAxum,
            Decided::Public { .. } | Decided::Job { .. } => Policed::Answered,
        };
        Self::of(rows.iter().map(|row| (row.method.as_str(), row.path.as_str(), policed(row))))
    }

    fn of<'a>(rows: impl Iterator<Item = (&'a str, &'a str, Policed)> + Clone) -> Self {
        let paths = rows.clone().filter(|(method, ..)| *method == "FALLBACK").map(|(.., policed)| policed);
        let methods = rows.filter(|(method, ..)| *method == "FALLBACK(405)");
        Self {
            // Several routers may have answers of their own; where they differ, one that is open may be what a client finds.
            path: paths.reduce(|a, b| if a == b { a } else { Policed::Answered }).unwrap_or_default(),
            methods: methods.map(|(_, path, policed)| (path.to_owned(), policed)).collect(),
        }
    }

    /// What is in force for methods that a path has no handler for: its own row says it, else that of the nearest paths around it.
    pub(crate) fn method_at(&self, path: &str) -> Policed {
        let covers = |row: &str| {
            let prefix = row.strip_suffix("/*").unwrap_or(row);
            row == path
                || (prefix != row
                    && path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        };
        let rows = self.methods.iter().filter(|(row, _)| covers(row));
        let nearest = rows.max_by_key(|(row, _)| (row == path, row.len()));
        nearest.map(|(_, policed)| *policed).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Policed, Unmatched};

    #[test]
    fn the_nearest_row_speaks_for_the_other_methods_of_a_path() {
        let rows = [
            ("FALLBACK(405)", "/*", Policed::AsInAxum),
            ("FALLBACK(405)", "/v1/*", Policed::Concealed),
            ("FALLBACK(405)", "/v1/open", Policed::Answered),
        ];
        let unmatched = Unmatched::of(rows.into_iter());
        for (path, policed) in [
            ("/", Policed::AsInAxum),
            ("/v10", Policed::AsInAxum),
            ("/v1", Policed::Concealed),
            ("/v1/orders/{id}", Policed::Concealed),
            ("/v1/open", Policed::Answered),
        ] {
            assert_eq!(unmatched.method_at(path), policed, "{path}");
        }
    }
}
