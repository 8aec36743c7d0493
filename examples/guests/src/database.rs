//! The database: one SQLite connection, used outside of the runtime's threads.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError};

/// The database of members, roles and articles.
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

impl IntoResponse for DatabaseFailed {
    fn into_response(self) -> Response {
        StatusCode::SERVICE_UNAVAILABLE.into_response()
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
            "CREATE TABLE IF NOT EXISTS members (
                 subject TEXT PRIMARY KEY, disabled INTEGER NOT NULL DEFAULT 0);
             CREATE TABLE IF NOT EXISTS member_roles (subject TEXT NOT NULL, role TEXT NOT NULL);
             CREATE TABLE IF NOT EXISTS role_permissions (role TEXT NOT NULL, permission TEXT NOT NULL);
             CREATE TABLE IF NOT EXISTS articles (
                 id INTEGER PRIMARY KEY, author TEXT NOT NULL, title TEXT NOT NULL,
                 published INTEGER NOT NULL DEFAULT 0);",
        )?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Runs statements, for operators and tests.
    ///
    /// # Errors
    ///
    /// When SQLite refuses them.
    pub fn execute(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner).execute_batch(sql)
    }

    /// Reads one number, for operators and tests.
    ///
    /// # Errors
    ///
    /// When SQLite refuses the query.
    pub fn number(&self, sql: &str) -> rusqlite::Result<i64> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner).query_row(sql, [], |row| row.get(0))
    }

    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, DatabaseFailed> {
        let connection = Arc::clone(&self.connection);
        let work = move || work(&connection.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(tokio::task::spawn_blocking(work).await.map_err(|_| DatabaseFailed)??)
    }
}
