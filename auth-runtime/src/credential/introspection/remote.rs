//! Configures introspection: [`RemoteIntrospection`].

use super::answer::Expected;
use super::client::{IntrospectionClient, SecretIn};
use super::discovery::Location;
use super::options::Options;
use super::server::Server;
use super::{ClientSecret, Introspection};
use crate::base::http::url::host_of;
use crate::base::{ConfigError, check_visible};
use crate::credential::carrier::Carrier;
use crate::credential::lookup::check_issuer_name;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::{Duration, SystemTime};

/// Configures the introspection of opaque tokens.
///
/// [`Introspection::discover`] and [`Introspection::at`] create it. The client and the audience are
/// required. `.await` asks the server about a token that does not exist, so that a wrong address or
/// secret is an error at start, and returns an [`Introspection`].
///
/// Without an audience the code does not compile, because a token for another service would be
/// accepted:
///
/// ```compile_fail,E0277
/// # use auth_runtime::ConfigError;
/// # use auth_runtime::credentials::{ClientSecret, Introspection};
/// # async fn tokens(secret: ClientSecret) -> Result<Introspection, ConfigError> {
/// Introspection::discover("https://id.example.com/").client("orders", secret).await
/// # }
/// ```
#[must_use = "the server is not asked yet: `.await` it"]
pub struct RemoteIntrospection<S, A> {
    /// The endpoint, if the issuer has no discovery document.
    url: Option<String>,
    issuer: String,
    client_id: String,
    secret: S,
    audience: A,
    options: Options,
}

/// The client is not set yet: `.client(id, secret)`.
#[derive(Debug)]
pub struct NoClient;

/// The audience is not set yet: `.audience("orders")`.
#[derive(Debug)]
pub struct NoTokenAudience;

/// A token that no server has issued.
const NO_TOKEN: &str = "auth-runtime-asks-whether-introspection-works";

impl RemoteIntrospection<NoClient, NoTokenAudience> {
    pub(super) fn new(url: Option<String>, issuer: String) -> Self {
        let (client_id, options) = (String::new(), Options::default());
        Self { url, issuer, client_id, secret: NoClient, audience: NoTokenAudience, options }
    }
}

impl<S, A> RemoteIntrospection<S, A> {
    /// Sets the client id and the secret with which the service asks. Required.
    ///
    /// They are sent as `client_secret_basic` (RFC 6749 section 2.3.1).
    pub fn client(self, id: impl Into<String>, secret: ClientSecret) -> RemoteIntrospection<ClientSecret, A> {
        let Self { url, issuer, audience, options, .. } = self;
        RemoteIntrospection { url, issuer, client_id: id.into(), secret, audience, options }
    }

    /// Sets the audience that the answer's `aud` must contain, byte by byte. Required.
    pub fn audience(self, audience: impl Into<String>) -> RemoteIntrospection<S, String> {
        let Self { url, issuer, client_id, secret, options, .. } = self;
        RemoteIntrospection { url, issuer, client_id, secret, audience: audience.into(), options }
    }

    /// Sends the client id and the secret in the form (`client_secret_post`).
    ///
    /// For servers that do not take them in `Authorization`.
    pub fn secret_in_the_form(mut self) -> Self {
        self.options.secret_in = SecretIn::Form;
        self
    }

    /// Accepts answers without `aud`, for servers that do not state it.
    ///
    /// Tokens that the server has issued for other services are then accepted here. An answer that
    /// has `aud` is still checked. The posture shows the reason.
    pub fn dangerous_missing_audience(mut self, reason: &'static str) -> Self {
        self.options.missing_audience = Some(reason);
        self
    }

    /// Identifies the caller by this member of the answer instead of `sub`.
    ///
    /// For servers that answer about a client's own token without `sub`: `client_id`. It applies to
    /// all tokens, because a client could otherwise have the name of a user.
    pub fn subject_claim(mut self, name: impl Into<String>) -> Self {
        self.options.subject_claim = name.into();
        self
    }

    /// Sets where in a request the tokens are. `Authorization: Bearer` by default.
    pub fn carriers(mut self, carriers: impl IntoIterator<Item = Carrier>) -> Self {
        self.options.carriers = carriers.into_iter().collect();
        self
    }

