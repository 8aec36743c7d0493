//! Refresh tokens: random, stored as a hash, and used once (RFC 9700 section 4.14.2).
//!
//! They are not JWTs, so no verifier can take one for an access token.

use crate::Database;
use crate::database::DatabaseFailed;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{Connection, OptionalExtension, params};
use std::time::{SystemTime, UNIX_EPOCH};

const LIFETIME_SECONDS: i64 = 30 * 24 * 3600;

/// The result of a refresh.
pub(crate) enum Refresh {
    Renewed { user: String, refresh_token: String },
    Refused,
}

impl Database {
    /// Starts a session, and returns its first refresh token.
    pub(crate) async fn start_session(&self, user: String) -> Result<String, DatabaseFailed> {
        self.run(move |connection| insert(connection, &random()?, &user)).await
    }

    /// Replaces a refresh token by the next one of its session.
    ///
    /// A token that is used twice was copied, so its session ends for both holders.
    pub(crate) async fn refresh(&self, token: String) -> Result<Refresh, DatabaseFailed> {
        self.run(move |connection| {
            let change = connection.transaction()?;
            let sql = "SELECT t.session, t.user, t.used FROM refresh_tokens t JOIN users u ON u.name = t.user
                       WHERE t.hash = ?1 AND t.expires > ?2 AND u.disabled = 0";
            let found = change.query_row(sql, params![hash(&token), now()], |row| {
                Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?, row.get::<_, bool>(2)?))
            });
            let outcome = match found.optional()? {
                None => Refresh::Refused,
                Some((session, _, true)) => {
                    change.execute("DELETE FROM refresh_tokens WHERE session = ?1", [session])?;
                    Refresh::Refused
                }
                Some((session, user, false)) => {
                    change.execute("UPDATE refresh_tokens SET used = 1 WHERE hash = ?1", [hash(&token)])?;
                    let refresh_token = insert(&change, &session, &user)?;
                    Refresh::Renewed { user, refresh_token }
                }
            };
            change.commit()?;
            Ok(outcome)
        })
        .await
    }
}

fn insert(connection: &Connection, session: &[u8], user: &str) -> Result<String, DatabaseFailed> {
    let token = URL_SAFE_NO_PAD.encode(random()?);
    connection.execute(
        "INSERT INTO refresh_tokens (hash, session, user, expires) VALUES (?1, ?2, ?3, ?4)",
        params![hash(&token), session, user, now() + LIFETIME_SECONDS],
    )?;
    Ok(token)
}

fn random() -> Result<[u8; 32], DatabaseFailed> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| DatabaseFailed)?;
    Ok(bytes)
}

/// A fast hash is enough, because the token has 256 random bits.
fn hash(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
