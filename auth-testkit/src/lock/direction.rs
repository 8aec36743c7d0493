//! Whether a change opens or closes a route.

use super::Decided;

/// Says whether a change opens or closes a route, the most dangerous first.
///
/// ```
/// use auth_testkit::lock::{Difference, Direction};
///
/// /// The changes that a reviewer has to look at first.
/// fn openings(differences: &[Difference]) -> Vec<&str> {
///     let opens = differences.iter().filter(|change| change.direction == Direction::Opens);
///     opens.map(|change| &*change.route).collect()
/// }
/// # assert!(openings(&[]).is_empty());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Direction {
    /// More is possible without a caller, for longer, or without a condition or a rule.
    /// Only `accept-public` writes it.
    Opens,
    /// A caller needs fewer or other permissions.
    Changes,
    /// A caller needs more. It fails the test too, because a webhook or probe that gets 401 is
    /// noticed late.
    Closes,
}

impl Direction {
    /// Judges a row that a router did not have.
    pub(super) fn of_new(now: &Decided) -> Self {
        let opens = match now {
            // A client without a caller passes with the token of a set-up.
            Decided::Public { .. } | Decided::Visitor { .. } | Decided::Setup { .. } | Decided::Job { .. } => true,
            Decided::Signed { opens, .. } => !opens.is_empty(),
            // A new route that waives a condition.
            Decided::Authenticated { despite, .. } => !despite.is_empty(),
            Decided::Unmatched => false,
        };
        if opens { Self::Opens } else { Self::Changes }
    }

    /// Judges a row that has changed.
    pub(super) fn of_changed(before: &Decided, now: &Decided) -> Self {
        use Decided::{Authenticated, Job, Public, Setup, Signed, Unmatched, Visitor};
        // A vault opens without a caller, and did not before.
        if opened(now).iter().any(|name| !opened(before).contains(name)) {
            return Self::Opens;
        }
        match (before, now) {
            (Authenticated { .. }, Authenticated { .. }) => of_callers(before, now),
            (
                Public { until: before, .. } | Visitor { until: before, .. },
                Public { until, .. } | Visitor { until, .. },
            ) if longer(before.as_ref(), until.as_ref()) => Self::Opens,
            // Guests may call both. A public route that now recognises callers rejects bad tokens.
            (Public { .. }, Visitor { .. }) => Self::Closes,
            (Public { .. } | Visitor { .. }, Public { .. } | Visitor { .. })
            | (Signed { .. }, Signed { .. })
            | (Setup { .. }, Setup { .. })
            | (Job { .. }, Job { .. }) => Self::Changes,
            // Also with a waiver, because a guest met no condition.
            (Public { .. } | Visitor { .. }, _) => Self::Closes,
            // Without `hide_unmatched`, a client without a token can tell which paths exist.
            (Authenticated { .. } | Signed { .. } | Setup { .. }, Unmatched) => Self::Opens,
            (Unmatched, Authenticated { despite, .. }) if despite.is_empty() => Self::Closes,
            // Other callers than before, as for a new route.
            _ => Self::of_new(now),
        }
    }
}

fn of_callers(before: &Decided, now: &Decided) -> Direction {
    let (
        Decided::Authenticated { claims: before, requires: required, rules: asked, despite: waived },
        Decided::Authenticated { claims, requires, rules, despite },
    ) = (before, now)
    else {
        return Direction::Changes;
    };
    let more = despite.iter().any(|name| !waived.contains(name));
    let fewer = waived.iter().any(|name| !despite.contains(name));
    let all_kept = required.iter().all(|name| requires.contains(name));
    let added = requires.iter().any(|name| !required.contains(name)) || rules.iter().any(|name| !asked.contains(name));
    let unasked = asked.iter().any(|name| !rules.contains(name));
    // The condition holds on every other route, so a waiver is not a change like another. Without
    // its rule, a handler answers each caller about the objects of all.
    if more || unasked {
        Direction::Opens
    } else if before == claims && all_kept && (added || fewer) {
        Direction::Closes
    } else {
        Direction::Changes
    }
}

/// Returns the resources whose vaults a decision opens without a caller.
fn opened(decided: &Decided) -> &[String] {
    match decided {
        Decided::Public { opens, .. }
        | Decided::Signed { opens, .. }
        | Decided::Setup { opens, .. }
        | Decided::Job { opens, .. } => opens,
        Decided::Authenticated { .. } | Decided::Visitor { .. } | Decided::Unmatched => &[],
    }
}

/// A later last day, or none. ISO 8601 days sort as text.
fn longer(before: Option<&String>, now: Option<&String>) -> bool {
    now.map_or(before.is_some(), |day| before.is_some_and(|before| day > before))
}
