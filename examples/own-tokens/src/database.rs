//! The database: one SQLite connection, used outside of the runtime's threads.

use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError};

/// The database of users and sessions.
#[derive(Clone, Debug)]
pub struct Database {
    connection: Arc<Mutex<Connection>>,
}

/// The database did not answer.
#[derive(Debug)]
pub(crate) struct DatabaseFailed;

impl From<rusqlite::Error> for DatabaseFailed {
    fn from(_: rusqlite::Error) -> Self {
        Self
    }
}

impl Database {
    /// Creates the tables in a connection.
    ///
    /// # Errors
    ///
    /// When SQLite cannot create them.
    pub fn new(connection: Connection) -> rusqlite::Result<Self> {
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS users (
                 name TEXT PRIMARY KEY, salt BLOB NOT NULL, password BLOB NOT NULL,
                 role TEXT NOT NULL, disabled INTEGER NOT NULL DEFAULT 0);
             CREATE TABLE IF NOT EXISTS refresh_tokens (
                 hash BLOB PRIMARY KEY, session BLOB NOT NULL, user TEXT NOT NULL,
                 expires INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0);",
        )?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Runs a statement, for operators and tests.
    ///
    /// # Errors
    ///
    /// When SQLite refuses it.
    pub fn execute(&self, sql: &str) -> rusqlite::Result<usize> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner).execute(sql, [])
    }

    pub(crate) fn insert_user(&self, name: &str, salt: &[u8], hash: &[u8], role: &str) -> rusqlite::Result<usize> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let sql = "INSERT INTO users (name, salt, password, role) VALUES (?1, ?2, ?3, ?4)";
        connection.execute(sql, rusqlite::params![name, salt, hash, role])
    }

    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, DatabaseFailed> + Send + 'static,
    ) -> Result<T, DatabaseFailed> {
        let connection = Arc::clone(&self.connection);
        let work = move || work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner));
        tokio::task::spawn_blocking(work).await.map_err(|_| DatabaseFailed)?
    }
}
