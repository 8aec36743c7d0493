//! Revocations in a Redis or Valkey server, for services of many instances.

use super::options::RedisOptions;
use super::replies::{self, Reply};
use crate::base::ConfigError;
use crate::base::redis::{Connection, Failure};
use crate::revocation::kept_issuers::KeptIssuers;
use crate::revocation::{Revocation, RevocationError, Revocations, RevokeError, TokenIdentity};
use futures_util::future::join_all;
use redis::{Script, Value};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Stores revocations in a Redis or Valkey server that all instances share.
///
/// ```no_run
/// # use auth_runtime::{Claims, ConfigError, Events, KeySet, Verifier};
/// # use auth_runtime::revocation::RedisRevocations;
/// # async fn verifier(keys: KeySet) -> Result<Verifier<Claims>, ConfigError> {
/// let revoked = RedisRevocations::at("rediss://:secret@redis.internal/").await?;
/// Verifier::builder()
///     .issuer("https://id.example.com/")
///     .audience("orders")
///     .keys(keys)
///     .events(Events::stderr())
///     .revocations(revoked.clone())
///     .build()
/// # }
/// ```
///
/// Each token takes one round trip. Cheap to clone; clones share one connection, which is reopened
/// when it fails.
///
/// While the server is unreachable (also: `LOADING`, `CLUSTERDOWN`, `MASTERDOWN`, `TRYAGAIN`),
/// tokens get 503, unless
/// [`without_revocations_for`](crate::credentials::VerifierBuilder::without_revocations_for)
/// accepts them. Any other error of the server, such as `NOPERM`, and a value that cannot be read
/// always give 503.
///
/// # When the server loses its data
///
/// A server that was emptied, or restarted without its data, would make every revoked token valid
/// again. The key `..:since` therefore holds the time since when the data is complete. If the key
/// is missing, the store sets it to the current time, the events report it, and tokens that were
/// issued before are rejected, so that their holders get new ones from the issuer.
///
/// This includes the first start of a service with a server. (A missing key at start is not
/// reported as an event.) If there are no revocations to lose, `SET auth:revoked:since 0` before
/// the start avoids it. While the key holds another time, tokens without an `iat` are always
/// rejected.
///
/// A server that returns with old data is not detected. Replication of Redis is asynchronous: a
/// failover may lose the latest revocations. A server that stores its data in snapshots (`save`,
/// the default) and is killed loses the revocations since the last one, which may be an hour when
/// there are few writes: set `appendonly yes`.
///
/// # Keys that other programs may write
///
/// A logout endpoint in another language can revoke too. All keys should expire when the
/// longest-lived token has expired. A key for an API key or a session must not expire, because a
/// record may be renewed. A key without an expiry is permanent, and stays so when it is
/// revoked again.
///
/// | key | value |
/// |---|---|
/// | `auth:revoked:token:<iss> <jti>` | anything |
/// | `auth:revoked:session:<iss> <sid>` | anything |
/// | `auth:revoked:subject:<iss> <sub>` | Unix seconds: revokes `iat` - leeway up to this |
/// | `auth:revoked:since` | Unix seconds: rejects `iat` - leeway up to this; never expires |
#[derive(Clone)]
pub struct RedisRevocations {
    shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) connection: Connection,
    pub(super) prefix: String,
    pub(super) retention: Duration,
    pub(super) kept: KeptIssuers,
    pub(super) description: String,
    /// Whether a verifier of this process checks the store, or the check for one is off.
    pub(super) has_verifier: AtomicBool,
}

impl RedisRevocations {
    /// Configures a connection to the server at this URL.
    ///
    /// `redis://127.0.0.1/`, or `rediss://` for TLS, with a user, a password and a database as in
    /// other Redis clients.
    pub fn at(url: impl Into<String>) -> RedisOptions {
        RedisOptions::new(url.into())
    }

    pub(super) fn new(shared: Shared) -> Self {
        Self { shared: Arc::new(shared) }
    }

