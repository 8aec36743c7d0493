//! The differences of conditions: one for each condition, whatever the number of its routes.

use super::layer_changes::listed;
use super::verifier_rows::{VERIFIER, VerifierRow};
use super::{Difference, Direction, Lock, Row};
use std::collections::{BTreeMap, BTreeSet};

/// Compares which conditions the verifiers of two locks require.
///
/// A condition that all verifiers of a claims type require has a row of its own. Otherwise the
/// routes that require it name it.
pub(super) fn differences(before: &Lock, now: &Lock) -> Vec<Difference> {
    let (everywhere, everywhere_now) = (of_verifiers(before), of_verifiers(now));
    let (required, required_now) = (of_routes(before, &everywhere), of_routes(now, &everywhere_now));
    let conditions: BTreeSet<_> = required.keys().chain(required_now.keys()).collect();
    let all = conditions.into_iter().chain(&everywhere).chain(&everywhere_now).collect::<BTreeSet<_>>();
    let mut found = Vec::new();
    for condition in all {
        let (claims, name) = condition;
        let mut of = |what: String, direction| {
            found.push(Difference { route: format!("{VERIFIER}{claims}"), what, direction });
        };
        let routes = |of: &Required, without: &Required, and_in: &Lock| {
            let without = without.get(condition);
            let of = of.get(condition).into_iter().flatten();
            let only = of.filter(|route| without.is_none_or(|other| !other.contains(*route)));
            only.filter(|route| is_of(and_in, claims, name, route)).cloned().collect::<Vec<_>>()
        };
        let lost = routes(&required, &required_now, now);
        let gained = routes(&required_now, &required, before);
        match (everywhere.contains(condition), everywhere_now.contains(condition)) {
            (true, true) => {}
            (true, false) => {
                let kept = required_now.get(condition).is_some_and(|kept| !kept.is_empty());
                let listed =
                    if kept && !lost.is_empty() { format!(": not on {}", listed(&lost)) } else { String::new() };
                of(format!("no longer requires {name} on every route{listed}"), Direction::Opens);
            }
            (false, true) => of(format!("now requires {name} on every route"), Direction::Closes),
            (false, false) => {
                if !lost.is_empty() {
                    of(format!("no longer requires {name} on {}", listed(&lost)), Direction::Opens);
                }
                if !gained.is_empty() {
                    of(format!("now requires {name} on {}", listed(&gained)), Direction::Closes);
                }
            }
        }
    }
    found.extend(of_other_claims(before, now, &required, &required_now));
    found
}

/// Returns the conditions that routes lost together with their claims type.
fn of_other_claims(before: &Lock, now: &Lock, required: &Required, required_now: &Required) -> Vec<Difference> {
    let mut found = Vec::new();
    for row in now.rows() {
        let route = route(row);
        let claims_before = before.rows().find(|old| self::route(old) == route).and_then(|old| old.decided.claims());
        let (Some(claims_before), Some(claims)) = (claims_before, row.decided.claims()) else { continue };
        if claims_before == claims {
            continue;
        }
        let still = |name: &String| {
            let now = required_now.get(&(claims.to_owned(), name.clone()));
            waives(row, name) || now.is_some_and(|routes| routes.contains(&route))
        };
        let names = required.iter().filter(|((of, _), routes)| of == claims_before && routes.contains(&route));
        found.extend(names.filter(|((_, name), _)| !still(name)).map(|((_, name), _)| Difference {
            route: route.clone(),
            what: format!("no longer requires {name}"),
            direction: Direction::Opens,
        }));
    }
    found
}

/// The claims type and the name of a condition.
type Condition = (String, String);

/// The routes that require a condition.
type Required = BTreeMap<Condition, BTreeSet<String>>;

/// Returns the conditions that all verifiers of a claims type require.
fn of_verifiers(lock: &Lock) -> BTreeSet<Condition> {
    lock.verifiers.iter().filter_map(VerifierRow::condition).collect()
}

fn of_routes(lock: &Lock, everywhere: &BTreeSet<Condition>) -> Required {
    let mut required = Required::new();
    for row in lock.rows() {
        let Some(claims) = row.decided.claims() else { continue };
        let by_all = everywhere.iter().filter(|(of, _)| of == claims).map(|(_, name)| name);
        for name in row.conditions.iter().chain(by_all).filter(|name| !waives(row, name)) {
            required.entry((claims.to_owned(), name.clone())).or_default().insert(route(row));
        }
    }
    required
}

/// Whether a lock has the route with these claims, and the route does not waive the condition. A
/// waiver, another kind of decision and a new route are differences of their own.
fn is_of(lock: &Lock, claims: &str, condition: &str, of: &str) -> bool {
    lock.rows().any(|row| route(row) == of && row.decided.claims() == Some(claims) && !waives(row, condition))
}

fn waives(row: &Row, condition: &str) -> bool {
    row.decided.despite().iter().any(|waived| waived.to_string() == condition)
}

fn route(row: &Row) -> String {
    format!("{} {}", row.method, row.path)
}
