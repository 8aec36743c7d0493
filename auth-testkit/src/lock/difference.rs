//! The difference between two decisions, as text.

use super::row::{Decided, Row};
use std::fmt;

/// Describes a changed decision about one route.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// `POST /refunds`.
    pub route: String,
    /// The change, after the route: `was authenticated, is now public: load balancer probe`.
    pub what: String,
    /// Whether it opens or closes the route.
    pub direction: Direction,
}

/// Says whether a change opens or closes a route, the most dangerous first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Direction {
    /// More is possible without a caller, or for longer. Only `accept-public` writes it.
    Opens,
    /// A caller needs fewer or other permissions.
    Changes,
    /// A caller needs more. It fails the test too, because a webhook or probe that gets 401 is
    /// noticed late.
    Closes,
}

impl Difference {
    pub(super) fn between(before: Option<&Row>, now: Option<&Row>) -> Option<Self> {
        let row = now.or(before)?;
        let (what, direction) = match (before.map(|row| &row.decided), now.map(|row| &row.decided)) {
            (before, now) if before == now => return None,
            (None, Some(now)) => {
                (format!("is new: {}", describe(now)), if is_open(now) { Direction::Opens } else { Direction::Changes })
            }
            (Some(before), None) => (format!("was removed; it was {}", describe(before)), Direction::Closes),
            (Some(before), Some(now)) => changed(before, now),
            (None, None) => return None,
        };
        Some(Self { route: format!("{} {}", row.method, row.path), what, direction })
    }
}

fn changed(before: &Decided, now: &Decided) -> (String, Direction) {
    let direction = match (before, now) {
        (Decided::Public { until: until_before, opens: opened, .. }, Decided::Public { until, opens, .. }) => {
            let more = opens.iter().any(|name| !opened.contains(name));
            if longer(until_before.as_ref(), until.as_ref()) || more { Direction::Opens } else { Direction::Changes }
        }
        // Guests may call all of them. A public route that now recognises callers rejects bad
        // tokens.
        (Decided::Public { until: until_before, .. }, Decided::Visitor { until, .. }) => {
            if longer(until_before.as_ref(), until.as_ref()) { Direction::Opens } else { Direction::Closes }
        }
        (Decided::Visitor { until: until_before, .. }, Decided::Visitor { until, .. }) => {
            if longer(until_before.as_ref(), until.as_ref()) { Direction::Opens } else { Direction::Changes }
        }
        (Decided::Visitor { until: until_before, .. }, Decided::Public { until, opens, .. }) => {
            if longer(until_before.as_ref(), until.as_ref()) || !opens.is_empty() {
                Direction::Opens
            } else {
                Direction::Changes
            }
        }
        (Decided::Job { opens: opened, .. }, Decided::Job { opens, .. }) => {
            if opens.iter().any(|name| !opened.contains(name)) { Direction::Opens } else { Direction::Changes }
        }
        (Decided::Signed { opens: opened, .. }, Decided::Signed { opens, .. })
        | (Decided::Setup { opens: opened, .. }, Decided::Setup { opens, .. }) => {
            if opens.iter().any(|name| !opened.contains(name)) { Direction::Opens } else { Direction::Changes }
        }
        // A caller or a sender passes again and again, a set-up once.
        (Decided::Signed { .. }, Decided::Authenticated { .. })
        | (Decided::Authenticated { .. }, Decided::Signed { .. })
        | (Decided::Setup { .. }, Decided::Authenticated { .. } | Decided::Signed { .. }) => Direction::Changes,
        (
            Decided::Authenticated { claims: before, requires: required, despite: waived },
            Decided::Authenticated { claims, requires, despite },
        ) => {
            let all_kept = required.iter().all(|name| requires.contains(name));
            // The condition holds on every other route, so a waiver is not a change like another.
            if despite.iter().any(|name| !waived.contains(name)) {
                Direction::Opens
            } else if before == claims && all_kept {
                Direction::Closes
            } else {
                Direction::Changes
            }
        }
        // The token and the closed state are more than nothing.
        (Decided::Public { .. } | Decided::Visitor { .. }, Decided::Setup { .. }) => Direction::Closes,
        // Without `hide_unmatched`, a client without a token can tell which paths exist.
        (Decided::Authenticated { .. }, Decided::Unmatched) => Direction::Opens,
        (_, now) if is_open(now) => Direction::Opens,
        _ => Direction::Closes,
    };
    let what = match (before, now) {
        (Decided::Public { .. } | Decided::Visitor { .. }, Decided::Authenticated { .. }) => {
            format!("was {}, is now {}: calls without a token now get 401", describe(before), describe(now))
        }
        (Decided::Public { .. } | Decided::Visitor { .. }, Decided::Signed { .. }) => {
            format!("was {}, is now {}: calls without a signature now get 401", describe(before), describe(now))
        }
        (Decided::Public { .. }, Decided::Visitor { .. }) => {
            format!("was {}, is now {}: calls with a bad token now get 401", describe(before), describe(now))
        }
        (Decided::Authenticated { .. }, Decided::Unmatched) => {
            format!("was {}, is now {}: any client can tell which paths exist", describe(before), describe(now))
        }
        _ => format!("was {}, is now {}", describe(before), describe(now)),
    };
    (what, direction)
}

