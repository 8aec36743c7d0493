//! The policies for unknown paths and methods.

#[cfg(feature = "wire")]
use crate::lock::{Decided, Row};
use auth_runtime::Posture;
use auth_runtime::posture::{Policy, RoutePosture};

/// Holds the policies for requests that no route matches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Unmatched {
    pub(crate) path: UnmatchedPolicy,
    /// By the path of the row: `/a` for one path, `/v1/*` for all paths below.
    methods: Vec<(String, UnmatchedPolicy)>,
}

/// What a client gets where no route matches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum UnmatchedPolicy {
    /// 404 or 405 to every client.
    #[default]
    AsInAxum,
    /// 401 to unauthenticated clients.
    Hidden,
    /// A handler or a layer of the service answers every client.
    Answered,
}

impl Unmatched {
    pub(super) fn of_posture(posture: &Posture) -> Self {
        let policy = |row: &RoutePosture| match &row.policy {
            Policy::Authenticated { .. } => UnmatchedPolicy::Hidden,
            Policy::Unmatched if row.layers.is_empty() => UnmatchedPolicy::AsInAxum,
            _ => UnmatchedPolicy::Answered,
        };
        Self::of(posture.routes().iter().map(|row| (row.method, row.path.as_str(), policy(row))))
    }

    /// A lock does not name layers, so a layer that answers is not considered.
    #[cfg(feature = "wire")]
    pub(super) fn of_lock(rows: &[&Row]) -> Self {
        let policy = |row: &Row| match &row.decided {
            Decided::Authenticated { .. } => UnmatchedPolicy::Hidden,
            Decided::Unmatched => UnmatchedPolicy::AsInAxum,
            Decided::Public { .. }
            | Decided::Visitor { .. }
            | Decided::Signed { .. }
            | Decided::Setup { .. }
            | Decided::Job { .. } => UnmatchedPolicy::Answered,
        };
        Self::of(rows.iter().map(|row| (row.method.as_str(), row.path.as_str(), policy(row))))
    }

    fn of<'a>(rows: impl Iterator<Item = (&'a str, &'a str, UnmatchedPolicy)> + Clone) -> Self {
        let paths = rows.clone().filter(|(method, ..)| *method == "FALLBACK").map(|(.., policy)| policy);
        let methods = rows.filter(|(method, ..)| *method == "FALLBACK(405)");
        Self {
            // Merged routers may differ. Then a client may reach the open one.
            path: paths.reduce(|a, b| if a == b { a } else { UnmatchedPolicy::Answered }).unwrap_or_default(),
            methods: methods.map(|(_, path, policy)| (path.to_owned(), policy)).collect(),
        }
    }

    /// The policy for the methods without a handler at a path: that of the path's row, else of the
    /// nearest enclosing row.
    pub(crate) fn method_at(&self, path: &str) -> UnmatchedPolicy {
        let covers = |row: &str| {
            let prefix = row.strip_suffix("/*").unwrap_or(row);
            row == path
                || (prefix != row
                    && path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        };
        let rows = self.methods.iter().filter(|(row, _)| covers(row));
        let nearest = rows.max_by_key(|(row, _)| (row == path, row.len()));
        nearest.map(|(_, policy)| *policy).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Unmatched, UnmatchedPolicy};

    #[test]
    fn the_nearest_row_applies_to_the_other_methods_of_a_path() {
        let rows = [
            ("FALLBACK(405)", "/*", UnmatchedPolicy::AsInAxum),
            ("FALLBACK(405)", "/v1/*", UnmatchedPolicy::Hidden),
            ("FALLBACK(405)", "/v1/open", UnmatchedPolicy::Answered),
        ];
        let unmatched = Unmatched::of(rows.into_iter());
        for (path, policy) in [
            ("/", UnmatchedPolicy::AsInAxum),
            ("/v10", UnmatchedPolicy::AsInAxum),
            ("/v1", UnmatchedPolicy::Hidden),
            ("/v1/orders/{id}", UnmatchedPolicy::Hidden),
            ("/v1/open", UnmatchedPolicy::Answered),
        ] {
            assert_eq!(unmatched.method_at(path), policy, "{path}");
        }
    }
}
