//! Deliveries in a Redis or Valkey server, for services of many instances.

use super::options::RedisReplayOptions;
use crate::base::redis::{Connection, Failure};
use crate::credential::signature::replay::{DeliveryKey, ReplayError, ReplayStore};
use redis::{Script, Value};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

const CLAIMED: &[u8] = b"claimed";
const HANDLED: &[u8] = b"handled";

/// Keeps deliveries in a Redis or Valkey server that all instances share.
///
/// ```no_run
/// # use auth_runtime::signatures::{RedisReplays, Scheme, Signatures, SigningSecret};
/// # use auth_runtime::{ConfigError, Events, signature};
/// # signature!(pub GitHub = Scheme::github());
/// # async fn github() -> Result<Signatures<GitHub>, ConfigError> {
/// Signatures::builder()
///     .secret(SigningSecret::from_env("GITHUB_SECRET")?)
///     .replay(RedisReplays::at("rediss://:secret@redis.internal/").await?)
///     .events(Events::stderr())
///     .build()
/// # }
/// # fn main() {}
/// ```
///
/// Each request takes one round trip before the handler, and for some schemes one behind it. Cheap
/// to clone; clones share one connection, which is reopened when it fails.
///
/// While the server is unreachable or answers with an error, signed requests get 503. A server that
/// loses its data allows replays: see the notes on data in [`RedisRevocations`]. The key of a
/// delivery is `auth:delivered:<64 hexadecimal digits>`, and its value is `claimed` or `handled`.
///
/// [`RedisRevocations`]: crate::revocation::RedisRevocations
#[derive(Clone)]
pub struct RedisReplays {
    server: Arc<ReplayServer>,
}

pub(super) struct ReplayServer {
    pub(super) connection: Connection,
    pub(super) prefix: String,
    pub(super) description: String,
}

impl RedisReplays {
    /// Configures a connection to the server at this URL.
    ///
    /// `redis://127.0.0.1/`, or `rediss://` for TLS, with a user, a password and a database as in
    /// other Redis clients.
    pub fn at(url: impl Into<String>) -> RedisReplayOptions {
        RedisReplayOptions::new(url.into())
    }

    pub(super) fn new(server: ReplayServer) -> Self {
        Self { server: Arc::new(server) }
    }
}

impl ReplayServer {
    fn key(&self, delivery: &DeliveryKey) -> String {
        format!("{}:{delivery}", self.prefix)
    }

    async fn claim(&self, delivery: &DeliveryKey, keep: Duration) -> Result<(), ReplayError> {
        let key = self.key(delivery);
        let mut set = redis::cmd("SET");
        set.arg(&key).arg(CLAIMED).arg("NX").arg("PX").arg(millis(keep));
        match self.query::<Value>(&set).await? {
            Value::Okay => return Ok(()),
            Value::Nil => {}
            _ => return Err(unreadable()),
        }
        match self.query::<Value>(redis::cmd("GET").arg(&key)).await? {
            Value::BulkString(value) if value == HANDLED => Err(ReplayError::Handled),
            // P6: also a claim that has ended since. The next attempt of the sender claims it.
            Value::BulkString(_) | Value::Nil => Err(ReplayError::Claimed),
            _ => Err(unreadable()),
        }
    }

    async fn handled(&self, delivery: &DeliveryKey, keep: Duration) -> Result<(), ReplayError> {
        let mut set = redis::cmd("SET");
        set.arg(self.key(delivery)).arg(HANDLED).arg("PX").arg(millis(keep));
        self.query::<Value>(&set).await.map(drop)
    }

    async fn release(&self, delivery: &DeliveryKey) -> Result<(), ReplayError> {
        static DELETE: LazyLock<Script> = LazyLock::new(|| {
            // Another instance may have handled it, after the time of this claim.
            Script::new("if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end")
        });
        let mut delete = DELETE.key(self.key(delivery));
        delete.arg(CLAIMED);
        let mut connection = self.connection.current();
        Ok(self.connection.in_time(delete.invoke_async::<()>(&mut connection)).await?)
    }

    async fn query<T: redis::FromRedisValue>(&self, command: &redis::Cmd) -> Result<T, ReplayError> {
        Ok(self.connection.in_time(command.query_async(&mut self.connection.current())).await?)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}

fn unreadable() -> ReplayError {
    ReplayError::StoreGarbled("unexpected reply from Redis".to_owned())
}

impl From<Failure> for ReplayError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Outage(why) => Self::StoreDown(why),
            Failure::Answer(why) => Self::StoreGarbled(why),
        }
    }
}

impl ReplayStore for RedisReplays {
    fn claim<'a>(
        &'a self,
        delivery: &'a DeliveryKey,
        keep: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send + 'a>> {
        Box::pin(self.server.claim(delivery, keep))
    }

    fn handled<'a>(
        &'a self,
        delivery: &'a DeliveryKey,
        keep: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send + 'a>> {
        Box::pin(self.server.handled(delivery, keep))
    }

    fn release<'a>(
        &'a self,
        delivery: &'a DeliveryKey,
    ) -> Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send + 'a>> {
        Box::pin(self.server.release(delivery))
    }

    fn name(&self) -> String {
        self.server.description.clone()
    }
}

impl fmt::Debug for RedisReplays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RedisReplays").field(&self.server.description).finish()
    }
}
