//! Configures and connects a store of revocations in Redis.

use super::store::{RedisRevocations, Shared};
use crate::base::redis::{RedisServer, RefusedServer};
use crate::base::{ConfigError, format_duration};
use crate::revocation::kept_issuers::KeptIssuers;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Configures [`RedisRevocations`]; [`RedisRevocations::at`] creates it.
///
/// `.await` connects to the server and returns [`RedisRevocations`], or an error that says what
/// failed.
///
/// ```
/// use auth_runtime::ConfigError;
/// use auth_runtime::revocation::RedisRevocations;
/// use std::time::Duration;
///
/// async fn revocations() -> Result<RedisRevocations, ConfigError> {
///     // For tokens that are valid for up to an hour.
///     let retention = Duration::from_secs(2 * 60 * 60);
///     RedisRevocations::at("rediss://:secret@redis.internal/").retention(retention).await
/// }
/// # let _ = revocations;
/// ```
#[must_use = "it is not connected yet: `.await` it"]
pub struct RedisOptions {
    server: RedisServer,
    prefix: String,
    retention: Duration,
    check_eviction: bool,
    check_verifier: bool,
}

impl RedisOptions {
    pub(super) fn new(url: String) -> Self {
        Self {
            server: RedisServer::at(url),
            prefix: "auth:revoked".to_owned(),
            retention: Duration::from_secs(25 * 60 * 60),
            check_eviction: true,
            check_verifier: true,
        }
    }

    /// Sets the prefix of all keys. `auth:revoked` by default.
    ///
    /// Services that share a server and their issuers may share the prefix. The
    /// [retention](Self::retention) of each must then be at least the longest `max_lifetime` of
    /// them all, plus twice the leeway.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Sets how long a revocation is kept. 25 hours by default.
    ///
    /// It must be at least [`max_lifetime`](crate::credentials::VerifierBuilder::max_lifetime) plus
    /// twice the [`leeway`](crate::credentials::VerifierBuilder::leeway).
    pub fn retention(mut self, retention: Duration) -> Self {
        self.retention = retention;
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
    /// Each evicted key makes a revoked token valid again, and no event reports it. The check reads
    /// `INFO memory`.
    pub fn without_eviction_check(mut self) -> Self {
        self.check_eviction = false;
        self
    }

    /// Revokes even if no verifier of this process checks this store.
    ///
    /// For a process that only revokes, such as a separate logout endpoint. Nothing then checks
    /// that any service reads this server with this prefix, or that revocations are kept for as
    /// long as its tokens live. Call
    /// [`Revocations::keep_forever`](crate::revocation::Revocations::keep_forever) for the issuer
    /// of each API key and session that it revokes.
    pub fn without_verifier_check(mut self) -> Self {
        self.check_verifier = false;
        self
    }

    async fn connect(self) -> Result<RedisRevocations, ConfigError> {
        let Self { server, prefix, retention, check_eviction, check_verifier } = self;
        server.check()?;
        let (connection, address) =
            server.connect().await.map_err(|RefusedServer { store, why }| ConfigError::Revocations { store, why })?;
        let refused = |why| ConfigError::Revocations { store: format!("Redis at {address}"), why };
        let description = format!("Redis at {address} (`{prefix}:*`), kept for {}", format_duration(retention));
        let has_verifier = AtomicBool::new(!check_verifier);
        let shared = Shared { connection, prefix, retention, kept: KeptIssuers::default(), description, has_verifier };
        if check_eviction {
            let effect = "makes revoked tokens valid again";
            shared.connection.check_eviction(effect).await.map_err(refused)?;
        }
        shared.init_since().await.map_err(|failure| refused(failure.to_string()))?;
        Ok(RedisRevocations::new(shared))
    }
}

/// Connects to the server.
///
/// # Errors
///
/// [`ConfigError::Revocations`], when the server is unreachable, refuses the login, or may evict
/// keys when its memory is full.
impl IntoFuture for RedisOptions {
    type Output = Result<RedisRevocations, ConfigError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.connect())
    }
}

/// Without the URL, because it may contain a password.
impl fmt::Debug for RedisOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisOptions").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
