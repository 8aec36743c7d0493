//! Configures keys that an issuer publishes.

use super::super::KeySet;
use super::discovery::Location;
use super::fetch::Fetcher;
use super::freshness::Freshness;
use super::refresher::Refresher;
use crate::base::http::url::host_of;
use crate::base::{Algorithm, ConfigError};
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

/// Configures keys that are fetched from an issuer.
///
/// [`KeySet::remote`] and [`KeySet::discover`] create it. `.await` fetches the keys and returns a
/// [`KeySet`], or an error that says what failed:
///
/// ```no_run
/// # use auth_runtime::{Claims, ConfigError, Events, KeySet, Verifier};
/// # async fn verifier() -> Result<Verifier<Claims>, ConfigError> {
/// Verifier::builder()
///     .issuer("https://id.example.com/")
///     .audience("orders")
///     .keys(KeySet::discover("https://id.example.com/").await?)
///     .events(Events::stderr())
///     .build()
/// # }
/// ```
///
/// A background task then refreshes them: before they expire, and when a token has an unknown
/// `kid`. A key that the issuer has removed does not verify tokens after the next refresh.
///
/// # When the issuer publishes no key
///
/// A JWK set without a usable key (empty, or only keys for encryption, unsupported or weak keys) is
/// valid and replaces the keys at once. Tokens, including cached ones, get 401
/// ([`Reason::UnknownKey`](crate::events::Reason::UnknownKey)), and guarded streams end. An event
/// reports it ([`NoticeKind::KeySetEmptied`](crate::events::NoticeKind::KeySetEmptied)). At start
/// it is [`ConfigError::KeySetEmpty`].
///
/// # What an attacker can cause
///
/// Tokens with invented `kid`s cause at most one refresh in each [`cooldown`](Self::cooldown),
/// however many arrive. It reads the keys, and the discovery document when that is due. This
/// configuration determines where requests go, never a token.
///
/// # When the issuer is unreachable
///
/// This includes a response that is not a JWK set: another status than 200, not JSON, no array
/// `keys`, a duplicate member, or too long.
///
/// The last good keys stay in use for [`max_age`](Self::max_age); then tokens get 503. Tokens with
/// an unknown `kid` get 503 as soon as the latest attempt has failed, because they may be valid.
///
/// The task runs in the tokio runtime in which the keys were fetched. If that runtime ends before
/// the verifier, it is reported as an outage, so fetch the keys in the runtime that serves.
#[must_use = "the keys are not fetched yet: `.await` it"]
pub struct RemoteKeySet {
    source: Source,
    options: Options,
}

enum Source {
    Url(String),
    Issuer(String),
}

pub(super) struct Options {
    pub(super) algorithm: Option<Algorithm>,
    pub(super) freshness: Freshness,
    pub(super) cooldown: Duration,
    pub(super) max_age: Duration,
    pub(super) connect_timeout: Duration,
    pub(super) timeout: Duration,
    pub(super) max_bytes: usize,
    pub(super) root_certificates: Vec<Vec<u8>>,
}

impl RemoteKeySet {
    pub(in crate::credential::token::keys) fn at(url: String) -> Self {
        Self::new(Source::Url(url))
    }

