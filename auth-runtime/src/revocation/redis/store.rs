//! Revocations in a Redis or Valkey server, for services of many instances.

use super::connection::Connection;
use crate::base::{ConfigError, format_duration};
use crate::revocation::{Revocation, RevocationError, Revocations, RevokeError, TokenIdentity};

use super::replies::{self, Failure, Reply};
use redis::{Client, ConnectionAddr, IntoConnectionInfo, Script, TlsCertificates, Value};
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Revocations in a Redis or Valkey server, before it was reached: [`RedisRevocations::at`] starts it.
///
/// Awaited, it connects and becomes [`RedisRevocations`], or an error that says what went wrong.
#[must_use = "it isn't connected yet; `.await` it"]
pub struct RedisOptions {
    url: String,
    prefix: String,
    remembered_for: Duration,
    timeout: Duration,
    check_eviction: bool,
    check_verifier: bool,
    root_certificate: Option<Vec<u8>>,
}

/// Revocations in a Redis or Valkey server: what one instance takes back, none lets in.
///
/// ```no_run
/// # use auth_runtime::{Claims, ConfigError, Events, KeySet, RedisRevocations, Verifier};
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
/// One round trip for each token. While the server can't be reached (also: `LOADING`, `CLUSTERDOWN`, `MASTERDOWN`,
/// `TRYAGAIN`), tokens get 503
/// ([`without_revocations_for`](crate::VerifierBuilder::without_revocations_for) is the other choice). Any other error
/// of the server, such as `NOPERM`, and a value that can't be read give 503 whatever was chosen. Cheap to clone;
/// clones share one connection, which is made anew when it breaks.
///
/// # When the server forgets
///
/// A server that was emptied, or started again without its data, would give every revoked token back. So it also holds
/// since when it remembers (the key `..:since`): where that is missing, it is set anew, the events are told, and tokens
/// that were issued before are refused, so that their holders ask the issuer for new ones. That includes the first
/// time that a service is started with it (and each start, which tells no events); `SET auth:revoked:since 0` beforehand says that there is nothing to be
/// remembered. With it, tokens without an `iat` are refused for good.
///
/// A server that comes back with old data is not found out. Replication of Redis is asynchronous: a failover may lose
/// what was revoked in the last moments. And one that keeps its data in snapshots (`save`, its default) and is killed
/// loses what was revoked since the last one, an hour of it when there is little to write: set `appendonly yes`.
///
/// # What others may write
///
/// A logout endpoint in another language can revoke too. All keys should expire when the longest-lived token has; one that
/// never does is for good, and stays so when it is revoked again:
///
/// | key | value |
/// |---|---|
/// | `auth:revoked:token:<iss> <jti>` | anything |
/// | `auth:revoked:session:<iss> <sid>` | anything |
/// | `auth:revoked:subject:<iss> <sub>` | tokens with an `iat`, less the leeway, up to this are revoked; in seconds since 1970 |
/// | `auth:revoked:since` | tokens with an `iat`, less the leeway, up to this are refused; never expires |
#[derive(Clone)]
pub struct RedisRevocations {
    shared: Arc<Shared>,
}

struct Shared {
    connection: Connection,
    prefix: String,
    remembered_for: Duration,
    description: String,
    /// Whether a verifier of this process asks it, or none has to.
    asked: AtomicBool,
}

impl RedisRevocations {
    /// A server, by its URL: `redis://127.0.0.1/`, `rediss://` for TLS, with a user, a password and a database as Redis
    /// clients have them.
    pub fn at(url: impl Into<String>) -> RedisOptions {
        RedisOptions {
            url: url.into(),
            prefix: "auth:revoked".to_owned(),
            remembered_for: Duration::from_hours(25),
            timeout: Duration::from_millis(500),
            check_eviction: true,
            check_verifier: true,
            root_certificate: None,
        }
    }

