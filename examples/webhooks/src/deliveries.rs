//! The table of deliveries, and its list for authenticated callers.

use auth_runtime::{Authenticated, Claims, Vault, authenticated};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError};

/// Stores deliveries in SQLite.
#[derive(Debug)]
pub struct Deliveries {
    connection: Arc<Mutex<Connection>>,
}

/// The database failed. The sender repeats the delivery, because the answer is not 2xx.
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

/// Lists what arrived, the oldest first.
#[authenticated]
pub(crate) async fn list(
    auth: Authenticated<Claims>,
    State(deliveries): State<Vault<Deliveries, Claims>>,
) -> Result<String, DatabaseFailed> {
    deliveries.open(&auth).list().await
}

impl Deliveries {
    /// Creates the table in a connection.
    ///
    /// # Errors
    ///
    /// When SQLite cannot create it.
    pub fn new(connection: Connection) -> rusqlite::Result<Self> {
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS deliveries (
                 sender TEXT NOT NULL, id TEXT NOT NULL, what TEXT NOT NULL, PRIMARY KEY (sender, id)) STRICT",
        )?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Stores a delivery once. `id` is signed by the sender, because an attacker can change another
    /// one and repeat the delivery.
    pub(crate) async fn store(
        &self,
        sender: &'static str,
        id: String,
        what: String,
    ) -> Result<&'static str, DatabaseFailed> {
        self.run(move |connection| {
            let sql = "INSERT INTO deliveries (sender, id, what) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
            let stored = connection.execute(sql, (sender, id, what))?;
            Ok(if stored == 1 { "stored" } else { "stored before" })
        })
        .await
    }

    async fn list(&self) -> Result<String, DatabaseFailed> {
        self.run(|connection| {
            let mut rows = connection.prepare("SELECT sender, id, what FROM deliveries ORDER BY rowid")?;
            let line = |row: &rusqlite::Row<'_>| {
                let (sender, id, what): (String, String, String) = row.try_into()?;
                Ok(format!("{sender} {id}: {what}\n"))
            };
            rows.query_map([], line)?.collect()
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, DatabaseFailed> {
        let connection = Arc::clone(&self.connection);
        let work = move || work(&connection.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(tokio::task::spawn_blocking(work).await.map_err(|_| DatabaseFailed)??)
    }
}
