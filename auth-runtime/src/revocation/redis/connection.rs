//! The one connection that all requests share.

use super::replies::Failure;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisResult};
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A connection that is given up when it fails, whatever it failed with.
///
/// The manager makes it anew where it was closed. Not where it fell silent, since that is no end, nor where the server
/// did not let us in, since it holds on to that answer: either would outlast its cause.
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
    pub(super) async fn made(client: Client, timeout: Duration) -> RedisResult<Self> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(timeout))
            .set_response_timeout(Some(timeout))
            // What fails is asked for again by the next token.
            .set_number_of_retries(1);
        let manager = ConnectionManager::new_with_config(client.clone(), config.clone()).await?;
        Ok(Self { client, config, timeout, current: Mutex::new(Current { manager, began: Instant::now() }) })
    }

    pub(super) fn current(&self) -> ConnectionManager {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).manager.clone()
    }

    /// P6: what does not answer in time is down. The connection has limits of its own, for each try; this is for all.
    pub(super) async fn in_time<T>(&self, asked: impl Future<Output = RedisResult<T>>) -> Result<T, Failure> {
        let failure = match tokio::time::timeout(self.timeout, asked).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) if !error.is_timeout() => {
                // Not for each token: they may be many.
                self.give_up_after(Duration::from_secs(1));
                Failure::of(&error)
            }
            Ok(Err(_)) | Err(_) => {
                // So long it may take to be made and to answer; what was asked of the one before says nothing against it.
                self.give_up_after(self.timeout * 2);
                Failure::Outage(format!("no answer in {:?}", self.timeout))
            }
        };
        Err(failure)
    }

    /// The next question makes another one, unless this one is younger.
    fn give_up_after(&self, age: Duration) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.began.elapsed() < age {
            return;
        }
        if let Ok(manager) = ConnectionManager::new_lazy_with_config(self.client.clone(), self.config.clone()) {
            *current = Current { manager, began: Instant::now() };
        }
    }
}
