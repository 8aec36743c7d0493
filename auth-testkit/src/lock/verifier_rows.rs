//! The rows of verifiers: what each accepts beyond the defaults.

use super::row::public_name;
use super::words::{Words, word};
use super::{Difference, Direction};
use auth_runtime::Posture;
use std::collections::BTreeSet;
use std::fmt;

/// The first word of a row that describes a verifier.
const VERIFIER: &str = "VERIFIER ";

/// Holds what a verifier accepts beyond the defaults.
///
/// Issuers, keys and sinks are not in a lock, because a test configures others than the deployment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct VerifierRow {
    claims: String,
    weakness: String,
}

impl VerifierRow {
    /// Reads the verifiers of a router.
    pub(super) fn all(posture: &Posture) -> BTreeSet<Self> {
        let rows = posture.verifiers().into_iter().flat_map(|verifier| {
            let claims = public_name(verifier.claims);
            verifier.weaknesses().into_iter().map(move |weakness| Self { claims: claims.clone(), weakness })
        });
        rows.collect()
    }

    /// Reads a row, if the line describes a verifier.
    pub(super) fn parse(line: &str) -> Result<Option<Self>, String> {
        let Some(rest) = line.strip_prefix(VERIFIER) else { return Ok(None) };
        let mut words = Words(rest);
        let claims = words.next("the type of the claims")?;
        let weakness = words.next("what the verifier accepts")?;
        words.end()?;
        Ok(Some(Self { claims, weakness }))
    }

    /// Compares the rows of two locks.
    pub(super) fn differences(before: &BTreeSet<Self>, now: &BTreeSet<Self>) -> Vec<Difference> {
        let of = |row: &Self, when: &str, direction| Difference {
            route: format!("{VERIFIER}{}", row.claims),
            what: format!("{when} {}", row.weakness),
            direction,
        };
        let added = now.difference(before).map(|row| of(row, "now", Direction::Opens));
        let removed = before.difference(now).map(|row| of(row, "no longer", Direction::Closes));
        added.chain(removed).collect()
    }
}

impl fmt::Display for VerifierRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{VERIFIER}{} {}", word(&self.claims), word(&self.weakness))
    }
}
