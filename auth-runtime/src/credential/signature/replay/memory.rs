//! Deliveries in the memory of one instance.

use super::{DeliveryKey, ReplayError, ReplayStore};
use std::collections::HashMap;
use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// Keeps deliveries in memory, for a service of one instance.
///
/// Other instances do not see them, and a restart loses them. For a service of many instances, see
/// `RedisReplays` (feature `redis`).
///
/// Cheap to clone; clones share the deliveries.
///
/// ```
/// use auth_runtime::signatures::{MemoryReplays, Scheme, Signatures, SigningSecret};
/// use auth_runtime::{ConfigError, Events, signature};
///
/// signature!(pub GitHub = Scheme::github());
///
/// fn github(secret: SigningSecret) -> Result<Signatures<GitHub>, ConfigError> {
///     let deliveries = MemoryReplays::new(10_000);
///     Signatures::builder().secret(secret).events(Events::stderr()).replay(deliveries).build()
/// }
/// # fn main() {}
/// ```
#[derive(Clone)]
pub struct MemoryReplays {
    capacity: usize,
    entries: Arc<Mutex<Deliveries>>,
}

#[derive(Default)]
struct Deliveries {
    by_key: HashMap<DeliveryKey, Kept>,
    /// No entry can be removed earlier.
    next_removal: Option<Instant>,
}

#[derive(Clone, Copy)]
struct Kept {
    is_handled: bool,
    until: Instant,
}

impl Default for MemoryReplays {
    /// Creates a store of 100 000 deliveries, which take some 10 MB.
    fn default() -> Self {
        Self::new(100_000)
    }
}

impl MemoryReplays {
    /// Creates a store with a capacity, in deliveries.
    ///
    /// Only a delivery with a valid signature takes a place. A full store removes deliveries whose
    /// time has ended. If there are none, requests get 503.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { capacity, entries: Arc::default() }
    }

    fn deliveries(&self) -> Result<MutexGuard<'_, Deliveries>, ReplayError> {
        // P6: a panic may have left the store half written.
        self.entries.lock().map_err(|_| {
            ReplayError::StoreGarbled("a panic interrupted a write to the store: restart the service".to_owned())
        })
    }

    fn claim_now(&self, delivery: &DeliveryKey, keep: Duration) -> Result<(), ReplayError> {
        let now = Instant::now();
        let mut deliveries = self.deliveries()?;
        match deliveries.by_key.get(delivery) {
            Some(kept) if kept.until > now && kept.is_handled => return Err(ReplayError::Handled),
            Some(kept) if kept.until > now => return Err(ReplayError::Claimed),
            _ => {}
        }
        deliveries.remove_old(now, self.capacity);
        if deliveries.by_key.len() >= self.capacity && !deliveries.by_key.contains_key(delivery) {
            // P6: to forget another delivery would let an attacker replay it.
            return Err(ReplayError::NoRoom(self.capacity));
        }
        deliveries.keep(*delivery, Kept { is_handled: false, until: now + keep });
        Ok(())
    }

    fn handled_now(&self, delivery: &DeliveryKey, keep: Duration) -> Result<(), ReplayError> {
        let until = Instant::now() + keep;
        self.deliveries()?.keep(*delivery, Kept { is_handled: true, until });
        Ok(())
    }

    fn release_now(&self, delivery: &DeliveryKey) -> Result<(), ReplayError> {
        let mut deliveries = self.deliveries()?;
        if deliveries.by_key.get(delivery).is_some_and(|kept| !kept.is_handled) {
            deliveries.by_key.remove(delivery);
        }
        Ok(())
    }
}

impl Deliveries {
    fn keep(&mut self, delivery: DeliveryKey, kept: Kept) {
        self.by_key.insert(delivery, kept);
        self.next_removal = Some(self.next_removal.map_or(kept.until, |next| next.min(kept.until)));
    }

    /// Removes the deliveries whose time has ended, when the store is full.
    fn remove_old(&mut self, now: Instant, capacity: usize) {
        // A full store must not be searched on each request.
        if self.by_key.len() < capacity || self.next_removal.is_some_and(|next| next > now) {
            return;
        }
        self.by_key.retain(|_, kept| kept.until > now);
        self.next_removal = self.by_key.values().map(|kept| kept.until).min();
    }
}

