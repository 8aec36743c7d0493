//! The posture lock: who may call what, in a file beside the code, so that a change of it is a change in the review.

mod assert;
mod difference;
mod permission;
mod row;

pub use assert::assert_posture;
pub use difference::{Difference, Direction};
pub use row::{Decided, Row};

use auth_runtime::Posture;
use std::collections::BTreeMap;
use std::fmt;

/// The decisions of a router as a text file: one line for each method and path, sorted, and no line depends on another.
///
/// ```text
/// GET /health PUBLIC "load balancer probe" until 2027-01-31
/// GET /orders authenticated as auth_runtime::Claims
/// POST /orders authenticated as auth_runtime::Claims requires orders:write
/// FALLBACK /* unmatched
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Lock {
    /// More than one in a place only for jobs, whose types the compiler may give one name.
    rows: BTreeMap<(bool, String, String), Vec<Row>>,
}

const HEAD: &str = "\
# Who may call what. A change here is a change of who may do what: read it as such, and own it in CODEOWNERS.
# Written by `AUTH_POSTURE=accept cargo test`; what opens a route to everybody is written by `AUTH_POSTURE=accept-public` only.
";

impl Lock {
    /// The decisions of a router.
    pub fn of(posture: &Posture) -> Self {
        posture.routes().iter().filter_map(Row::of).collect()
    }

    /// Reads a lock file.
    ///
    /// # Errors
    ///
    /// [`LockError`] with the number of the line that is none of a lock, or that says something about a route for the second time.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let mut rows: Vec<Row> = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let row = Row::parse(line).map_err(|problem| LockError { line: number, problem })?;
            let twice = |known: &Row| known.key() == row.key() && (known == &row || row.method != "JOB");
            if rows.iter().any(twice) {
                let problem = format!("{} {} stands here twice", row.method, row.path);
                return Err(LockError { line: number, problem });
            }
            rows.push(row);
        }
        Ok(rows.into_iter().collect())
    }

    /// The lines, sorted.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values().flatten()
    }

    /// What is otherwise in `now`.
    #[must_use]
    pub fn differences(&self, now: &Self) -> Vec<Difference> {
        let every: std::collections::BTreeSet<_> = self.rows.keys().chain(now.rows.keys()).collect();
        every.into_iter().flat_map(|key| between(rows_at(self, key), rows_at(now, key))).collect()
    }
}

fn rows_at<'a>(lock: &'a Lock, key: &(bool, String, String)) -> &'a [Row] {
    lock.rows.get(key).map_or(&[], Vec::as_slice)
}

/// Of those that are not in both, one is compared with one; what is left is new, or gone.
fn between(before: &[Row], now: &[Row]) -> Vec<Difference> {
    let mut gone = before.iter().filter(|row| !now.contains(row));
    let mut new = now.iter().filter(|row| !before.contains(row));
    let mut differences = Vec::new();
    loop {
        match (gone.next(), new.next()) {
            (None, None) => return differences,
            (before, now) => differences.extend(Difference::between(before, now)),
        }
    }
}

/// No row takes the place of another one: what is left out of a lock changes without a difference.
impl FromIterator<Row> for Lock {
    fn from_iter<T: IntoIterator<Item = Row>>(rows: T) -> Self {
        let mut sorted: BTreeMap<_, Vec<Row>> = BTreeMap::new();
        for row in rows {
            let same = sorted.entry(row.key()).or_default();
            if !same.contains(&row) {
                same.push(row);
            }
        }
        for same in sorted.values_mut() {
            same.sort_by_key(ToString::to_string);
        }
        Self { rows: sorted }
    }
}

/// As the file has it.
impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        self.rows().try_for_each(|row| writeln!(f, "{row}"))
    }
}

/// A text that is no lock.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for LockError {}

#[cfg(test)]
mod tests;
