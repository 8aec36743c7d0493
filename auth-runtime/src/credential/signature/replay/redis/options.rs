//! Configures and connects a replay store in Redis.

use super::store::{RedisReplays, ReplayServer};
use crate::base::ConfigError;
use crate::base::redis::{RedisServer, RefusedServer};
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

/// Configures [`RedisReplays`]; [`RedisReplays::at`] creates it.
///
/// `.await` connects to the server and returns [`RedisReplays`], or an error that says what failed.
///
/// ```
/// use auth_runtime::ConfigError;
/// use auth_runtime::signatures::RedisReplays;
///
/// async fn replays() -> Result<RedisReplays, ConfigError> {
///     // Each service that shares a server has a prefix of its own.
///     RedisReplays::at("rediss://:secret@redis.internal/").prefix("orders:delivered").await
/// }
/// # let _ = replays;
/// ```
#[must_use = "it is not connected yet: `.await` it"]
pub struct RedisReplayOptions {
    server: RedisServer,
    prefix: String,
    check_eviction: bool,
}

impl RedisReplayOptions {
    pub(super) fn new(url: String) -> Self {
        Self { server: RedisServer::at(url), prefix: "auth:delivered".to_owned(), check_eviction: true }
    }

    /// Sets the prefix of all keys. `auth:delivered` by default.
    ///
    /// Each service that shares a server needs a prefix of its own, because a sender may give one
    /// delivery to two services.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Sets how long the server may take to answer before it counts as down. 500 ms by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.server.timeout = timeout;
        self
    }

    /// Trusts this certificate authority (PEM) instead of those of the system. For `rediss://`.
    pub fn root_certificate(mut self, pem: &[u8]) -> Self {
        self.server.root_certificate = Some(pem.to_vec());
        self
    }

    /// Accepts a server that may evict keys when its memory is full, or that hides its policy.
    ///
    /// Each evicted key allows a replay, and no event reports it. The check reads `INFO memory`.
    pub fn without_eviction_check(mut self) -> Self {
        self.check_eviction = false;
        self
    }

    async fn connect(self) -> Result<RedisReplays, ConfigError> {
        let Self { server, prefix, check_eviction } = self;
        server.check()?;
        let (connection, address) =
            server.connect().await.map_err(|RefusedServer { store, why }| ConfigError::Replays { store, why })?;
        if check_eviction {
            let refused = |why| ConfigError::Replays { store: format!("Redis at {address}"), why };
            connection.check_eviction("allows replays").await.map_err(refused)?;
        }
        let description = format!("Redis at {address} (`{prefix}:*`)");
        Ok(RedisReplays::new(ReplayServer { connection, prefix, description }))
    }
}

/// Connects to the server.
///
/// # Errors
///
/// [`ConfigError::Replays`], when the server is unreachable, refuses the login, or may evict keys
/// when its memory is full.
impl IntoFuture for RedisReplayOptions {
    type Output = Result<RedisReplays, ConfigError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.connect())
    }
}

/// Without the URL, because it may contain a password.
impl fmt::Debug for RedisReplayOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisReplayOptions").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
