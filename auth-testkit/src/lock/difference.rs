//! The difference between two decisions, as text.

use super::Direction;
use super::row::{Decided, Row};
use std::fmt;

/// Describes a changed decision about one route.
///
/// ```
/// use auth_testkit::lock::{Direction, Lock, LockError};
///
/// let before = Lock::parse("GET /report authenticated as auth_runtime::Claims")?;
/// let now = Lock::parse("GET /report PUBLIC \"for the press\"")?;
/// let difference = &before.differences(&now)[0];
/// assert_eq!(difference.route, "GET /report");
/// assert_eq!(difference.direction, Direction::Opens);
/// # Ok::<(), LockError>(())
/// ```
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

impl Difference {
    pub(super) fn between(before: Option<&Row>, now: Option<&Row>) -> Option<Self> {
        let row = now.or(before)?;
        let (what, direction) = match (before.map(|row| &row.decided), now.map(|row| &row.decided)) {
            (before, now) if before == now => return None,
            (None, Some(now)) => (format!("is new: {}", describe(now)), Direction::of_new(now)),
            (Some(before), None) => (format!("was removed; it was {}", describe(before)), Direction::Closes),
            (Some(before), Some(now)) => changed(before, now),
            (None, None) => return None,
        };
        Some(Self { route: format!("{} {}", row.method, row.path), what, direction })
    }
}

fn changed(before: &Decided, now: &Decided) -> (String, Direction) {
    let direction = Direction::of_changed(before, now);
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
        (Decided::Authenticated { .. } | Decided::Signed { .. }, Decided::Unmatched) => {
            format!("was {}, is now {}: any client can tell which paths exist", describe(before), describe(now))
        }
        _ => format!("was {}, is now {}", describe(before), describe(now)),
    };
    (what, direction)
}

fn describe(decided: &Decided) -> String {
    match decided {
        Decided::Authenticated { claims, requires, rules, despite } => {
            // The default claims type is omitted.
            let of = if claims == "auth_runtime::Claims" { String::new() } else { format!(" as {claims}") };
            let requires: Vec<String> = requires.iter().map(ToString::to_string).collect();
            let requires =
                if requires.is_empty() { String::new() } else { format!(", requires {}", requires.join(" and ")) };
            let rules = if rules.is_empty() { String::new() } else { format!(", rule {}", rules.join(" and ")) };
            let despite: Vec<String> = despite.iter().map(ToString::to_string).collect();
            let despite =
                if despite.is_empty() { String::new() } else { format!(", despite {}", despite.join(" and ")) };
            format!("authenticated{of}{requires}{rules}{despite}")
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
