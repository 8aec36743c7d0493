//! Finds records, and bounds what unknown ids cost the store.

use super::records::AnyRecords;
use super::{ApiKeyRecord, Unavailable};
use crate::base::DualClockInstant;
use quick_cache::sync::{Cache, DefaultLifecycle, EntryAction, EntryResult};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, UnitWeighter};
use std::time::{Duration, SystemTime};

/// How many ids are known to be unknown, or known to exist. Some 100 bytes each.
const CAPACITY: usize = 10_000;

/// How long an id is known to be unknown.
const UNKNOWN_FOR: Duration = Duration::from_secs(1);

/// Asks the store for records.
///
/// An unknown id is asked for once at a time, and once a second. A record is never kept, so a
/// revoked key stops at the next request.
pub(super) struct Finder {
    answers: Cache<String, Answer>,
}

/// The last answer of the store about an id.
#[derive(Clone, Copy)]
enum Answer {
    Found,
    Unknown(DualClockInstant),
}

impl Finder {
    pub(super) fn new() -> Self {
        let mut options = OptionsBuilder::new();
        // Half of the room for ids that are seen once, because the cache would otherwise keep the
        // ids that are used often, and an attacker's ids are new.
        options.estimated_items_capacity(CAPACITY).weight_capacity(CAPACITY as u64).hot_allocation(0.5);
        let answers = match options.build() {
            Ok(options) => {
                Cache::with_options(options, UnitWeighter, DefaultHashBuilder::default(), DefaultLifecycle::default())
            }
            Err(_) => Cache::new(CAPACITY),
        };
        Self { answers }
    }

    /// Finds the record of an id.
    ///
    /// P6: an error is not an answer, so it is not kept.
    pub(super) async fn find(
        &self,
        records: &dyn AnyRecords,
        id: &str,
        now: SystemTime,
    ) -> Result<Option<ApiKeyRecord>, Unavailable> {
        // Other requests for this id wait here while one asks. If it fails or is dropped, the next
        // one asks.
        let entry = self.answers.entry_async(id, |_, answer| match *answer {
            Answer::Unknown(since) if since.elapsed(now) >= UNKNOWN_FOR => EntryAction::ReplaceWithGuard,
            answer => EntryAction::Retain(answer),
        });
        let first = match entry.await {
            EntryResult::Retained(Answer::Unknown(_)) => return Ok(None),
            EntryResult::Vacant(first) | EntryResult::Replaced(first, _) => Some(first),
            // P6: the requests of a key that exists do not wait for each other and share no answer.
            // Each sees a revocation that was stored before it.
            EntryResult::Retained(Answer::Found) | EntryResult::Removed(..) | EntryResult::Timeout => None,
        };
        let found = records.find_any(id).await?;
        let answer = if found.is_some() { Answer::Found } else { Answer::Unknown(DualClockInstant::new(now)) };
        match first {
            // An error means that the id was evicted meanwhile.
            Some(first) => drop(first.insert(answer)),
            None if found.is_none() => self.answers.insert(id.to_owned(), answer),
            None => {}
        }
        Ok(found)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.answers.len()
    }
}
