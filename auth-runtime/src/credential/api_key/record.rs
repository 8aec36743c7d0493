//! What a service stores of an API key: [`ApiKeyRecord`].

use super::SecretHash;
use super::secret_hash::Mismatch;
use crate::credential::lookup::CredentialRecord;
use serde_json::{Map, Value};
use std::time::SystemTime;

/// Describes an API key without its secret, as a service stores it.
///
/// [`ApiKey::mint`](super::ApiKey::mint) makes one. [`new`](Self::new) makes it of the columns of a
/// database.
///
/// ```
/// use auth_runtime::api_keys::{ApiKeyRecord, InvalidHash, SecretHash};
/// use std::time::{Duration, UNIX_EPOCH};
///
/// # struct Row { id: String, secret_hash: Vec<u8>, owner: String, scopes: String }
/// # impl Row { fn expires_at(&self) -> Option<u64> { Some(1) } }
/// fn record(row: Row) -> Result<ApiKeyRecord, InvalidHash> {
///     let hash = SecretHash::try_from(&row.secret_hash[..])?;
///     let mut record = ApiKeyRecord::new(row.id.clone(), hash, row.owner.clone());
///     record.scopes = row.scopes.split_whitespace().map(str::to_owned).collect();
///     record.expires_at = row.expires_at().map(|time| UNIX_EPOCH + Duration::from_secs(time));
///     Ok(record)
/// }
/// # drop(record);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ApiKeyRecord {
    /// The id in the text of the key (`jti`). Not a secret.
    pub id: String,
    /// The SHA-256 of the secret.
    pub secret_hash: SecretHash,
    /// The secret before the last rotation, which is accepted until a time.
    pub previous: Option<PreviousSecret>,
    /// The subject (`sub`) that uses the key. A record without an owner is refused.
    pub owner: String,
    /// The granted scopes (`scope`), each one word (RFC 6749 section 3.3).
    pub scopes: Vec<String>,
    /// When the key was minted (`iat`).
    pub issued_at: Option<SystemTime>,
    /// When the key expires (`exp`). `None`: it does not expire.
    pub expires_at: Option<SystemTime>,
    /// When the key was revoked. A key with any time here is refused, also with one in the future,
    /// because the clock of the database may be ahead.
    pub revoked_at: Option<SystemTime>,
    /// Claims of the service's own. A registered name, such as `sub`, is rejected.
    pub claims: Map<String, Value>,
    /// Forbids the verifier to use this record for more than one request, whatever
    /// [`cached_for`](super::ApiKeys::cached_for) says.
    pub never_cached: bool,
}

/// Holds the secret that a rotation replaced.
///
/// [`ApiKey::rotate`](super::ApiKey::rotate) makes it. A service that stores it in columns writes:
///
/// ```
/// use auth_runtime::api_keys::{ApiKeyRecord, InvalidHash, PreviousSecret, SecretHash};
/// use std::time::SystemTime;
///
/// fn with_previous(
///     record: ApiKeyRecord,
///     hash: &[u8],
///     until: SystemTime,
/// ) -> Result<ApiKeyRecord, InvalidHash> {
///     let mut record = record;
///     record.previous = Some(PreviousSecret { hash: SecretHash::try_from(hash)?, until });
///     Ok(record)
/// }
/// # let _ = with_previous;
/// ```
#[derive(Debug, Clone)]
pub struct PreviousSecret {
    /// The SHA-256 of the secret.
    pub hash: SecretHash,
    /// When it stops to work.
    pub until: SystemTime,
}

/// Which secret of a record was presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presented {
    Current,
    Previous { until: SystemTime },
}

impl ApiKeyRecord {
    /// Creates a record that never expires, without scopes and claims.
    #[must_use]
    pub fn new(id: impl Into<String>, secret_hash: SecretHash, owner: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret_hash,
            previous: None,
            owner: owner.into(),
            scopes: Vec::new(),
            issued_at: None,
            expires_at: None,
            revoked_at: None,
            claims: Map::new(),
            never_cached: false,
        }
    }

    /// Compares a secret with that of a record.
    ///
    /// P6, P8: without a record and without a previous secret, the comparisons are made too, so
    /// that the time of an answer does not tell which ids exist.
    pub(super) fn compare(record: Option<&Self>, presented: &SecretHash) -> Result<Presented, Mismatch> {
        // No secret has this hash.
        let none = SecretHash::from_bytes([0; 32]);
        let current = record.map_or(&none, |record| &record.secret_hash).compare(presented);
        let previous = record.and_then(|record| record.previous.as_ref());
        let was = previous.map_or(&none, |previous| &previous.hash).compare(presented);
        match (current, was, previous) {
            (Ok(()), _, _) => Ok(Presented::Current),
            (Err(_), Ok(()), Some(previous)) => Ok(Presented::Previous { until: previous.until }),
            (Err(mismatch), _, _) => Err(mismatch),
        }
    }

    /// Makes the record for the verifier, which ends with the presented secret.
    pub(super) fn into_credential(self, presented: Presented) -> CredentialRecord {
        let mut record = CredentialRecord::of(self.owner).scopes(self.scopes).id(self.id);
        record.issued_at = self.issued_at;
        record.expires_at = match presented {
            Presented::Current => self.expires_at,
            Presented::Previous { until } => Some(self.expires_at.map_or(until, |expires| expires.min(until))),
        };
        record.claims = self.claims;
        if self.never_cached { record.never_cached() } else { record }
    }
}
