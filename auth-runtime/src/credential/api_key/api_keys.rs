//! API keys as a kind of credential: [`ApiKeys`].

use super::ApiKeyRecords;
use super::prefix;
use super::records::AnyRecords;
use super::usage::Usage;
use crate::base::{ConfigError, format_duration};
use crate::credential::carrier::Carrier;
use crate::credential::lookup::{CredentialKind, Finder, check_issuer_name};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The longest time for which a good answer may be used again.
const MAX_CACHED_FOR: Duration = Duration::from_secs(5 * 60);

/// Configures API keys as a kind of credential that a verifier accepts.
///
/// ```
/// use auth_runtime::api_keys::{ApiKeys, MemoryApiKeys};
/// use std::time::Duration;
///
/// let store = MemoryApiKeys::new();
/// let keys = ApiKeys::of("https://orders.example.com/keys", "acme_live", store)
///     .cached_for(Duration::from_secs(10));
/// # drop(keys);
/// ```
#[must_use = "it has no effect until a verifier accepts it"]
pub struct ApiKeys {
    pub(super) issuer: String,
    pub(super) prefix: String,
    pub(super) carriers: Vec<Carrier>,
    pub(super) cached_for: Duration,
    pub(super) records: Arc<dyn AnyRecords>,
    pub(super) finder: Finder<String>,
    pub(super) usage: Usage,
}

impl ApiKeys {
    /// Accepts the keys with this prefix that the records contain.
    ///
    /// `issuer` is a name of the service's own, which becomes `iss`. It must not be the issuer of a
    /// token, because callers are identified by issuer and subject.
    pub fn of(issuer: impl Into<String>, prefix: impl Into<String>, records: impl ApiKeyRecords) -> Self {
        Self {
            issuer: issuer.into(),
            prefix: prefix.into(),
            carriers: vec![Carrier::bearer()],
            cached_for: Duration::ZERO,
            records: Arc::new(records),
            finder: Finder::new(),
            usage: Usage::new(),
        }
    }

    /// Sets where in a request the keys are. `Authorization: Bearer` by default.
    pub fn carriers(mut self, carriers: impl IntoIterator<Item = Carrier>) -> Self {
        self.carriers = carriers.into_iter().collect();
        self
    }

    /// Sets how long a good answer may be used again. Zero by default, 5 minutes at most.
    ///
    /// A key that is revoked in the records alone is accepted for this time. A revocation of its id
    /// in the verifier's revocation store ends it at the next request.
    pub fn cached_for(mut self, cached_for: Duration) -> Self {
        self.cached_for = cached_for;
        self
    }

    /// P9: what can be wrong, at start.
    pub(super) fn checked(&self) -> Result<(), ConfigError> {
        check_issuer_name(&self.issuer)?;
        prefix::check(&self.prefix)?;
        if self.carriers.is_empty() {
            return Err(ConfigError::Empty("list of carriers of the API keys"));
        }
        if self.cached_for > MAX_CACHED_FOR {
            return Err(ConfigError::OutOfBounds {
                name: "cached_for",
                why: "use at most 5 minutes, because a key that the records revoke is accepted for this time",
            });
        }
        Ok(())
    }

    /// The prefix, the store and the cache, for the posture.
    pub(super) fn described(&self) -> String {
        let cached = match self.cached_for {
            Duration::ZERO => "not cached".to_owned(),
            time => format!("cached for {}", format_duration(time)),
        };
        format!("prefix `{}`, records of {}, {cached}", self.prefix, self.records.name())
    }
}

impl From<ApiKeys> for CredentialKind {
    fn from(keys: ApiKeys) -> Self {
        Self::new(keys)
    }
}

/// Without the records.
impl fmt::Debug for ApiKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKeys")
            .field("issuer", &self.issuer)
            .field("prefix", &self.prefix)
            .field("carriers", &self.carriers)
            .field("cached_for", &self.cached_for)
            .finish_non_exhaustive()
    }
}
