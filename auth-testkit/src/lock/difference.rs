//! What is otherwise than it was, in words.

use super::row::{Decided, Row};
use std::fmt;

/// One route that is decided about otherwise than before.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// `POST /refunds`.
    pub route: String,
    /// In words, after the route: `was authenticated, is now PUBLIC: load balancer probe`.
    pub what: String,
    /// Which way it goes.
    pub direction: Direction,
}

/// Which way a difference goes; the most dangerous first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Direction {
    /// Something works without a caller that did not, or for longer, or opens more: only `accept-public` writes it.
    Opens,
    /// Fewer things are asked of a caller, or of another kind.
    Changes,
    /// More is asked. As loud as the others: a webhook or a probe that turned 401 is noticed late.
    Closes,
}

impl Difference {
    pub(super) fn between(before: Option<&Row>, now: Option<&Row>) -> Option<Self> {
        let row = now.or(before)?;
        let (what, direction) = match (before.map(|row| &row.decided), now.map(|row| &row.decided)) {
            (before, now) if before == now => return None,
            (None, Some(now)) => {
                (format!("is new: {}", said(now)), if is_open(now) { Direction::Opens } else { Direction::Changes })
            }
            (Some(before), None) => (format!("is gone; it was {}", said(before)), Direction::Closes),
            (Some(before), Some(now)) => changed(before, now),
            (None, None) => return None,
        };
        Some(Self { route: format!("{} {}", row.method, row.path), what, direction })
    }
}

fn changed(before: &Decided, now: &Decided) -> (String, Direction) {
    let direction = match (before, now) {
        (Decided::Public { until: until_before, opens: opened, .. }, Decided::Public { until, opens, .. }) => {
            // A day that is later, or none any more; days are written so that they sort.
            let longer = until
                .as_ref()
                .map_or(until_before.is_some(), |day| until_before.as_ref().is_some_and(|before| day > before));
            let more = opens.iter().any(|name| !opened.contains(name));
            if longer || more { Direction::Opens } else { Direction::Changes }
        }
        (Decided::Job { opens: opened, .. }, Decided::Job { opens, .. }) => {
            if opens.iter().any(|name| !opened.contains(name)) { Direction::Opens } else { Direction::Changes }
        }
        (
            Decided::Authenticated { claims: before, requires: required },
            Decided::Authenticated { claims, requires },
        ) => {
            let all_kept = required.iter().all(|name| requires.contains(name));
            if before == claims && all_kept { Direction::Closes } else { Direction::Changes }
        }
        (_, now) if is_open(now) => Direction::Opens,
        _ => Direction::Closes,
    };
    let what = match (before, now) {
        (Decided::Public { .. }, Decided::Authenticated { .. }) => {
            format!("was {}, is now {}: whoever calls it without a token gets 401", said(before), said(now))
        }
        _ => format!("was {}, is now {}", said(before), said(now)),
    };
    (what, direction)
}

fn is_open(decided: &Decided) -> bool {
    matches!(decided, Decided::Public { .. } | Decided::Job { .. })
}

fn said(decided: &Decided) -> String {
    match decided {
        Decided::Authenticated { claims, requires } => {
            // The usual ones go without saying.
            let of = if claims == "auth_runtime::Claims" { String::new() } else { format!(" as {claims}") };
            let requires: Vec<String> = requires.iter().map(ToString::to_string).collect();
            let requires =
                if requires.is_empty() { String::new() } else { format!(", requires {}", requires.join(" and ")) };
            format!("authenticated{of}{requires}")
        }
        Decided::Public { reason, until, opens } => {
            let reason = reason.as_deref().unwrap_or("no reason given");
            let until = until.as_ref().map_or(String::new(), |day| format!(", until {day}"));
            format!("public: {reason}{until}{}", opening(opens))
        }
        Decided::Job { reason, opens } => format!("work without a caller: {reason}{}", opening(opens)),
        Decided::Unmatched => "404 or 405 to anybody".to_owned(),
    }
}

fn opening(opens: &[String]) -> String {
    if opens.is_empty() { String::new() } else { format!(", opens {}", opens.join(" and ")) }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.route, self.what)
    }
}
