//! Describes why attempts fail, in the summary of a page.

use super::window::Counts;
use crate::event::GOOD_SIGNATURE;
use crate::refusal_counters::ClaimCounts;
use crate::{Class, Reason};

/// How many claims or reasons a summary names. The page lists all of them.
const NAMED: usize = 3;

/// Describes the failures of the largest class.
///
/// A page about expired tokens or refused claims must not read as an attack, because the engineer
/// would block callers whose identity provider was upgraded.
pub(super) fn cause(counts: &Counts, claims: &ClaimCounts) -> String {
    let classes = [Class::Invalid, Class::Unavailable, Class::ClaimsRefused, Class::Expired];
    let largest = classes.into_iter().rev().max_by_key(|class| counts.of(*class));
    largest.map(|class| cause_of(class, counts, claims)).unwrap_or_default()
}

/// Describes the failures of a class.
pub(super) fn cause_of(class: Class, counts: &Counts, claims: &ClaimCounts) -> String {
    match class {
        Class::Expired => "mostly expired tokens: clients do not renew them, or a clock is wrong".to_owned(),
        Class::ClaimsRefused if 2 * clocks(counts) > counts.of(Class::ClaimsRefused) => {
            "good signature, clocks differ: the issuer's clock is ahead of this service's".to_owned()
        }
        Class::ClaimsRefused if !claims.is_empty() => {
            format!("{GOOD_SIGNATURE}: {}", named(claims.iter().map(|(name, count)| (name.as_ref(), *count))))
        }
        Class::ClaimsRefused => format!("{GOOD_SIGNATURE}: {}", named(counts.reasons_of(class))),
        _ => format!("mostly {}", named(counts.reasons_of(class))),
    }
}

/// Returns how many tokens are not valid yet.
fn clocks(counts: &Counts) -> u64 {
    let not_yet = [Reason::NotYetValid.as_str(), Reason::IssuedInFuture.as_str()];
    counts.reasons_of(Class::ClaimsRefused).filter(|(reason, _)| not_yet.contains(reason)).map(|(_, count)| count).sum()
}

/// Lists the most frequent names.
fn named<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> String {
    let mut counts: Vec<_> = counts.collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let names: Vec<_> = counts.iter().take(NAMED).map(|(name, count)| format!("`{name}` ({count})")).collect();
    names.join(", ")
}