    pub(in crate::credential::token::keys) fn of(issuer: String) -> Self {
        Self::new(Source::Issuer(issuer))
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            options: Options {
                algorithm: None,
                freshness: Freshness::default(),
                cooldown: Duration::from_secs(10),
                max_age: Duration::from_hours(1),
                connect_timeout: Duration::from_secs(2),
                timeout: Duration::from_secs(3),
                max_bytes: 512 * 1024,
                root_certificates: Vec::new(),
            },
        }
    }

    /// Sets the algorithm of RSA keys without `alg`.
    ///
    /// Without it such keys are not used, because the token must not choose the algorithm.
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.options.algorithm = Some(algorithm);
        self
    }

    /// Sets the bounds of the refresh interval. 30 seconds and 15 minutes by default.
    ///
    /// The interval is the `Cache-Control` lifetime within these bounds. Without one it is five
    /// minutes, also within the bounds. A key that the issuer has removed stays in use for up to
    /// `most`.
    pub fn refresh_between(mut self, least: Duration, most: Duration) -> Self {
        self.options.freshness = Freshness { least, most };
        self
    }

    /// Sets the shortest time between two attempts. 10 seconds by default.
    pub fn cooldown(mut self, cooldown: Duration) -> Self {
        self.options.cooldown = cooldown;
        self
    }

    /// Sets how long keys are used when they cannot be refreshed. An hour by default.
    ///
    /// Most tokens expire within an hour, and an issuer that is down does not issue new ones.
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.options.max_age = max_age;
        self
    }

    /// Sets the time limit to connect. 2 seconds by default.
    pub fn connect_timeout(mut self, connect_timeout: Duration) -> Self {
        self.options.connect_timeout = connect_timeout;
        self
    }

    /// Sets the time limit of one request. 3 seconds by default.
    ///
    /// Keep it below the verifier's time limit, because tokens with an unknown `kid` wait for the
    /// request.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// Sets the longest response, in bytes. 512 KiB by default.
    pub fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.options.max_bytes = max_bytes;
        self
    }

    /// Trusts this certificate authority (PEM) in addition to those of the system.
    pub fn root_certificate(mut self, pem: &[u8]) -> Self {
        self.options.root_certificates.push(pem.to_vec());
        self
    }

    /// Starts without keys, and fetches them in the background.
    ///
    /// Until they are fetched, every token gets 503, and an event reports it
    /// ([`NoticeKind::KeySetUnavailable`](crate::events::NoticeKind::KeySetUnavailable)). An issuer
    /// without a usable key is not an error here: its tokens get 401.
    ///
    /// # Errors
    ///
    /// When the URL or an option is invalid.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn start_degraded(self) -> Result<KeySet, ConfigError> {
        self.refresher().map(Refresher::start).map(KeySet::remote_source)
    }

    fn refresher(self) -> Result<Refresher, ConfigError> {
        let Self { source, options } = self;
        options.check()?;
        let location = match source {
            Source::Url(url) => Location::fixed(&url)?,
            Source::Issuer(issuer) => Location::discovered(issuer)?,
        };
        let fetcher = Fetcher::new(&options)?;
        Ok(Refresher::new(fetcher, location, options))
    }
}

/// Without path, query and password, because they may be secrets.
impl fmt::Debug for RemoteKeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RemoteKeySet");
        match &self.source {
            Source::Url(url) => shown.field("url", &host_of(url)),
            Source::Issuer(issuer) => shown.field("issuer", &host_of(issuer)),
        };
        shown.finish_non_exhaustive()
    }
}

impl Options {
    fn check(&self) -> Result<(), ConfigError> {
        let bounds = |name, why| Err(ConfigError::OutOfBounds { name, why });
        if self.freshness.least.is_zero() || self.freshness.least > self.freshness.most {
            return bounds("refresh_between", "use more than zero, and a `least` of at most `most`");
        }
        if self.freshness.most > Duration::from_hours(24) {
            return bounds("refresh_between", "use at most a day, because a removed key stays in use that long");
        }
        if self.cooldown.is_zero() || self.cooldown > Duration::from_hours(1) {
            return bounds(
                "cooldown",
                "use more than zero and at most an hour, because tokens with an unknown `kid` cause a refresh",
            );
        }
        if self.max_age < self.freshness.most || self.max_age > Duration::from_hours(24 * 7) {
            return bounds("max_age", "use at least the longest refresh interval, and at most a week");
        }
        if self.timeout.is_zero() || self.timeout > Duration::from_mins(1) || self.connect_timeout.is_zero() {
            return bounds("timeout", "use more than zero and at most a minute");
        }
        if !(256..=16 * 1024 * 1024).contains(&self.max_bytes) {
            return bounds("max_bytes", "use 256 bytes to 16 MiB");
        }
        Ok(())
    }
}

/// Fetches the keys.
///
/// # Errors
///
/// [`ConfigError`], when the URL or an option is invalid, when the issuer is unreachable, and when
/// it publishes no usable key ([`ConfigError::KeySetEmpty`]).
impl IntoFuture for RemoteKeySet {
    type Output = Result<KeySet, ConfigError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut refresher = self.refresher()?;
            refresher.first().await?;
            Ok(KeySet::remote_source(refresher.start()))
        })
    }
}