impl ReplayStore for MemoryReplays {
    fn claim<'a>(
        &'a self,
        delivery: &'a DeliveryKey,
        keep: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send + 'a>> {
        Box::pin(ready(self.claim_now(delivery, keep)))
    }

    fn handled<'a>(
        &'a self,
        delivery: &'a DeliveryKey,
        keep: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send + 'a>> {
        Box::pin(ready(self.handled_now(delivery, keep)))
    }

    fn release<'a>(
        &'a self,
        delivery: &'a DeliveryKey,
    ) -> Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send + 'a>> {
        Box::pin(ready(self.release_now(delivery)))
    }

    fn name(&self) -> String {
        format!("the memory of this instance, up to {} deliveries", self.capacity)
    }
}

impl fmt::Debug for MemoryReplays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryReplays").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{DeliveryKey, MemoryReplays, ReplayError};
    use std::time::Duration;

    const HOUR: Duration = Duration::from_secs(60 * 60);

    fn key(name: &str) -> DeliveryKey {
        DeliveryKey::of("GitHub", "id", name.as_bytes())
    }

    #[test]
    fn a_delivery_is_claimed_once_until_it_is_released() {
        let store = MemoryReplays::new(10);
        assert_eq!(store.claim_now(&key("a"), HOUR), Ok(()));
        assert_eq!(store.claim_now(&key("a"), HOUR), Err(ReplayError::Claimed));
        assert_eq!(store.claim_now(&key("b"), HOUR), Ok(()));
        assert_eq!(store.release_now(&key("a")), Ok(()));
        assert_eq!(store.claim_now(&key("a"), HOUR), Ok(()));
        assert_eq!(store.handled_now(&key("a"), HOUR), Ok(()));
        assert_eq!(store.claim_now(&key("a"), HOUR), Err(ReplayError::Handled));
        // A claim whose time ended may be released late, after another instance has handled it.
        assert_eq!(store.release_now(&key("a")), Ok(()));
        assert_eq!(store.claim_now(&key("a"), HOUR), Err(ReplayError::Handled));
    }

    #[test]
    fn a_delivery_whose_time_has_ended_is_claimed_again() {
        let store = MemoryReplays::new(1);
        assert_eq!(store.claim_now(&key("a"), Duration::ZERO), Ok(()));
        assert_eq!(store.claim_now(&key("a"), Duration::ZERO), Ok(()));
        assert_eq!(store.handled_now(&key("a"), Duration::ZERO), Ok(()));
        // It also makes room for another one.
        assert_eq!(store.claim_now(&key("b"), HOUR), Ok(()));
        assert_eq!(store.claim_now(&key("b"), HOUR), Err(ReplayError::Claimed));
    }

    #[test]
    fn a_full_store_forgets_no_delivery() {
        let store = MemoryReplays::new(2);
        store.claim_now(&key("a"), HOUR).unwrap();
        store.handled_now(&key("a"), HOUR).unwrap();
        store.claim_now(&key("b"), HOUR).unwrap();
        assert_eq!(store.claim_now(&key("c"), HOUR), Err(ReplayError::NoRoom(2)));
        assert_eq!(store.claim_now(&key("a"), HOUR), Err(ReplayError::Handled));
        assert_eq!(store.claim_now(&key("b"), HOUR), Err(ReplayError::Claimed));
        store.release_now(&key("b")).unwrap();
        assert_eq!(store.claim_now(&key("c"), HOUR), Ok(()));
    }

    #[test]
    fn deliveries_of_two_senders_have_two_keys() {
        let keys = [("GitHub", "id", "a"), ("Stripe", "id", "a"), ("GitHub", "mac", "a"), ("GitHu", "bid", "a")];
        let keys = keys.map(|(sender, kind, name)| DeliveryKey::of(sender, kind, name.as_bytes()));
        let different: std::collections::HashSet<_> = keys.iter().collect();
        assert_eq!(different.len(), keys.len());
        assert_eq!(keys[0].to_string().len(), 64);
    }
}