    /// Revokes tokens in all instances, effective immediately.
    ///
    /// # Errors
    ///
    /// [`RevokeError`]; the tokens remain valid then, or it is unknown whether they do.
    /// [`NoVerifier`](RevokeError::NoVerifier), when no verifier of this process checks this store:
    /// [`without_verifier_check`](RedisOptions::without_verifier_check) is for a process that only
    /// revokes.
    pub async fn revoke(&self, revocation: &Revocation) -> Result<(), RevokeError> {
        static WRITE: LazyLock<Script> = LazyLock::new(|| {
            // P6: revoked tokens stay revoked. Neither an earlier time, nor a service with a
            // shorter retention, nor one that does not know that a key is permanent, makes them
            // valid again.
            Script::new(
                "local value, kept, left = ARGV[1], tonumber(ARGV[2]), redis.call('PTTL', KEYS[1])
                 if ARGV[3] == 'latest' then
                     local held = redis.call('GET', KEYS[1]) or '0'
                     if not held:match('^%d+$') then
                         return redis.error_reply('ERR the value of ' .. KEYS[1] .. ' is not a number of seconds')
                     end
                     value = string.format('%.0f', math.max(tonumber(held), tonumber(value)))
                 end
                 redis.call('SET', KEYS[1], value)
                 if left ~= -1 then redis.call('PEXPIRE', KEYS[1], math.max(left, kept)) end",
            )
        });
        revocation.check_length()?;
        // P9: a store that no verifier checks would accept every logout without effect.
        if !self.shared.has_verifier.load(Ordering::Acquire) {
            return Err(RevokeError::NoVerifier);
        }
        let retention = self.shared.kept.retention(revocation.key().0, self.shared.retention);
        let retention = revocation.retention(retention, SystemTime::now());
        let retention = u64::try_from(retention.as_millis()).unwrap_or(u64::MAX).max(1000);
        let (issuer, name) = revocation.key();
        let (kind, value, which) = match revocation {
            Revocation::Token { .. } => ("token", 1, "any"),
            Revocation::Session { .. } => ("session", 1, "any"),
            Revocation::Subject { issued_up_to, .. } => ("subject", seconds_of(*issued_up_to), "latest"),
        };
        let mut write = WRITE.key(self.shared.key(kind, issuer, name));
        write.arg(value).arg(retention).arg(which);
        let mut connection = self.shared.connection.current();
        let written = self.shared.connection.in_time(write.invoke_async::<()>(&mut connection)).await;
        written.map_err(|failure| RevokeError::Unavailable(failure.to_string()))
    }
}

impl Shared {
    /// Returns the key of a revocation. An issuer contains no space, so two names never share a
    /// key.
    fn key(&self, kind: &str, issuer: &str, name: &str) -> String {
        format!("{}:{kind}:{issuer} {name}", self.prefix)
    }

    fn since_key(&self) -> String {
        format!("{}:since", self.prefix)
    }

    /// Sets the time since when the data is complete, unless it is set already.
    pub(super) async fn init_since(&self) -> Result<(), Failure> {
        let mut set = redis::cmd("SET");
        set.arg(self.since_key()).arg(seconds_of(SystemTime::now())).arg("NX");
        // `nil` when it is set already.
        self.connection.in_time(set.query_async::<Value>(&mut self.connection.current())).await.map(drop)
    }

    async fn check(&self, token: &TokenIdentity<'_>) -> Result<(), RevocationError> {
        let TokenIdentity { issuer, subject, token_id, session_id, .. } = *token;
        let mut queries = Vec::with_capacity(4);
        for (kind, name) in [("token", token_id), ("session", session_id)] {
            if let Some(name) = name {
                // Not `MGET`, which reads a key of another type as a missing one.
                queries.push(redis::cmd("EXISTS").arg(self.key(kind, issuer, name)).to_owned());
            }
        }
        // `since` is read last, so that a loss of data before or between the other reads shows in
        // it.
        queries.push(redis::cmd("GET").arg(self.key("subject", issuer, subject)).to_owned());
        queries.push(redis::cmd("GET").arg(self.since_key()).to_owned());
        // P6: each reply by itself, because an error must not hide another reply that says
        // "revoked". Not a pipeline, because the client drops the replies that it has read of one
        // when the connection ends before the last. They share the connection, in this order.
        let connection = self.connection.current();
        let replies = join_all(queries.iter().map(|query| {
            let mut connection = connection.clone();
            async move { self.connection.in_time(query.query_async(&mut connection)).await }
        }));
        let mut replies: Vec<Reply> = replies.await;
        let (since, subject) = (replies.pop(), replies.pop());
        let (Some(since), Some(subject)) = (since, subject) else {
            return Err(RevocationError::Unreadable("two queries had no reply".to_owned()));
        };
        let names = replies.into_iter().map(replies::check_absent);
        let subject = replies::check_subject(subject, token);
        let since = match replies::check_since(since, token) {
            Some(outcome) => outcome,
            None => Err(self.was_emptied().await),
        };
        RevocationError::worst(names.chain([subject, since]))
    }

    /// P6: earlier revocations are lost. This is not an outage, because the server has answered.
    async fn was_emptied(&self) -> RevocationError {
        RevocationError::Unreadable(match self.init_since().await {
            Ok(()) => "it was emptied; tokens that were issued before now are rejected from now on".to_owned(),
            Err(failure) => format!("it was emptied, and the time of that cannot be stored: {failure}"),
        })
    }
}

fn seconds_of(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

impl Revocations for RedisRevocations {
    fn check<'a>(
        &'a self,
        token: &'a TokenIdentity<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<(), RevocationError>> + Send + 'a>> {
        Box::pin(self.shared.check(token))
    }

    fn retention(&self) -> Option<Duration> {
        Some(self.shared.retention)
    }

    fn keep_forever(&self, issuer: &str) -> Result<(), ConfigError> {
        self.shared.kept.add(issuer);
        Ok(())
    }

    fn attach_verifier(&self) {
        self.shared.has_verifier.store(true, Ordering::Release);
    }

    fn name(&self) -> String {
        self.shared.description.clone()
    }
}

impl fmt::Debug for RedisRevocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RedisRevocations").field(&self.shared.description).finish()
    }
}
