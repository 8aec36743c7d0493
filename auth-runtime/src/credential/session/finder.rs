//! Finds sessions, and bounds what unknown ids cost the store.

use crate::base::DualClockInstant;
use quick_cache::sync::{Cache, EntryAction, EntryResult};
use std::time::{Duration, SystemTime};
use tower_sessions_core::SessionStore;
use tower_sessions_core::session::{Id, Record};
use tower_sessions_core::session_store::Error;

/// How many ids are known to be unknown, or known to exist. Some 100 bytes each.
const CAPACITY: usize = 10_000;

/// Short, because a replica of the store may learn of a new session late.
const UNKNOWN_FOR: Duration = Duration::from_secs(1);

/// Asks the store for sessions.
///
/// An unknown id is asked for once at a time, and once a second. A session is never kept, so a
/// logout stops the next request.
pub(super) struct Finder {
    answers: Cache<i128, Answer>,
}

/// The last answer of the store about an id.
#[derive(Clone, Copy)]
enum Answer {
    Found,
    Unknown(DualClockInstant),
}

impl Finder {
    pub(super) fn new() -> Self {
        Self { answers: Cache::new(CAPACITY) }
    }

    /// Finds the session of an id.
    ///
    /// P6: an error is not an answer, so it is not kept.
    pub(super) async fn find(
        &self,
        store: &dyn SessionStore,
        id: Id,
        now: SystemTime,
    ) -> Result<Option<Record>, Error> {
        // Other requests for this id wait here while one asks. If it fails or is dropped, the next
        // one asks.
        let entry = self.answers.entry_async(&id.0, |_, answer| match *answer {
            Answer::Unknown(since) if since.elapsed(now) >= UNKNOWN_FOR => EntryAction::ReplaceWithGuard,
            answer => EntryAction::Retain(answer),
        });
        let first = match entry.await {
            EntryResult::Retained(Answer::Unknown(_)) => return Ok(None),
            EntryResult::Vacant(first) | EntryResult::Replaced(first, _) => Some(first),
            // P6: the requests of one session do not wait for each other and share no answer. Each
            // sees a logout that was stored before it.
            EntryResult::Retained(Answer::Found) | EntryResult::Removed(..) | EntryResult::Timeout => None,
        };
        let found = store.load(&id).await?;
        let answer = if found.is_some() { Answer::Found } else { Answer::Unknown(DualClockInstant::new(now)) };
        match first {
            // An error means that the id was evicted meanwhile.
            Some(first) => drop(first.insert(answer)),
            None if found.is_none() => self.answers.insert(id.0, answer),
            None => {}
        }
        Ok(found)
    }
}