    /// Takes tokens back, from now on, in all instances.
    ///
    /// # Errors
    ///
    /// [`RevokeError`]; then they still hold, or it isn't known whether they do.
    /// [`NobodyAsks`](RevokeError::NobodyAsks), when no verifier of this process has this store:
    /// [`without_verifier_check`](RedisOptions::without_verifier_check) is for a process that only revokes.
    pub async fn revoke(&self, revocation: &Revocation) -> Result<(), RevokeError> {
        static WRITE: LazyLock<Script> = LazyLock::new(|| {
            // P6: what was taken back once stays so. An earlier time does not give the later tokens back, nor does a
            // service whose tokens live shorter, or one that doesn't know that it is for good.
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
        // P9: a store that no verifier asks would take every logout, and do nothing.
        if !self.shared.asked.load(Ordering::Acquire) {
            return Err(RevokeError::NobodyAsks);
        }
        let kept_for = revocation.kept_for(self.shared.remembered_for, SystemTime::now());
        let kept_for = u64::try_from(kept_for.as_millis()).unwrap_or(u64::MAX).max(1000);
        let (issuer, name) = revocation.names();
        let (kind, value, which) = match revocation {
            Revocation::Token { .. } => ("token", 1, "any"),
            Revocation::Session { .. } => ("session", 1, "any"),
            Revocation::Subject { issued_up_to, .. } => ("subject", seconds_of(*issued_up_to), "latest"),
        };
        let mut write = WRITE.key(self.shared.key(kind, issuer, name));
        write.arg(value).arg(kept_for).arg(which);
        let mut connection = self.shared.connection.current();
        let written = self.shared.connection.in_time(write.invoke_async::<()>(&mut connection)).await;
        written.map_err(|failure| RevokeError::Unavailable(failure.to_string()))
    }
}

impl RedisOptions {
    /// What all keys begin with. `auth:revoked` by default; services that share a server and their issuers may share it,
    /// when all of them [remember](Self::remember_for) for as long as any of their tokens lives, and twice the leeway.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long a revocation is kept: at least [`max_lifetime`](crate::VerifierBuilder::max_lifetime) and twice the
    /// [`leeway`](crate::VerifierBuilder::leeway). 25 hours by default.
    pub fn remember_for(mut self, remembered_for: Duration) -> Self {
        self.remembered_for = remembered_for;
        self
    }

    /// How long the server may take to answer before it counts as down. Half a second by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// For `rediss://`, trusts this certificate authority, as PEM, instead of those of the system.
    pub fn root_certificate(mut self, pem: &[u8]) -> Self {
        self.root_certificate = Some(pem.to_vec());
        self
    }

    /// Takes a server that drops keys when its memory is full, or that doesn't tell whether it does (`INFO memory`).
    ///
    /// Each key that it drops gives a revoked token back, and nobody hears of it.
    pub fn without_eviction_check(mut self) -> Self {
        self.check_eviction = false;
        self
    }

    /// Revokes although no verifier of this process asks this store: for a process that only revokes, such as a logout
    /// endpoint of its own.
    ///
    /// Nothing checks then that any service asks this server, with this prefix, and that revocations are kept for as
    /// long as its tokens live.
    pub fn without_verifier_check(mut self) -> Self {
        self.check_verifier = false;
        self
    }

    async fn connect(self) -> Result<RedisRevocations, ConfigError> {
        let Self { url, prefix, remembered_for, timeout, check_eviction, check_verifier, root_certificate } = self;
        if timeout.is_zero() || timeout > Duration::from_secs(30) {
            return Err(ConfigError::OutOfBounds { name: "timeout", why: "more than nothing, and 30 seconds at most" });
        }
        // Never with the URL: there may be a password in it.
        let refused = |why: String| ConfigError::Revocations { store: "Redis".to_owned(), why };
        let info = url.as_str().into_connection_info().map_err(|_| {
            refused(
                "the URL is malformed; write one like `redis://127.0.0.1/` or `rediss://redis.internal/`".to_owned(),
            )
        })?;
        let address = info.addr().to_string();
        let refused = |why| ConfigError::Revocations { store: format!("Redis at {address}"), why };
        let client = match info.addr() {
            // P6: whoever can answer in its place decides who gets in.
            ConnectionAddr::TcpTls { insecure: true, .. } => {
                return Err(refused(
                    "`#insecure` is refused; trust its authority with `.root_certificate(..)`".to_owned(),
                ));
            }
            ConnectionAddr::TcpTls { .. } => {
                // Where the program has both of rustls' providers and has chosen none, rustls would panic.
                let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
                Client::build_with_tls(info, TlsCertificates { client_tls: None, root_cert: root_certificate })
            }
            _ if root_certificate.is_some() => {
                return Err(refused("`.root_certificate(..)` is for TLS; write its URL with `rediss://`".to_owned()));
            }
            _ => Client::open(info),
        };
        let client = client.map_err(|error| refused(error.to_string()))?;
        let connection = Connection::made(client, timeout).await.map_err(|error| refused(error.to_string()))?;
        let description =
            format!("Redis at {address} (`{prefix}:*`), remembered for {}", format_duration(remembered_for));
        let asked = AtomicBool::new(!check_verifier);
        let shared = Shared { connection, prefix, remembered_for, description, asked };
        if check_eviction {
            shared.check_eviction().await.map_err(refused)?;
        }
        shared.remember_from_now().await.map_err(|failure| refused(failure.to_string()))?;
        Ok(RedisRevocations { shared: Arc::new(shared) })
    }
}

/// Connects.
///
/// # Errors
///
/// [`ConfigError::Revocations`], when the server can't be reached, does not let us in, or drops keys when its memory is
/// full.
impl IntoFuture for RedisOptions {
    type Output = Result<RedisRevocations, ConfigError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.connect())
    }
}

