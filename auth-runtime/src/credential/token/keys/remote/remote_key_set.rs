//! Keys that an issuer publishes, before they were fetched: [`RemoteKeySet`].

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

/// Keys that an issuer publishes, before they were fetched: [`KeySet::remote`] and [`KeySet::discover`] start it.
///
/// Awaited, it fetches them and becomes a [`KeySet`], or an error that says what went wrong:
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
/// From then on a task of its own reads them again: before they expire, and when a token names a key that isn't there.
/// A key that is published no more verifies nothing from the next reading on.
///
/// # When the issuer publishes no key
///
/// A JWK set without a usable key (empty, or only keys that are for encryption, unknown or too weak) is an answer: it
/// replaces the keys at once. Tokens get 401 ([`Reason::UnknownKey`](crate::Reason::UnknownKey)), also cached ones, and
/// guarded streams end. The events get [`NoticeKind::KeySetEmptied`](crate::NoticeKind::KeySetEmptied). At start it is
/// [`ConfigError::KeySetEmpty`].
///
/// # What a stranger can make it do
///
/// One reading for each [`cooldown`](Self::cooldown), however many tokens with made-up `kid`s arrive: of the keys, and
/// when it is due, of the document that says where they are. Where the requests go is settled here, and never by a token.
///
/// # When the issuer can't be reached
///
/// That includes an answer that is not a JWK set: another status than 200, no JSON, no array `keys`, a member that stands
/// there twice, or too long.
///
/// The last good keys stay in use for [`max_age`](Self::max_age); then the answer is 503. Tokens with an unknown `kid`
/// get 503 as soon as the latest attempt has failed: they may be good.
///
/// The task runs in the tokio runtime in which the keys were fetched. When that ends before the verifier does, it is an
/// outage like any other, and the events are told: fetch them in the runtime that serves.
#[must_use = "no keys were fetched yet; `.await` it"]
pub struct RemoteKeySet {
    from: From,
    options: Options,
}

pub(super) enum From {
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
        Self::new(From::Url(url))
    }

    pub(in crate::credential::token::keys) fn of(issuer: String) -> Self {
        Self::new(From::Issuer(issuer))
    }

    fn new(from: From) -> Self {
        Self {
            from,
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

    /// What RSA keys without an `alg` of their own are for. Without it such keys are not used: the token must not choose.
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.options.algorithm = Some(algorithm);
        self
    }

    /// How often the keys are read again: as their `Cache-Control` says, but not more often than `least` and not more
    /// seldom than `most`; each `most` or five minutes, whichever is less, when it says nothing. 30 seconds and 15
    /// minutes by default.
    ///
    /// A key that was removed by its issuer is believed for up to `most`.
    pub fn refresh_between(mut self, least: Duration, most: Duration) -> Self {
        self.options.freshness = Freshness { least, most };
        self
    }

    /// How long to wait after one request before the next, whatever asks for it. 10 seconds by default.
    pub fn cooldown(mut self, cooldown: Duration) -> Self {
        self.options.cooldown = cooldown;
        self
    }

    /// How long keys are used when they can't be read again. An hour by default: most tokens don't live longer than
    /// that, and an issuer that is down issues no new ones.
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.options.max_age = max_age;
        self
    }

    /// How long a connection may take to be made. 2 seconds by default.
    pub fn connect_timeout(mut self, connect_timeout: Duration) -> Self {
        self.options.connect_timeout = connect_timeout;
        self
    }

    /// How long one request may take in all. 3 seconds by default: less than the verifier's time limit, within which
    /// tokens with an unknown `kid` wait.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// How long an answer may be, in bytes. 512 KiB by default.
    pub fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.options.max_bytes = max_bytes;
        self
    }

    /// Also trusts a certificate authority of your own, as PEM, beside those of the system.
    pub fn root_certificate(mut self, pem: &[u8]) -> Self {
        self.options.root_certificates.push(pem.to_vec());
        self
    }

    /// Starts without keys, and fetches them in the background: until they are there, every token is answered with 503,
    /// and the events are told ([`NoticeKind::KeySetUnavailable`](crate::NoticeKind::KeySetUnavailable)). An issuer that
    /// publishes no usable key is no error here: its tokens are answered with 401.
    ///
    /// # Errors
    ///
    /// When the URL or an option can't be right.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn start_degraded(self) -> Result<KeySet, ConfigError> {
        self.refresher().map(Refresher::start).map(KeySet::remote_source)
    }

    fn refresher(self) -> Result<Refresher, ConfigError> {
        let Self { from, options } = self;
        options.check()?;
        let location = match from {
            From::Url(url) => Location::fixed(&url)?,
            From::Issuer(issuer) => Location::discovered(issuer)?,
        };
        let fetcher = Fetcher::new(&options)?;
        Ok(Refresher::new(fetcher, location, options))
    }
}

/// Without path, query and password, which may be secrets.
impl fmt::Debug for RemoteKeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RemoteKeySet");
        match &self.from {
            From::Url(url) => shown.field("url", &host_of(url)),
            From::Issuer(issuer) => shown.field("issuer", &host_of(issuer)),
        };
        shown.finish_non_exhaustive()
    }
}

impl Options {
    fn check(&self) -> Result<(), ConfigError> {
        let bounds = |name, why| Err(ConfigError::OutOfBounds { name, why });
        if self.freshness.least.is_zero() || self.freshness.least > self.freshness.most {
            return bounds("refresh_between", "more than nothing, and the least before the most");
        }
        if self.freshness.most > Duration::from_hours(24) {
            return bounds("refresh_between", "a day at most: a key that was removed is believed as long");
        }
        if self.cooldown.is_zero() || self.cooldown > Duration::from_hours(1) {
            return bounds("cooldown", "more than nothing, or strangers decide how often; an hour at most");
        }
        if self.max_age < self.freshness.most || self.max_age > Duration::from_hours(24 * 7) {
            return bounds("max_age", "no less than the keys are read again after, and a week at most");
        }
        if self.timeout.is_zero() || self.timeout > Duration::from_mins(1) || self.connect_timeout.is_zero() {
            return bounds("timeout", "more than nothing, and a minute at most");
        }
        if !(256..=16 * 1024 * 1024).contains(&self.max_bytes) {
            return bounds("max_bytes", "256 bytes to 16 MiB");
        }
        Ok(())
    }
}

/// Fetches the keys.
///
/// # Errors
///
/// [`ConfigError`], when the URL or an option can't be right, when the issuer can't be reached, and when it publishes no
/// usable key ([`ConfigError::KeySetEmpty`]).
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
