//! API keys in the memory of one instance: [`MemoryApiKeys`].

use super::{ApiKeyRecord, ApiKeyRecords, Unavailable};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};
use std::time::SystemTime;

/// Stores API keys in memory, for tests and for small services.
///
/// A restart loses them, and other instances do not see them. Cheap to clone; clones share the
/// keys.
///
/// ```
/// use auth_runtime::api_keys::{ApiKey, ApiKeys, MemoryApiKeys};
///
/// let keys = MemoryApiKeys::new();
/// let (key, record) = ApiKey::mint("acme_live", "customer-7")?;
/// keys.insert(record);
/// let kind = ApiKeys::of("https://orders.example.com/keys", "acme_live", keys.clone());
/// # drop((key, kind));
/// # Ok::<(), auth_runtime::api_keys::MintError>(())
/// ```
#[derive(Clone, Default)]
pub struct MemoryApiKeys {
    keys: Arc<RwLock<HashMap<String, Stored>>>,
}

struct Stored {
    record: ApiKeyRecord,
    last_used: Option<SystemTime>,
}

impl MemoryApiKeys {
    /// Creates an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Stores a key, in place of the one with its id.
    pub fn insert(&self, record: ApiKeyRecord) {
        let mut keys = self.write();
        let last_used = keys.get(&record.id).and_then(|stored| stored.last_used);
        keys.insert(record.id.clone(), Stored { record, last_used });
    }

    /// Revokes a key, effective at the next request. An unknown id has no effect.
    pub fn revoke(&self, id: &str) {
        if let Some(stored) = self.write().get_mut(id) {
            stored.record.revoked_at.get_or_insert_with(SystemTime::now);
        }
    }

    /// Deletes a key, effective at the next request. An unknown id has no effect.
    pub fn remove(&self, id: &str) {
        self.write().remove(id);
    }

    /// Returns the record of a key.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<ApiKeyRecord> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.get(id).map(|stored| stored.record.clone())
    }

    /// Returns when a key was used last, to a minute.
    #[must_use]
    pub fn last_used(&self, id: &str) -> Option<SystemTime> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.get(id).and_then(|stored| stored.last_used)
    }

    // Each write is one operation of the map, so a panic leaves no half of one behind.
    fn write(&self) -> RwLockWriteGuard<'_, HashMap<String, Stored>> {
        self.keys.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ApiKeyRecords for MemoryApiKeys {
    async fn find(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        Ok(self.get(id))
    }

    async fn used(&self, id: &str, when: SystemTime) {
        if let Some(stored) = self.write().get_mut(id) {
            stored.last_used = Some(when);
        }
    }
}

/// Without the keys.
impl fmt::Debug for MemoryApiKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryApiKeys(..)")
    }
}
