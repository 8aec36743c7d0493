//! The rows of verifiers: what each accepts beyond the defaults, and requires on every route.

use super::row::public_name;
use super::words::{Words, word};
use super::{Difference, Direction};
use auth_runtime::Posture;
use auth_runtime::posture::VerifierPosture;
use std::collections::BTreeSet;
use std::fmt;

/// The first word of a row that describes a verifier.
pub(super) const VERIFIER: &str = "VERIFIER ";

/// The word in front of a condition.
pub(super) const ALWAYS: &str = "always-requires";

/// Holds what a verifier accepts beyond the defaults, or a condition that it always requires.
///
/// Issuers, keys and sinks are not in a lock, because a test configures others than the deployment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct VerifierRow {
    claims: String,
    says: Says,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    Weakness(String),
    /// All verifiers of these claims require it on every route that does not waive it.
    Condition(String),
}

impl VerifierRow {
    /// Reads the verifiers of a router.
    pub(super) fn all(posture: &Posture) -> BTreeSet<Self> {
        let verifiers = posture.verifiers();
        let rows = verifiers.iter().flat_map(|verifier| {
            let weaknesses = verifier.weaknesses().into_iter().map(Says::Weakness);
            // A second verifier without the condition would otherwise hide behind the row.
            let alike = |other: &&&VerifierPosture| other.claims == verifier.claims;
            let by_all =
                |name: &&&str| verifiers.iter().filter(alike).all(|other| other.always_requires.contains(name));
            let conditions =
                verifier.always_requires.iter().filter(by_all).map(|name| Says::Condition((*name).to_owned()));
            let says: Vec<_> = weaknesses.chain(conditions).collect();
            says.into_iter().map(|says| Self { claims: public_name(verifier.claims), says })
        });
        rows.collect()
    }

    /// Reads a row, if the line describes a verifier.
    pub(super) fn parse(line: &str) -> Result<Option<Self>, String> {
        let Some(rest) = line.strip_prefix(VERIFIER) else { return Ok(None) };
        let mut words = Words(rest);
        let claims = words.next("the type of the claims")?;
        let says = match words.optional(ALWAYS)? {
            Some(condition) => Says::Condition(condition),
            None => Says::Weakness(words.next("what the verifier accepts")?),
        };
        words.end()?;
        Ok(Some(Self { claims, says }))
    }

    /// Returns the claims type and the condition, for a row that has one.
    pub(super) fn condition(&self) -> Option<(String, String)> {
        match &self.says {
            Says::Weakness(_) => None,
            Says::Condition(condition) => Some((self.claims.clone(), condition.clone())),
        }
    }

    /// Compares the weaknesses of two locks.
    pub(super) fn differences(before: &BTreeSet<Self>, now: &BTreeSet<Self>) -> Vec<Difference> {
        let of = |row: &Self, when: &str, direction| {
            let Says::Weakness(weakness) = &row.says else { return None };
            let (route, what) = (format!("{VERIFIER}{}", row.claims), format!("{when} {weakness}"));
            Some(Difference { route, what, direction })
        };
        let added = now.difference(before).filter_map(|row| of(row, "now", Direction::Opens));
        let removed = before.difference(now).filter_map(|row| of(row, "no longer", Direction::Closes));
        added.chain(removed).collect()
    }
}

impl fmt::Display for VerifierRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{VERIFIER}{} ", word(&self.claims))?;
        match &self.says {
            Says::Weakness(weakness) => f.write_str(&word(weakness)),
            Says::Condition(condition) => write!(f, "{ALWAYS} {}", word(condition)),
        }
    }
}