/// A later last day, or none. ISO 8601 days sort as text.
fn longer(before: Option<&String>, now: Option<&String>) -> bool {
    now.map_or(before.is_some(), |day| before.is_some_and(|before| day > before))
}

fn is_open(decided: &Decided) -> bool {
    match decided {
        // A client without a caller passes with the token of a set-up.
        Decided::Public { .. } | Decided::Visitor { .. } | Decided::Setup { .. } | Decided::Job { .. } => true,
        // A new route that waives a condition.
        Decided::Authenticated { despite, .. } => !despite.is_empty(),
        Decided::Signed { .. } | Decided::Unmatched => false,
    }
}

fn describe(decided: &Decided) -> String {
    match decided {
        Decided::Authenticated { claims, requires, despite } => {
            // The default claims type is omitted.
            let of = if claims == "auth_runtime::Claims" { String::new() } else { format!(" as {claims}") };
            let requires: Vec<String> = requires.iter().map(ToString::to_string).collect();
            let requires =
                if requires.is_empty() { String::new() } else { format!(", requires {}", requires.join(" and ")) };
            let despite: Vec<String> = despite.iter().map(ToString::to_string).collect();
            let despite =
                if despite.is_empty() { String::new() } else { format!(", despite {}", despite.join(" and ")) };
            format!("authenticated{of}{requires}{despite}")
        }
        Decided::Public { reason, until, opens } => {
            let reason = reason.as_deref().unwrap_or("no reason given");
            let until = until.as_ref().map_or(String::new(), |day| format!(", until {day}"));
            format!("public: {reason}{until}{}", opens_text(opens))
        }
        Decided::Visitor { claims, reason, until } => {
            let reason = reason.as_deref().unwrap_or("no reason given");
            let until = until.as_ref().map_or(String::new(), |day| format!(", until {day}"));
            format!("public, recognises {claims}: {reason}{until}")
        }
        Decided::Signed { sender, scheme, opens } => format!("signed by {sender} in {scheme}{}", opens_text(opens)),
        Decided::Setup { reason, opens } => {
            let reason = reason.as_deref().unwrap_or("no reason given");
            format!("a one-time set-up: {reason}{}", opens_text(opens))
        }
        Decided::Job { reason, opens } => format!("work without a caller: {reason}{}", opens_text(opens)),
        Decided::Unmatched => "404 or 405 to every client".to_owned(),
    }
}

fn opens_text(opens: &[String]) -> String {
    if opens.is_empty() { String::new() } else { format!(", opens {}", opens.join(" and ")) }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.route, self.what)
    }
}
