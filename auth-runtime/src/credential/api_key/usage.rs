//! Reports the use of keys to the service, without delaying a request.

use super::records::AnyRecords;
use crate::base::DualClockInstant;
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// How often the use of a key is reported.
const INTERVAL: Duration = Duration::from_secs(60);

/// How many keys are reported in an interval.
const CAPACITY: usize = 10_000;

/// How many reports run at the same time.
const RUNNING: usize = 32;

/// How long a report may take.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Reports each key at most once in an interval.
pub(super) struct Usage {
    recent: Mutex<Recent>,
    running: Arc<Semaphore>,
}

/// The keys that were reported in the last interval.
#[derive(Default)]
struct Recent {
    ids: HashSet<Arc<str>>,
    oldest_first: VecDeque<(DualClockInstant, Arc<str>)>,
}

impl Recent {
    /// Adds a key, unless it is there or there is no room.
    fn add(&mut self, id: &str, now: SystemTime) -> Option<Arc<str>> {
        while self.oldest_first.front().is_some_and(|(since, _)| since.elapsed(now) >= INTERVAL) {
            if let Some((_, old)) = self.oldest_first.pop_front() {
                self.ids.remove(&old);
            }
        }
        if self.ids.contains(id) || self.ids.len() >= CAPACITY {
            return None;
        }
        let id: Arc<str> = id.into();
        self.ids.insert(Arc::clone(&id));
        self.oldest_first.push_back((DualClockInstant::new(now), Arc::clone(&id)));
        Some(id)
    }
}

impl Usage {
    pub(super) fn new() -> Self {
        Self { recent: Mutex::default(), running: Arc::new(Semaphore::new(RUNNING)) }
    }

    /// Starts a report, if one is due and there is room.
    pub(super) fn report(&self, records: &Arc<dyn AnyRecords>, id: &str, now: SystemTime) {
        let (Ok(runtime), Ok(permit)) = (Handle::try_current(), Arc::clone(&self.running).try_acquire_owned()) else {
            return;
        };
        let Some(id) = self.recent.lock().unwrap_or_else(PoisonError::into_inner).add(id, now) else { return };
        let records = Arc::clone(records);
        // A panic ends the task only.
        drop(runtime.spawn(async move {
            let _permit = permit;
            // The service has nothing to do if it takes longer: the next use reports again.
            let _ = timeout(TIME_LIMIT, records.used_any(&id, now)).await;
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::{CAPACITY, INTERVAL, Recent};
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_key_is_reported_once_in_an_interval() {
        let (mut recent, start) = (Recent::default(), SystemTime::now());
        assert!(recent.add("a", start).is_some());
        assert!(recent.add("a", start + INTERVAL - Duration::from_millis(1)).is_none());
        assert!(recent.add("b", start + INTERVAL - Duration::from_millis(1)).is_some());
        assert!(recent.add("a", start + INTERVAL).is_some());
        assert!(recent.add("b", start + INTERVAL).is_none());
        assert_eq!((recent.ids.len(), recent.oldest_first.len()), (2, 2));
    }

    #[test]
    fn memory_is_bounded() {
        let (mut recent, start) = (Recent::default(), SystemTime::now());
        for id in 0..CAPACITY + 100 {
            assert_eq!(recent.add(&id.to_string(), start).is_some(), id < CAPACITY);
        }
        assert_eq!((recent.ids.len(), recent.oldest_first.len()), (CAPACITY, CAPACITY));
        assert!(recent.add("another", start + INTERVAL).is_some());
        assert_eq!((recent.ids.len(), recent.oldest_first.len()), (1, 1));
    }
}
