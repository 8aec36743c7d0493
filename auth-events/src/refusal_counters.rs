//! Counts decisions exactly, independent of which events are emitted or dropped.

use super::Reason;
use super::summary::Summary;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts decisions by reason and route template.
///
/// Both are closed sets, so an attacker cannot make it grow.
pub(super) struct RefusalCounters {
    accepted: AtomicU64,
    abandoned: AtomicU64,
    /// In the order of [`Reason::ALL`].
    refused: [Mutex<Cells>; Reason::ALL.len()],
}

/// The rejections for one reason.
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
    /// In the order of [`Reason::ALL`].
    pub(super) refused: [u64; Reason::ALL.len()],
}

/// The state that the pager reads once a second.
#[cfg(feature = "pager")]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sample {
    pub(super) totals: Totals,
    pub(super) dropped: u64,
    /// A sink fails, and has not taken the notice about its dropped events yet.
    pub(super) failing: bool,
    /// Grows once a second while the stream's thread runs.
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
    /// Returns the cell of a route. Only the first rejection on a route allocates.
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
        if cell.emitted < most {
            cell.emitted += 1;
            return Detail::Emitted;
        }
        cell.suppressed += 1;
        Detail::Suppressed
    }

    /// Counts an event that found no room in the queue towards the next summary.
    pub(super) fn found_no_room(&self, reason: Reason, route: Option<&str>) {
        let mut cells = self.cells(reason);
        let cell = cells.on(route);
        cell.emitted = cell.emitted.saturating_sub(1);
        cell.suppressed += 1;
    }

    /// Returns summaries of the events that were suppressed since the last call.
    pub(super) fn summaries(&self) -> Vec<Summary> {
        let mut summaries = Vec::new();
        for reason in Reason::ALL {
            for (route, cell) in self.cells(*reason).all() {
                if cell.suppressed > 0 {
                    summaries.push(Summary::new(*reason, route.cloned(), cell.suppressed, cell.emitted));
                }
                (cell.emitted, cell.suppressed) = (0, 0);
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