    /// Sets how long a good answer may be used again. 10 seconds by default, 5 minutes at most.
    ///
    /// A token that is revoked at the server is accepted for this time, but never after its `exp`.
    /// A revocation in the verifier's revocation store ends it at the next request. With zero, each
    /// request asks; requests with one token that wait at the same time share an answer.
    pub fn cached_for(mut self, cached_for: Duration) -> Self {
        self.options.cached_for = cached_for;
        self
    }

    /// Sets the time limit of one question. 2 seconds by default.
    ///
    /// Keep twice this time below the verifier's time limit, because a request may wait for its
    /// turn first.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// Trusts this certificate authority (PEM) in addition to those of the system.
    pub fn root_certificate(mut self, pem: &[u8]) -> Self {
        self.options.root_certificates.push(pem.to_vec());
        self
    }

    /// Introspects over `http://` at any host, for development.
    ///
    /// An attacker on the network can then read the tokens and the client secret, and be any
    /// caller. The posture shows the reason, and so does a notice at start
    /// ([`IntrospectionWithoutTls`](crate::events::NoticeKind::IntrospectionWithoutTls)).
    /// A release build also needs
    /// [`dangerous_plain_http_in_release`](Self::dangerous_plain_http_in_release).
    pub fn dangerous_plain_http(mut self, reason: &'static str) -> Self {
        self.options.plain_http.reason = Some(reason);
        self
    }

    /// Introspects over `http://` at any host in release builds too.
    ///
    /// Everything in [`dangerous_plain_http`](Self::dangerous_plain_http) holds in production then.
    pub fn dangerous_plain_http_in_release(mut self, reason: &'static str) -> Self {
        self.options.plain_http.in_release = Some(reason);
        self
    }
}

impl RemoteIntrospection<ClientSecret, String> {
    /// Starts without asking the server.
    ///
    /// While it is unreachable, every opaque token gets 503. A notice reports it:
    /// [`IntrospectionUnavailable`](crate::events::NoticeKind::IntrospectionUnavailable).
    ///
    /// # Errors
    ///
    /// When the URL or an option is invalid.
    pub fn start_degraded(self) -> Result<Introspection, ConfigError> {
        let (server, expected, options) = self.parts()?;
        Ok(Introspection::new(server, expected, options))
    }

    fn parts(self) -> Result<(Server, Expected, Options), ConfigError> {
        let Self { url, issuer, client_id, secret, audience, options } = self;
        options.check()?;
        let client = IntrospectionClient { id: client_id, secret, secret_in: options.secret_in };
        client.check()?;
        check_issuer_name(&issuer)?;
        if audience.trim().is_empty() {
            return Err(ConfigError::Empty("audience"));
        }
        check_visible(&audience).map_err(|why| ConfigError::Unreadable { name: "audience", why })?;
        let permit = options.plain_http.permit(!cfg!(debug_assertions))?;
        let location = match url {
            Some(url) => Location::fixed(&url, permit)?,
            None => Location::discovered(&issuer, permit)?,
        };
        let server = Server::new(location, client, options.timeout, &options.root_certificates)?;
        let (subject_claim, may_lack_audience) = (options.subject_claim.clone(), options.missing_audience.is_some());
        Ok((server, Expected { issuer, audience, subject_claim, may_lack_audience }, options))
    }
}

/// Without path, query and password, because they may be secrets.
impl<S, A> fmt::Debug for RemoteIntrospection<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RemoteIntrospection");
        shown.field("issuer", &host_of(&self.issuer));
        if let Some(url) = &self.url {
            shown.field("url", &host_of(url));
        }
        shown.finish_non_exhaustive()
    }
}

/// Asks the server about a token that does not exist.
///
/// # Errors
///
/// [`ConfigError`], when the URL or an option is invalid, when the server is unreachable or refuses
/// the client, and when it does not answer as RFC 7662 requires.
impl IntoFuture for RemoteIntrospection<ClientSecret, String> {
    type Output = Result<Introspection, ConfigError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let (server, expected, options) = self.parts()?;
            let answer = server.ask(NO_TOKEN, false).await;
            // P9: inactive, or refused for another reason. An answer that cannot be read is an
            // error.
            match answer.and_then(|body| expected.read(&body, SystemTime::now())) {
                Ok(_) => Ok(Introspection::new(server, expected, options)),
                Err(fault) => Err(ConfigError::IntrospectionUnreachable {
                    url: server.described(),
                    why: format!(
                        "{}: check the address, or, if the server may start later than this service, call \
                         `.start_degraded()`",
                        fault.why()
                    ),
                }),
            }
        })
    }
}
