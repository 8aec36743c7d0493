//! Counts decisions exactly, independent of which events are emitted or dropped.

use super::kind::Kind;
use super::striped_counter::StripedCounter;
use super::summary::Summary;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts decisions by kind and route template.
///
/// Both are closed sets, so an attacker cannot make it grow.
pub(super) struct RefusalCounters {
    accepted: StripedCounter,
    abandoned: AtomicU64,
    /// By [`Kind::index`].
    refused: [Mutex<Cells>; Kind::COUNT],
    /// The refused claims of tokens with a good signature, as events name them.
    claims: Mutex<ClaimCounts>,
}

/// Counts by the name of a claim.
pub(super) type ClaimCounts = BTreeMap<Cow<'static, str>, u64>;

/// How many claims are counted by name. A service requires some ten.
const MOST_CLAIMS: usize = 32;

/// The rejections of one kind.
#[derive(Default)]
struct Cells {
    routes: BTreeMap<Arc<str>, Cell>,
    /// Rejections for which no route matched.
    unmatched: Cell,
}

#[derive(Default, Clone, Copy)]
struct Cell {
    total: u64,
    /// Events since the last summary.
    emitted: u64,
    suppressed: u64,
}

/// Whether a rejection is emitted as an event of its own.
#[derive(Debug, PartialEq)]
pub(super) enum Detail {
    Emitted,
    /// The limit of its kind is reached, so the next summary counts it.
    Suppressed,
}

/// Totals since the start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Totals {
    pub(super) accepted: u64,
    pub(super) abandoned: u64,
    /// By [`Kind::index`].
    pub(super) refused: [u64; Kind::COUNT],
}

/// The state that the pager reads once a second.
#[cfg(feature = "pager")]
#[derive(Debug, Clone, Default)]
pub(super) struct Sample {
    pub(super) totals: Totals,
    pub(super) claims: ClaimCounts,
    pub(super) dropped: u64,
    /// A sink fails, and has not taken the notice about its dropped events yet.
    pub(super) failing: bool,
    /// Grows once a second while the stream's thread runs.
    pub(super) heartbeats: u64,
}

impl Default for Totals {
    fn default() -> Self {
        Self { accepted: 0, abandoned: 0, refused: [0; Kind::COUNT] }
    }
}

impl Default for RefusalCounters {
    fn default() -> Self {
        Self {
            accepted: StripedCounter::default(),
            abandoned: AtomicU64::new(0),
            refused: std::array::from_fn(|_| Mutex::default()),
            claims: Mutex::default(),
        }
    }
}

impl Cells {
    /// Changes the cell of a route. Only the first rejection on a route allocates.
    fn on<T>(&mut self, route: Option<&str>, change: impl FnOnce(&mut Cell) -> T) -> T {
        let Some(route) = route else { return change(&mut self.unmatched) };
        match self.routes.get_mut(route) {
            Some(cell) => change(cell),
            None => change(self.routes.entry(route.into()).or_default()),
        }
    }

    fn all(&mut self) -> impl Iterator<Item = (Option<&Arc<str>>, &mut Cell)> {
        let on_routes = self.routes.iter_mut().map(|(route, cell)| (Some(route), cell));
        std::iter::once((None, &mut self.unmatched)).chain(on_routes)
    }
}

impl RefusalCounters {
    pub(super) fn accepted(&self) {
        self.accepted.increment();
    }

    pub(super) fn abandoned(&self) {
        self.abandoned.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a rejection. At most `most` of a kind are emitted one by one between two summaries.
    pub(super) fn refused(&self, kind: Kind, route: Option<&str>, most: u64) -> Detail {
        self.cells(kind).on(route, |cell| {
            cell.total += 1;
            if cell.emitted < most {
                cell.emitted += 1;
                return Detail::Emitted;
            }
            cell.suppressed += 1;
            Detail::Suppressed
        })
    }

    /// Counts an event that found no room in the queue towards the next summary.
    pub(super) fn found_no_room(&self, kind: Kind, route: Option<&str>) {
        self.cells(kind).on(route, |cell| {
            cell.emitted = cell.emitted.saturating_sub(1);
            cell.suppressed += 1;
        });
    }

    /// Returns summaries of the events that were suppressed since the last call.
    pub(super) fn summaries(&self) -> Vec<Summary> {
        let mut summaries = Vec::new();
        for kind in Kind::all() {
            for (route, cell) in self.cells(kind).all() {
                if cell.suppressed > 0 {
                    summaries.push(Summary::new(kind, route.cloned(), cell.suppressed, cell.emitted));
                }
                (cell.emitted, cell.suppressed) = (0, 0);
            }
        }
        summaries
    }

    pub(super) fn totals(&self) -> Totals {
        let (accepted, abandoned) = (self.accepted.sum(), self.abandoned.load(Ordering::Relaxed));
        let mut totals = Totals { accepted, abandoned, ..Totals::default() };
        for (cells, total) in self.refused.iter().zip(&mut totals.refused) {
            *total = lock(cells).all().map(|(_, cell)| cell.total).sum();
        }
        totals
    }

    /// Counts the claim that an event names.
    ///
    /// The names are those that a verifier checks, and fields of the service's own claims type.
    #[expect(clippy::ptr_arg, reason = "a static name is kept without a copy")]
    pub(super) fn claim(&self, claim: &Cow<'static, str>) {
        let mut claims = lock(&self.claims);
        if let Some(count) = claims.get_mut(claim) {
            *count += 1;
        } else if claims.len() < MOST_CLAIMS {
            claims.insert(claim.clone(), 1);
        }
    }

    #[cfg(feature = "pager")]
    pub(super) fn claims(&self) -> ClaimCounts {
        lock(&self.claims).clone()
    }

    fn cells(&self, kind: Kind) -> MutexGuard<'_, Cells> {
        lock(&self.refused[kind.index()])
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
