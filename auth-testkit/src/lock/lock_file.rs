//! The lock file: reading, writing and comparing.

use super::condition_changes;
use super::layer_changes::LayerChanges;
use super::row::{layer_row, parse_layer};
use super::verifier_rows::VerifierRow;
use super::{Difference, Row};
use auth_runtime::Posture;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Holds the decisions of a router as a text file.
///
/// Each method and path has a line. The lines are sorted. A layer has a line with its type, and the
/// lines of its routes have its name. A verifier has a line for all that it accepts beyond the
/// defaults, and for each condition that it always requires. Where two verifiers of one claims type
/// require different conditions, each of their routes has its own in its line.
///
/// ```text
/// GET /catalogue PUBLIC recognises auth_runtime::Claims "prices are for everyone"
/// GET /health PUBLIC "load balancer probe" until 2027-01-31
/// GET /orders authenticated as auth_runtime::Claims behind audit
/// POST /orders authenticated as auth_runtime::Claims requires orders:write behind audit
/// GET /orders/{id} authenticated as auth_runtime::Claims rule orders::OwnOrder
/// POST /push SIGNED by GitHub in "X-Hub-Signature-256 over {body} without a timestamp"
/// POST /setup SETUP "creates the first administrator"
/// FALLBACK /* unmatched
/// LAYER audit orders::Audit
/// VERIFIER auth_runtime::Claims "accepts any JWT of https://id.example.com/"
/// VERIFIER auth_runtime::Claims always-requires "staff by orders::Staff"
/// ```
///
/// ```
/// use auth_testkit::lock::{Lock, LockError};
///
/// let lock = Lock::parse("GET /health PUBLIC \"load balancer probe\"")?;
/// assert_eq!(lock.rows().count(), 1);
/// # Ok::<(), LockError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Lock {
    /// Only jobs have several rows at a key, because the compiler may give two types the same name.
    rows: BTreeMap<(bool, String, String), Vec<Row>>,
    /// The types of the layers, by their names.
    layers: BTreeMap<String, String>,
    pub(super) verifiers: BTreeSet<VerifierRow>,
}

const HEAD: &str = "\
# Who may call which route. A change here changes access: review it, and own this file in CODEOWNERS.
# `AUTH_POSTURE=accept cargo test` writes it; only `AUTH_POSTURE=accept-public` writes a row that opens a route.
# FALLBACK is for paths without a route, and FALLBACK(405) for methods without a handler, of one path, or with `/*` of all
# paths below that have no such row. A LAYER runs before the decision and may answer by itself; the outermost is last.
";

impl Lock {
    /// Reads the decisions of a router.
    pub fn of(posture: &Posture) -> Self {
        let layers = posture.layers();
        let mut lock: Self = posture.routes().iter().filter_map(|row| Row::of(row, &layers)).collect();
        lock.layers = layers.into_iter().map(|layer| (layer.name, layer.type_name.to_owned())).collect();
        lock.verifiers = VerifierRow::all(posture);
        let by_all: BTreeSet<_> = lock.verifiers.iter().filter_map(VerifierRow::condition).collect();
        for row in lock.rows.values_mut().flatten() {
            let claims = row.decided.claims().unwrap_or_default().to_owned();
            row.conditions.retain(|name| !by_all.contains(&(claims.clone(), name.clone())));
        }
        lock
    }

    /// Reads a lock file.
    ///
    /// # Errors
    ///
    /// [`LockError`] with the number of the line that cannot be parsed, or that repeats a route.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let (mut rows, mut layers): (Vec<Row>, BTreeMap<String, String>) = (Vec::new(), BTreeMap::new());
        let mut verifiers = BTreeSet::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let refused = |problem| LockError { line: number, problem };
            if let Some((name, type_name)) = parse_layer(line).map_err(refused)? {
                if layers.insert(name.clone(), type_name).is_some() {
                    return Err(refused(format!("duplicate layer: `{name}`: keep one of them")));
                }
                continue;
            }
            if let Some(row) = VerifierRow::parse(line).map_err(refused)? {
                if !verifiers.insert(row) {
                    return Err(refused(format!("duplicate row: `{line}`: keep one of them")));
                }
                continue;
            }
            let row = Row::parse(line).map_err(refused)?;
            let twice = |known: &Row| known.key() == row.key() && (known == &row || row.method != "JOB");
            if rows.iter().any(twice) {
                let problem = format!("duplicate row: `{} {}`: keep one of them", row.method, row.path);
                return Err(refused(problem));
            }
            rows.push(row);
        }
        Ok(Self { layers, verifiers, ..rows.into_iter().collect() })
    }

    /// Returns the rows, sorted.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values().flatten()
    }

    /// Returns the differences between this lock and `now`.
    #[must_use]
    pub fn differences(&self, now: &Self) -> Vec<Difference> {
        let every: BTreeSet<_> = self.rows.keys().chain(now.rows.keys()).collect();
        let mut differences = Vec::new();
        let mut layers = LayerChanges::default();
        for key in every {
            differences.extend(between(rows_at(self, key), rows_at(now, key), &mut layers));
        }
        differences.extend(layers.differences(&self.layers, &now.layers));
        differences.extend(VerifierRow::differences(&self.verifiers, &now.verifiers));
        differences.extend(condition_changes::differences(self, now));
        differences
    }
}

fn rows_at<'a>(lock: &'a Lock, key: &(bool, String, String)) -> &'a [Row] {
    lock.rows.get(key).map_or(&[], Vec::as_slice)
}

/// Compares the rows that are not in both in pairs. A row without a pair is new or removed.
fn between(before: &[Row], now: &[Row], layers: &mut LayerChanges) -> Vec<Difference> {
    let mut gone = before.iter().filter(|row| !now.contains(row));
    let mut new = now.iter().filter(|row| !before.contains(row));
    let mut differences = Vec::new();
    loop {
        match (gone.next(), new.next()) {
            (None, None) => return differences,
            (before, now) => {
                differences.extend(Difference::between(before, now));
                if let (Some(before), Some(now)) = (before, now) {
                    layers.compare(before, now);
                }
            }
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
        Self { rows: sorted, layers: BTreeMap::new(), verifiers: BTreeSet::new() }
    }
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        self.rows().try_for_each(|row| writeln!(f, "{row}"))?;
        self.layers.iter().try_for_each(|(name, type_name)| writeln!(f, "{}", layer_row(name, type_name)))?;
        self.verifiers.iter().try_for_each(|row| writeln!(f, "{row}"))
    }
}

/// Reports a text that is not a lock.
///
/// ```
/// use auth_testkit::lock::Lock;
///
/// let error = Lock::parse("GET /health open for all").unwrap_err();
/// assert_eq!(error.line, 1);
/// ```
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
