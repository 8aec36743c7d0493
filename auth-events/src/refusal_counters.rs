//! Exact counts of decisions, independent of which events are emitted or dropped.

use super::Reason;
use super::summary::Summary;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts decisions by reason and route template. Both are closed sets, so an attacker cannot make it grow.
pub(super) struct RefusalCounters {
    accepted: AtomicU64,
    abandoned: AtomicU64,
    /// In the order of [`Reason::ALL`].
    refused: [Mutex<Cells>; Reason::ALL.len()],
}

/// The refusals for one reason.
#[derive(Default)]
struct Cells {
    routes: BTreeMap<Arc<str>, Cell>,
    /// Rejections for which no route matched.
    unmatched: Cell,
}

#[derive(Default, Clone, Copy)]
struct Cell {
    total: u64,
    /// Since the last summary: emitted one by one, and only counted.
    told: u64,
    counted: u64,
}

/// Whether a rejection is emitted as an event of its own.
#[derive(Debug, PartialEq)]
pub(super) enum Detail {
    Told,
    /// There were enough of its kind for now; the next summary has the number.
    Counted,
}

/// Totals since the start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Totals {
    pub(super) accepted: u64,
    pub(super) abandoned: u64,
    /// In the order of [`Reason::ALL`].
    pub(super) refused: [u64; Reason::ALL.len()],
}

/// What a pager looks at, once a second.
#[cfg(feature = "pager")]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sample {
    pub(super) totals: Totals,
    pub(super) lost: u64,
    /// Some sink fails, and what it has dropped could not be reported to it yet.
    pub(super) failing: bool,
    /// How often the stream's thread has been around.
    pub(super) heartbeats: u64,
}

impl Default for Totals {
    fn default() -> Self {
        Self { accepted: 0, abandoned: 0, refused: [0; Reason::ALL.len()] }
    }
}

impl Default for RefusalCounters {
    fn default() -> Self {
        Self {
            accepted: AtomicU64::new(0),
            abandoned: AtomicU64::new(0),
            refused: std::array::from_fn(|_| Mutex::default()),
        }
    }
}

impl Cells {
    /// The route's name is kept at its first refusal, and only looked up at all others.
    fn on(&mut self, route: Option<&str>) -> &mut Cell {
        let Some(route) = route else { return &mut self.unmatched };
        if !self.routes.contains_key(route) {
            self.routes.insert(route.into(), Cell::default());
        }
        self.routes.get_mut(route).unwrap_or(&mut self.unmatched)
    }

    fn all(&mut self) -> impl Iterator<Item = (Option<&Arc<str>>, &mut Cell)> {
        let on_routes = self.routes.iter_mut().map(|(route, cell)| (Some(route), cell));
        std::iter::once((None, &mut self.unmatched)).chain(on_routes)
    }
}

impl RefusalCounters {
    pub(super) fn accepted(&self) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn abandoned(&self) {
        self.abandoned.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a rejection. At most `most` of a kind are emitted one by one between two summaries.
    pub(super) fn refused(&self, reason: Reason, route: Option<&str>, most: u64) -> Detail {
        let mut cells = self.cells(reason);
        let cell = cells.on(route);
        cell.total += 1;
        if cell.told < most {
            cell.told += 1;
            return Detail::Told;
        }
        cell.counted += 1;
        Detail::Counted
    }

    /// Counts an event that found no room in the queue towards the next summary.
    pub(super) fn found_no_room(&self, reason: Reason, route: Option<&str>) {
        let mut cells = self.cells(reason);
        let cell = cells.on(route);
        cell.told = cell.told.saturating_sub(1);
        cell.counted += 1;
    }

    /// Takes what was only counted since the last call.
    pub(super) fn summaries(&self) -> Vec<Summary> {
        let mut summaries = Vec::new();
        for reason in Reason::ALL {
            for (route, cell) in self.cells(*reason).all() {
                if cell.counted > 0 {
                    summaries.push(Summary::new(*reason, route.cloned(), cell.counted, cell.told));
                }
                (cell.told, cell.counted) = (0, 0);
            }
        }
        summaries
    }

    pub(super) fn totals(&self) -> Totals {
        let (accepted, abandoned) = (self.accepted.load(Ordering::Relaxed), self.abandoned.load(Ordering::Relaxed));
        let mut totals = Totals { accepted, abandoned, ..Totals::default() };
        for (reason, total) in Reason::ALL.iter().zip(&mut totals.refused) {
            *total = self.cells(*reason).all().map(|(_, cell)| cell.total).sum();
        }
        totals
    }

    fn cells(&self, reason: Reason) -> MutexGuard<'_, Cells> {
        self.refused[reason as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }
}
