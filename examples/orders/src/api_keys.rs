//! Stores API keys in SQLite, without their secrets.

use crate::sqlite::Sqlite;
use auth_runtime::api_keys::{ApiKey, ApiKeyRecord, ApiKeyRecords, ApiKeys, MintError, SecretHash, Unavailable};
use auth_runtime::credentials::{Carrier, CredentialKind};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The issuer of the keys, a name of this service.
pub(crate) const KEYS_ISSUER: &str = "https://orders.example/keys";

/// Names the service, for secret scanners.
const PREFIX: &str = "orders";

/// SQLite compares text byte by byte by default, so the id of another key does not match.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS api_keys (
        id          TEXT    PRIMARY KEY,
        secret_hash BLOB    NOT NULL CHECK (length(secret_hash) = 32),
        owner       TEXT    NOT NULL CHECK (trim(owner) <> ''),
        scopes      TEXT    NOT NULL,
        issued_at   INTEGER NOT NULL,
        expires_at  INTEGER NOT NULL,
        revoked_at  INTEGER,
        last_used   INTEGER
    ) STRICT";

const FIND: &str =
    "SELECT id, secret_hash, owner, scopes, issued_at, expires_at, revoked_at FROM api_keys WHERE id = ?1";

const INSERT: &str = "INSERT INTO api_keys (id, secret_hash, owner, scopes, issued_at, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const LIST: &str = "SELECT id, owner, scopes, datetime(expires_at, 'unixepoch'),
    datetime(revoked_at, 'unixepoch'), datetime(last_used, 'unixepoch') FROM api_keys ORDER BY issued_at, id";

/// Finds the records of API keys. It has a connection of its own, because the vault of the orders
/// requires a proof.
#[derive(Clone)]
pub struct SqliteApiKeys {
    connection: Sqlite,
}

/// A key as `orders api-key list` prints it. Times are in UTC.
pub struct KeyRow {
    /// The id, which `revoke` takes.
    pub id: String,
    /// The customer.
    pub owner: String,
    /// The scopes, separated by spaces.
    pub scopes: String,
    /// When the key expires.
    pub expires: String,
    /// When the key was revoked.
    pub revoked: Option<String>,
    /// When the key was used last, to a minute.
    pub last_used: Option<String>,
}

/// The columns of a record. Times are seconds since 1970.
struct Stored {
    id: String,
    hash: Vec<u8>,
    owner: String,
    scopes: String,
    issued: i64,
    expires: i64,
    revoked: Option<i64>,
}

impl SqliteApiKeys {
    /// Creates the table if it does not exist yet.
    ///
    /// # Errors
    ///
    /// When the file is not a database, or has another table of this name.
    pub fn new(connection: Connection) -> rusqlite::Result<Self> {
        connection.execute_batch(SCHEMA)?;
        // Fails at start, not at the first request, if the table has other columns.
        connection.prepare_cached(FIND)?;
        Ok(Self { connection: Sqlite::new(connection) })
    }

    /// Mints a key of a customer, and its record.
    ///
    /// # Errors
    ///
    /// When the owner is empty, or the system has no random numbers.
    pub fn mint(owner: &str, scopes: Vec<String>, valid: Duration) -> Result<(ApiKey, ApiKeyRecord), MintError> {
        let (key, mut record) = ApiKey::mint(PREFIX, owner)?;
        record.scopes = scopes;
        record.expires_at = record.issued_at.map(|issued| issued + valid);
        Ok((key, record))
    }

    /// Stores the record of a new key.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub fn insert(connection: &Connection, record: &ApiKeyRecord) -> rusqlite::Result<()> {
        let ApiKeyRecord { id, secret_hash, owner, scopes, issued_at, expires_at, .. } = record;
        let (issued, expires) = (issued_at.map(seconds), expires_at.map(seconds));
        let values = params![id, secret_hash.as_bytes(), owner, scopes.join(" "), issued, expires];
        connection.execute(INSERT, values).map(drop)
    }

    /// Lists the keys, without their hashes.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub fn list(connection: &Connection) -> rusqlite::Result<Vec<KeyRow>> {
        let row = |row: &Row<'_>| {
            let (id, owner, scopes) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (expires, revoked, last_used) = (row.get(3)?, row.get(4)?, row.get(5)?);
            Ok(KeyRow { id, owner, scopes, expires, revoked, last_used })
        };
        connection.prepare(LIST)?.query_map([], row)?.collect()
    }

    /// Revokes a key, and returns its owner. `None`: the id is unknown.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub fn revoke(connection: &Connection, id: &str) -> rusqlite::Result<Option<String>> {
        let sql = "UPDATE api_keys SET revoked_at = coalesce(revoked_at, unixepoch()) WHERE id = ?1 RETURNING owner";
        connection.query_row(sql, [id], |row| row.get(0)).optional()
    }
}

/// The keys are not cached, so that a revoked one stops at the next request.
impl From<SqliteApiKeys> for CredentialKind {
    fn from(keys: SqliteApiKeys) -> Self {
        let carriers = [Carrier::bearer(), Carrier::header("x-api-key")];
        ApiKeys::of(KEYS_ISSUER, PREFIX, keys).carriers(carriers).into()
    }
}

impl ApiKeyRecords for SqliteApiKeys {
    async fn find(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        let id = id.to_owned();
        let found =
            self.connection.run(move |connection| connection.prepare_cached(FIND)?.query_row([id], stored).optional());
        let found = found.await.map_err(|error| Unavailable::because(error.to_string()))?;
        found.map(record).transpose()
    }

    async fn used(&self, id: &str, when: SystemTime) {
        let id = id.to_owned();
        let sql = "UPDATE api_keys SET last_used = ?2 WHERE id = ?1";
        // The next use reports again.
        let _ = self.connection.run(move |connection| connection.execute(sql, params![id, seconds(when)])).await;
    }
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        id: row.get("id")?,
        hash: row.get("secret_hash")?,
        owner: row.get("owner")?,
        scopes: row.get("scopes")?,
        issued: row.get("issued_at")?,
        expires: row.get("expires_at")?,
        revoked: row.get("revoked_at")?,
    })
}

fn record(stored: Stored) -> Result<ApiKeyRecord, Unavailable> {
    let Stored { id, hash, owner, scopes, issued, expires, revoked } = stored;
    let hash = SecretHash::try_from(&hash[..]).map_err(|error| Unavailable::because(error.to_string()))?;
    // The owner is the customer. Without it, all keys would share the orders of one customer.
    let customer = owner.clone().into();
    let mut record = ApiKeyRecord::new(id, hash, owner);
    record.claims.insert("tenant".to_owned(), customer);
    record.scopes = scopes.split_whitespace().map(str::to_owned).collect();
    record.issued_at = Some(time(issued)?);
    record.expires_at = Some(time(expires)?);
    record.revoked_at = revoked.map(time).transpose()?;
    Ok(record)
}

/// A time out of range is an error, because without it the key would never expire.
fn time(seconds: i64) -> Result<SystemTime, Unavailable> {
    let since = u64::try_from(seconds).ok().map(Duration::from_secs);
    let time = since.and_then(|since| UNIX_EPOCH.checked_add(since));
    time.ok_or_else(|| Unavailable::because("a time in the database is out of range"))
}

/// A time that does not fit is 1970, so that the key has expired.
fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or_default()
}
