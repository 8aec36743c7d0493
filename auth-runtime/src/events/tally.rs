//! How many of what: exact, whatever becomes of the details.

use super::summary::Summary;
use crate::rejection::Reason;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts decisions. Its size is that of two closed sets, reasons and the templates of routes; strangers can't make it
/// grow.
#[derive(Default)]
pub(super) struct Tally {
    accepted: AtomicU64,
    refused: Mutex<HashMap<Key, Cell>>,
}

type Key = (Reason, Option<Arc<str>>);

#[derive(Default, Clone, Copy)]
struct Cell {
    total: u64,
    /// Since the last summary: told one by one, and only counted.
    told: u64,
    counted: u64,
}

/// What becomes of a refusal beside being counted.
#[derive(Debug, PartialEq)]
pub(super) enum Detail {
    Told,
    /// There have been enough of its kind for now; a summary will say how many.
    Counted,
}

/// Totals since the start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Totals {
    pub(super) accepted: u64,
    /// In the order of [`Reason::ALL`].
    pub(super) refused: [u64; Reason::ALL.len()],
}

/// What a pager looks at, once a second.
#[cfg(feature = "pager")]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sample {
    pub(super) totals: Totals,
    pub(super) lost: u64,
    /// How often the stream's thread has been around.
    pub(super) rounds: u64,
}

impl Default for Totals {
    fn default() -> Self {
        Self { accepted: 0, refused: [0; Reason::ALL.len()] }
    }
}

impl Tally {
    pub(super) fn accepted(&self) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a refusal, of which `most` of a kind are told one by one between two summaries.
    pub(super) fn refused(&self, reason: Reason, route: Option<&Arc<str>>, most: u64) -> Detail {
        let mut cells = self.cells();
        let cell = cells.entry((reason, route.map(Arc::clone))).or_default();
        cell.total += 1;
        if cell.told < most {
            cell.told += 1;
            return Detail::Told;
        }
        cell.counted += 1;
        Detail::Counted
    }

    /// What was to be told one by one found no room: it is counted instead.
    pub(super) fn found_no_room(&self, reason: Reason, route: Option<&Arc<str>>) {
        let mut cells = self.cells();
        let cell = cells.entry((reason, route.map(Arc::clone))).or_default();
        cell.told = cell.told.saturating_sub(1);
        cell.counted += 1;
    }

    /// What was only counted since the last time.
    pub(super) fn summaries(&self) -> Vec<Summary> {
        let mut cells = self.cells();
        let mut summaries = Vec::new();
        for ((reason, route), cell) in cells.iter_mut() {
            if cell.counted > 0 {
                summaries.push(Summary::new(*reason, route.clone(), cell.counted, cell.told));
            }
            (cell.told, cell.counted) = (0, 0);
        }
        summaries
    }

    pub(super) fn totals(&self) -> Totals {
        let mut totals = Totals { accepted: self.accepted.load(Ordering::Relaxed), ..Totals::default() };
        for ((reason, _), cell) in self.cells().iter() {
            totals.refused[*reason as usize] += cell.total;
        }
        totals
    }

    fn cells(&self) -> MutexGuard<'_, HashMap<Key, Cell>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
