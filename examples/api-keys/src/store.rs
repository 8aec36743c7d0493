//! The records of API keys, in PostgreSQL.

use auth_runtime::api_keys::{
    ApiKey, ApiKeyRecord, ApiKeyRecords, InvalidHash, MintError, PreviousSecret, SecretHash, Unavailable,
};
use serde_json::{Map, Value};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use sqlx::types::Json;
use sqlx::types::time::OffsetDateTime;
use std::time::{Duration, SystemTime};

/// Stores API keys in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgApiKeys {
    pool: PgPool,
}

/// Why a key was not rotated. The old secret remains valid.
#[derive(Debug)]
pub enum NotRotated {
    /// The id is unknown, or the key was changed meanwhile.
    Changed,
    /// The new secret was not minted.
    Mint(MintError),
    /// The database failed.
    Database(sqlx::Error),
}

/// The columns of a record, in the order of [`FIND`].
type Row = (
    String,
    Vec<u8>,
    Option<Vec<u8>>,
    Option<OffsetDateTime>,
    String,
    Vec<String>,
    OffsetDateTime,
    Option<OffsetDateTime>,
    Option<OffsetDateTime>,
    Json<Map<String, Value>>,
);

const FIND: &str = "select id, secret_hash, previous_hash, previous_until, owner, scopes, issued_at, expires_at, \
                    revoked_at, claims from api_keys where id = $1";

const INSERT: &str = "insert into api_keys (id, secret_hash, previous_hash, previous_until, owner, scopes, issued_at, \
                      expires_at, revoked_at, claims) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

impl PgApiKeys {
    /// Connects, and creates the table.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached, or refuses the table.
    pub async fn connect(url: &str) -> sqlx::Result<Self> {
        // Shorter than the verifier's time limit, so that the event names the database.
        let pool = PgPoolOptions::new().acquire_timeout(Duration::from_secs(2)).connect(url).await?;
        sqlx::raw_sql(include_str!("../schema.sql")).execute(&pool).await?;
        Ok(Self { pool })
    }

    /// Stores a new key.
    ///
    /// # Errors
    ///
    /// When the database fails, or the id exists.
    pub async fn insert(&self, record: &ApiKeyRecord) -> sqlx::Result<()> {
        let time = |time: Option<SystemTime>| time.map(OffsetDateTime::from);
        let previous = record.previous.as_ref();
        sqlx::query(INSERT)
            .bind(&record.id)
            .bind(&record.secret_hash.as_bytes()[..])
            .bind(previous.map(|previous| &previous.hash.as_bytes()[..]))
            .bind(time(previous.map(|previous| previous.until)))
            .bind(&record.owner)
            .bind(&record.scopes)
            .bind(OffsetDateTime::from(record.issued_at.unwrap_or_else(SystemTime::now)))
            .bind(time(record.expires_at))
            .bind(time(record.revoked_at))
            .bind(Json(&record.claims))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Makes a new secret, and accepts the old one until a time.
    ///
    /// # Errors
    ///
    /// [`NotRotated`]. Two rotations at the same time do not both succeed, because the owner of the
    /// first new secret would lose it.
    pub async fn rotate(&self, prefix: &str, id: &str, old_until: SystemTime) -> Result<ApiKey, NotRotated> {
        let record = self.find(id).await.map_err(|_| NotRotated::Changed)?.ok_or(NotRotated::Changed)?;
        let old = record.secret_hash.clone();
        let (key, record) = ApiKey::rotate(prefix, record, old_until).map_err(NotRotated::Mint)?;
        let sql = "update api_keys set secret_hash = $3, previous_hash = $2, previous_until = $4 \
                   where id = $1 and secret_hash = $2 and revoked_at is null";
        let done = sqlx::query(sql)
            .bind(id)
            .bind(&old.as_bytes()[..])
            .bind(&record.secret_hash.as_bytes()[..])
            .bind(OffsetDateTime::from(old_until))
            .execute(&self.pool)
            .await
            .map_err(NotRotated::Database)?;
        if done.rows_affected() == 1 { Ok(key) } else { Err(NotRotated::Changed) }
    }

    /// Revokes a key. Every instance rejects its next request.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn revoke(&self, id: &str) -> sqlx::Result<()> {
        let sql = "update api_keys set revoked_at = coalesce(revoked_at, now()) where id = $1";
        sqlx::query(sql).bind(id).execute(&self.pool).await?;
        Ok(())
    }

    /// Returns when a key was used last, to a minute.
    ///
    /// # Errors
    ///
    /// When the database fails, or the id is unknown.
    pub async fn last_used(&self, id: &str) -> sqlx::Result<Option<SystemTime>> {
        let sql = "select last_used from api_keys where id = $1";
        let (time,): (Option<OffsetDateTime>,) = sqlx::query_as(sql).bind(id).fetch_one(&self.pool).await?;
        Ok(time.map(SystemTime::from))
    }
}

impl ApiKeyRecords for PgApiKeys {
    async fn find(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        let row: Option<Row> = sqlx::query_as(FIND)
            .bind(id)
            .fetch_optional(&self.pool)
            .await
            // Without the text of the error, which may contain the address of the database.
            .map_err(|_| Unavailable::because("the database of API keys failed"))?;
        row.map(record).transpose().map_err(|_| Unavailable::because("a hash in the database is not a SHA-256"))
    }

    async fn used(&self, id: &str, when: SystemTime) {
        let update = sqlx::query("update api_keys set last_used = $2 where id = $1").bind(id);
        // The next use reports again.
        let _ = update.bind(OffsetDateTime::from(when)).execute(&self.pool).await;
    }
}

fn record(row: Row) -> Result<ApiKeyRecord, InvalidHash> {
    let (id, hash, previous_hash, previous_until, owner, scopes, issued, expires, revoked, Json(claims)) = row;
    let mut record = ApiKeyRecord::new(id, SecretHash::try_from(&hash[..])?, owner);
    if let (Some(hash), Some(until)) = (previous_hash, previous_until) {
        record.previous = Some(PreviousSecret { hash: SecretHash::try_from(&hash[..])?, until: until.into() });
    }
    record.scopes = scopes;
    record.issued_at = Some(issued.into());
    record.expires_at = expires.map(SystemTime::from);
    record.revoked_at = revoked.map(SystemTime::from);
    record.claims = claims;
    Ok(record)
}
