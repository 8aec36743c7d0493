//! Finds records, and bounds what unknown ids cost the store.

use crate::base::DualClockInstant;
use quick_cache::sync::{Cache, DefaultLifecycle, EntryAction, EntryResult};
use quick_cache::{DefaultHashBuilder, Equivalent, OptionsBuilder, UnitWeighter};
use std::future::Future;
use std::hash::Hash;
use std::time::{Duration, SystemTime};

/// How many ids are known to be unknown, or known to exist. Some 100 bytes each.
const CAPACITY: usize = 10_000;

/// How long an id is known to be unknown.
///
/// Short, because a replica of the store may learn of a new record late.
const UNKNOWN_FOR: Duration = Duration::from_secs(1);

/// Asks a store for the records of ids.
///
/// An unknown id is asked for once at a time, and once a second. A record is never kept, so a
/// revoked key and a logout stop the next request.
pub(crate) struct Finder<K> {
    answers: Cache<K, Answer>,
}

/// The last answer of the store about an id.
#[derive(Clone, Copy)]
enum Answer {
    Found,
    Unknown(DualClockInstant),
}

impl<K: Hash + Eq> Finder<K> {
    pub(crate) fn new() -> Self {
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

    /// Finds the record of an id with `ask`, unless the id is known to be unknown.
    ///
    /// P6: an error is not an answer, so it is not kept.
    pub(crate) async fn find<Q, R, E, F>(
        &self,
        id: &Q,
        now: SystemTime,
        ask: impl FnOnce() -> F,
    ) -> Result<Option<R>, E>
    where
        Q: Hash + Equivalent<K> + ToOwned<Owned = K> + ?Sized,
        F: Future<Output = Result<Option<R>, E>>,
    {
        // Other requests for this id wait here while one asks. If it fails or is dropped, the next
        // one asks.
        let entry = self.answers.entry_async(id, |_, answer| match *answer {
            Answer::Unknown(since) if since.elapsed(now) >= UNKNOWN_FOR => EntryAction::ReplaceWithGuard,
            answer => EntryAction::Retain(answer),
        });
        let first = match entry.await {
            EntryResult::Retained(Answer::Unknown(_)) => return Ok(None),
            EntryResult::Vacant(first) | EntryResult::Replaced(first, _) => Some(first),
            // P6: the requests of a record that exists do not wait for each other and share no
            // answer. Each sees a revocation or a logout that was stored before it.
            EntryResult::Retained(Answer::Found) | EntryResult::Removed(..) | EntryResult::Timeout => None,
        };
        let found = ask().await?;
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
    pub(crate) fn len(&self) -> usize {
        self.answers.len()
    }
}
