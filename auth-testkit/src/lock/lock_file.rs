//! The lock file: reading, writing and comparing.

use super::{Difference, Row};
use auth_runtime::Posture;
use std::collections::BTreeMap;
use std::fmt;

/// Holds the decisions of a router as a text file.
///
/// Each method and path has a line. The lines are sorted, and no line depends on another.
///
/// ```text
/// GET /health PUBLIC "load balancer probe" until 2027-01-31
/// GET /catalogue PUBLIC recognises auth_runtime::Claims "prices are for everyone"
/// GET /orders authenticated as auth_runtime::Claims
/// POST /orders authenticated as auth_runtime::Claims requires orders:write
/// FALLBACK /* unmatched
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Lock {
    /// Only jobs have several rows at a key, because the compiler may give two types the same name.
    rows: BTreeMap<(bool, String, String), Vec<Row>>,
}

const HEAD: &str = "\
# Who may call which route. A change here changes access: review it, and own this file in CODEOWNERS.
# `AUTH_POSTURE=accept cargo test` writes it; only `AUTH_POSTURE=accept-public` writes a row that opens a route.
";

impl Lock {
    /// Reads the decisions of a router.
    pub fn of(posture: &Posture) -> Self {
        posture.routes().iter().filter_map(Row::of).collect()
    }

    /// Reads a lock file.
    ///
    /// # Errors
    ///
    /// [`LockError`] with the number of the line that cannot be parsed, or that repeats a route.
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
                let problem = format!("duplicate row: `{} {}`: keep one of them", row.method, row.path);
                return Err(LockError { line: number, problem });
            }
            rows.push(row);
        }
        Ok(rows.into_iter().collect())
    }

    /// Returns the rows, sorted.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values().flatten()
    }

    /// Returns the differences between this lock and `now`.
    #[must_use]
    pub fn differences(&self, now: &Self) -> Vec<Difference> {
        let every: std::collections::BTreeSet<_> = self.rows.keys().chain(now.rows.keys()).collect();
        every.into_iter().flat_map(|key| between(rows_at(self, key), rows_at(now, key))).collect()
    }
}

fn rows_at<'a>(lock: &'a Lock, key: &(bool, String, String)) -> &'a [Row] {
    lock.rows.get(key).map_or(&[], Vec::as_slice)
}

/// Compares the rows that are not in both in pairs. A row without a pair is new or removed.
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

/// Keeps every row, because a row that is missing from a lock could change without a difference.
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

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        self.rows().try_for_each(|row| writeln!(f, "{row}"))
    }
}

/// Reports a text that is not a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockError {
    /// The number of the line, from 1.
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
