//! The connection that all requests share.

use super::replies::Failure;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisResult};
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Replaces its connection after any failure.
///
/// The manager reopens a connection that was closed. It keeps a connection that stopped answering,
/// and the error of a refused login. Both would outlast their cause.
pub(super) struct Connection {
    client: Client,
    config: ConnectionManagerConfig,
    timeout: Duration,
    current: Mutex<Current>,
}

struct Current {
    manager: ConnectionManager,
    began: Instant,
}

impl Connection {
    pub(super) async fn open(client: Client, timeout: Duration) -> RedisResult<Self> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(timeout))
            .set_response_timeout(Some(timeout))
            // The next token retries.
            .set_number_of_retries(1);
        let manager = ConnectionManager::new_with_config(client.clone(), config.clone()).await?;
        Ok(Self { client, config, timeout, current: Mutex::new(Current { manager, began: Instant::now() }) })
    }

    pub(super) fn current(&self) -> ConnectionManager {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).manager.clone()
    }

    /// P6: a server that does not answer in time is down. The manager limits each attempt; this
    /// limits the whole query.
    pub(super) async fn in_time<T>(&self, query: impl Future<Output = RedisResult<T>>) -> Result<T, Failure> {
        let failure = match tokio::time::timeout(self.timeout, query).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) if !error.is_timeout() => {
                // Not for each token, because there may be many.
                self.replace_if_older_than(Duration::from_secs(1));
                Failure::of(&error)
            }
            Ok(Err(_)) | Err(_) => {
                // A younger connection may still be connecting, or the query went to the one before
                // it.
                self.replace_if_older_than(self.timeout * 2);
                Failure::Outage(format!("no answer within {:?}", self.timeout))
            }
        };
        Err(failure)
    }

    /// Lets the next query open a new connection, unless this one is younger.
    fn replace_if_older_than(&self, age: Duration) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.began.elapsed() < age {
            return;
        }
        if let Ok(manager) = ConnectionManager::new_lazy_with_config(self.client.clone(), self.config.clone()) {
            *current = Current { manager, began: Instant::now() };
        }
    }
}
