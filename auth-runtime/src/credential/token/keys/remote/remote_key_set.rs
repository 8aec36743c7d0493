//! Configures keys that an issuer publishes.

use super::super::KeySet;
use super::discovery::Location;
use super::freshness::Freshness;
use super::options::Options;
use super::refresher::Refresher;
use crate::base::http::url::host_of;
use crate::base::{Algorithm, ConfigError};
use std::fmt;
use std::future::{Future, IntoFuture};
use std::path::PathBuf;
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
/// Tokens with invented `kid`s or forged signatures cause at most one refresh in each
/// [`cooldown`](Self::cooldown), however many arrive. It reads the keys, and the discovery document
/// when that is due. This configuration determines where requests go, never a token.
///
/// Within the cooldown, a token with an unknown `kid` may be good, because the issuer may have
/// rotated since the last refresh. It gets 503 with `Retry-After`, and the next refresh, at the end
/// of the cooldown, decides. The event has the reason
/// [`Reason::UnknownKey`](crate::events::Reason::UnknownKey), as that of a 401. An attacker can
/// cause these answers to its own tokens only, for at most eight `kid`s in a cooldown. After a
/// refresh that found none of them the answer is 401 for a time that doubles, up to an hour.
///
/// # When the issuer changes its keys
///
/// A removed key does not verify tokens after the next refresh. A key that is replaced under the
/// same `kid` is read as soon as a signature fails, once a cooldown. If a key was removed and has
/// returned, the issuer's replicas publish different sets: then a key is used for up to the longest
/// refresh interval after the issuer has published it last. An empty set removes all keys at once.
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
    IssuerAt { url: String, issuer: String },
}

impl RemoteKeySet {
    pub(in crate::credential::token::keys) fn at(url: String) -> Self {
        Self::new(Source::Url(url))
    }

    pub(in crate::credential::token::keys) fn of(issuer: String) -> Self {
        Self::new(Source::Issuer(issuer))
    }

    pub(in crate::credential::token::keys) fn of_issuer_at(url: String, issuer: String) -> Self {
        Self::new(Source::IssuerAt { url, issuer })
    }

    fn new(source: Source) -> Self {
        Self { source, options: Options::default() }
    }

    /// Sets the algorithm of RSA keys without `alg`.
    ///
    /// By default, [`KeySet::discover`] takes it from the issuer's document, if that names one RSA
    /// algorithm (`id_token_signing_alg_values_supported`), and keeps it. Without an algorithm such
    /// keys are not used, because the token must not choose it.
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

    /// Trusts the certificate authority in this file (PEM) in addition to those of the system.
    ///
    /// It is read when the keys are first fetched, and again after each failure. In Kubernetes it
    /// is `/var/run/secrets/kubernetes.io/serviceaccount/ca.crt`.
    pub fn root_certificate_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.root_certificate_files.push(path.into());
        self
    }

    /// Sends the bearer token in this file, which is read before each request.
    ///
    /// Kubernetes requires it, and replaces the token in
    /// `/var/run/secrets/kubernetes.io/serviceaccount/token` every hour. It is sent over TLS or to
    /// this machine, to the host of the configured URL or issuer only.
    ///
    /// ```no_run
    /// # use auth_runtime::{ConfigError, KeySet};
    /// # async fn keys() -> Result<KeySet, ConfigError> {
    /// let account = "/var/run/secrets/kubernetes.io/serviceaccount";
    /// KeySet::remote("https://kubernetes.default.svc/openid/v1/jwks")
    ///     .root_certificate_file(format!("{account}/ca.crt"))
    ///     .bearer_token_file(format!("{account}/token"))
    ///     .await
    /// # }
    /// ```
    pub fn bearer_token_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.bearer_token_file = Some(path.into());
        self
    }

    /// Fetches keys over `http://` from any host, for development.
    ///
    /// An attacker on the network can then choose the keys, and so be any caller. The posture
    /// shows the reason, and so does a notice at start
    /// ([`NoticeKind::KeySetWithoutTls`](crate::events::NoticeKind::KeySetWithoutTls)). A release
    /// build also needs
    /// [`dangerous_plain_http_in_release`](Self::dangerous_plain_http_in_release).
    ///
    /// ```no_run
    /// # use auth_runtime::{ConfigError, KeySet};
    /// # async fn keys() -> Result<KeySet, ConfigError> {
    /// KeySet::discover_at("http://keycloak:8080/realms/shop", "http://localhost:8080/realms/shop")
    ///     .dangerous_plain_http("compose network")
    ///     .await
    /// # }
    /// ```
    pub fn dangerous_plain_http(mut self, reason: &'static str) -> Self {
        self.options.plain_http.reason = Some(reason);
        self
    }

    /// Fetches keys over `http://` from any host in release builds too.
    ///
    /// Everything in [`dangerous_plain_http`](Self::dangerous_plain_http) holds in production then.
    pub fn dangerous_plain_http_in_release(mut self, reason: &'static str) -> Self {
        self.options.plain_http.in_release = Some(reason);
        self
    }

    /// Starts without keys, and fetches them in the background.
    ///
    /// Until they are fetched, every token gets 503, and an event reports it
    /// ([`NoticeKind::KeySetMissing`](crate::events::NoticeKind::KeySetMissing)). An issuer
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
        let permit = options.plain_http.permit(!cfg!(debug_assertions))?;
        let location = match source {
            Source::Url(url) => Location::fixed(&url, permit)?,
            Source::Issuer(issuer) => Location::discovered(issuer, permit)?,
            Source::IssuerAt { url, issuer } => Location::discovered_at(&url, issuer, permit)?,
        };
        Refresher::new(location, options)
    }
}

/// Without path, query and password, because they may be secrets.
impl fmt::Debug for RemoteKeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RemoteKeySet");
        match &self.source {
            Source::Url(url) => shown.field("url", &host_of(url)),
            Source::Issuer(issuer) => shown.field("issuer", &host_of(issuer)),
            Source::IssuerAt { url, issuer } => shown.field("url", &host_of(url)).field("issuer", &host_of(issuer)),
        };
        shown.finish_non_exhaustive()
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
