//! The connection that all requests share.

use super::Failure;
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
pub(crate) struct Connection {
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
    pub(crate) async fn open(client: Client, timeout: Duration) -> RedisResult<Self> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(timeout))
            .set_response_timeout(Some(timeout))
            // The next request retries.
            .set_number_of_retries(1);
        let manager = ConnectionManager::new_with_config(client.clone(), config.clone()).await?;
        Ok(Self { client, config, timeout, current: Mutex::new(Current { manager, began: Instant::now() }) })
    }

    pub(crate) fn current(&self) -> ConnectionManager {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).manager.clone()
    }

    /// P6: a server that does not answer in time is down. The manager limits each attempt; this
    /// limits the whole query.
    pub(crate) async fn in_time<T>(&self, query: impl Future<Output = RedisResult<T>>) -> Result<T, Failure> {
        let failure = match tokio::time::timeout(self.timeout, query).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) if !error.is_timeout() => {
                // Not for each request, because there may be many.
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

    /// Checks that the server does not evict keys when its memory is full.
    ///
    /// # Errors
    ///
    /// What an operator should do. `effect` says what an evicted key would do.
    pub(crate) async fn check_eviction(&self, effect: &str) -> Result<(), String> {
        let remedy = "set `maxmemory-policy noeviction` there, or use `.without_eviction_check()`";
        let info: String = self
            .in_time(redis::cmd("INFO").arg("memory").query_async(&mut self.current()))
            .await
            .map_err(|why| format!("cannot read its eviction policy (`INFO memory`): {why}: {remedy}"))?;
        let value = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        match (value("maxmemory"), value("maxmemory_policy")) {
            (Some("0"), _) | (_, Some("noeviction")) => Ok(()),
            (_, policy) => Err(format!(
                "it evicts keys when its memory is full (`{}`), which {effect}: {remedy}",
                policy.unwrap_or("unknown")
            )),
        }
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