impl Shared {
    /// A space can't be in an issuer's URL, so no two names make one key.
    fn key(&self, kind: &str, issuer: &str, name: &str) -> String {
        format!("{}:{kind}:{issuer} {name}", self.prefix)
    }

    fn since(&self) -> String {
        format!("{}:since", self.prefix)
    }

    /// The time from which on everything is remembered, unless there is one.
    async fn remember_from_now(&self) -> Result<(), Failure> {
        let mut set = redis::cmd("SET");
        set.arg(self.since()).arg(seconds_of(SystemTime::now())).arg("NX");
        // `nil` when it is there already.
        self.connection.in_time(set.query_async::<Value>(&mut self.connection.current())).await.map(drop)
    }

    async fn check_eviction(&self) -> Result<(), String> {
        let remedy = "set `maxmemory-policy noeviction` there, or say `.without_eviction_check()`";
        let info: String = self
            .connection
            .in_time(redis::cmd("INFO").arg("memory").query_async(&mut self.connection.current()))
            .await
            .map_err(|why| format!("it doesn't tell whether it drops keys (`INFO memory`): {why}; {remedy}"))?;
        let said = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        match (said("maxmemory"), said("maxmemory_policy")) {
            (Some("0"), _) | (_, Some("noeviction")) => Ok(()),
            (_, policy) => Err(format!(
                "it drops keys when its memory is full (`{}`), and each gives a revoked token back; {remedy}",
                policy.unwrap_or("unknown")
            )),
        }
    }

    async fn decide(&self, token: &TokenIdentity<'_>) -> Result<(), RevocationError> {
        let TokenIdentity { issuer, subject, token_id, session_id, .. } = *token;
        let mut ask = redis::pipe();
        for (kind, name) in [("token", token_id), ("session", session_id)] {
            if let Some(name) = name {
                // Not `MGET`, to which a key of another type is as good as none.
                ask.cmd("EXISTS").arg(self.key(kind, issuer, name));
            }
        }
        // Last the time since when it remembers: what was forgotten before it is read shows by it.
        ask.cmd("GET").arg(self.key("subject", issuer, subject)).cmd("GET").arg(self.since()).ignore_errors();
        let replies = self.connection.in_time(ask.query_async(&mut self.connection.current())).await;
        let replies: Vec<Reply> = replies?;
        let count = replies.len();
        let mut replies = replies.into_iter();
        let (Some(since), Some(subject), true) = (replies.next_back(), replies.next_back(), count == ask.len()) else {
            return Err(RevocationError::Unreadable(format!("Redis sent {count} replies instead of {}", ask.len())));
        };
        // P6: each reply by itself, because one that is an error must not hide another that says "revoked".
        let named = replies.map(replies::check_absent);
        let subject = replies::check_subject(subject, token);
        let since = match replies::check_since(since, token) {
            Some(held) => held,
            None => Err(self.was_emptied().await),
        };
        RevocationError::worst(named.chain([subject, since]))
    }

    /// P6: nothing is known of what was revoked before. Not an outage, because the server has answered.
    async fn was_emptied(&self) -> RevocationError {
        RevocationError::Unreadable(match self.remember_from_now().await {
            Ok(()) => "it was emptied; tokens that were issued before now are refused from now on".to_owned(),
            Err(failure) => format!("it was emptied, and does not take the time of that: {failure}"),
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
        Box::pin(self.shared.decide(token))
    }

    fn remembered_for(&self) -> Option<Duration> {
        Some(self.shared.remembered_for)
    }

    fn is_asked(&self) {
        self.shared.asked.store(true, Ordering::Release);
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

/// Without the URL: there may be a password in it.
impl fmt::Debug for RedisOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisOptions").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
