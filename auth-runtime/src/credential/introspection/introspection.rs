//! Opaque tokens as a kind of credential: [`Introspection`].

use super::answer::{Expected, weight};
use super::answers::{Answers, Decided};
use super::fault::Fault;
use super::health::Health;
use super::options::Options;
use super::remote::{NoClient, NoTokenAudience, RemoteIntrospection};
use super::server::Server;
use crate::base::{ConfigError, format_duration};
use crate::credential::carrier::Carrier;
use crate::credential::lookup::{CredentialKind, CredentialSource, LookedUp, check_issuer_name};
use crate::credential::token::jws;
use crate::rejection::{Refusal, Rejection};
use auth_events::{Events, NoticeKind, Reason};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::Semaphore;

/// How many questions are sent at once. The others wait.
const MAX_AT_ONCE: usize = 64;

/// Accepts opaque tokens, which the authorization server introspects (RFC 7662).
///
/// [`Introspection::discover`] and [`Introspection::at`] start its configuration, a
/// [`RemoteIntrospection`].
///
/// ```no_run
/// use auth_runtime::credentials::{ClientSecret, Introspection};
/// use auth_runtime::{Claims, ConfigError, Events, Verifier};
///
/// async fn verifier() -> Result<Verifier<Claims>, ConfigError> {
///     let tokens = Introspection::discover("https://id.example.com/")
///         .client("orders", ClientSecret::from_env("ORDERS_CLIENT_SECRET")?)
///         .audience("orders")
///         .await?;
///     Verifier::accepting(tokens).events(Events::stderr()).build()
/// }
/// ```
///
/// A verifier of JWTs takes it with
/// [`also_accept`](crate::credentials::VerifierBuilder::also_accept). Then the form of a text
/// chooses the kind before any check: a text with two dots and a JSON header is a JWT, and is never
/// introspected. For a server that issues JWTs and is to introspect them, use
/// [`Verifier::accepting`](crate::Verifier::accepting) alone.
///
/// # What an attacker can cause
///
/// Each unknown token costs the server one question a second. At most 64 questions are sent at
/// once; a request that waits longer than [`timeout`](RemoteIntrospection::timeout) gets 503. An
/// answer that is refused is cached for a second, and the cache of all answers has 32 MiB.
///
/// # When the server is unreachable
///
/// Tokens whose answer is not cached get 503. While the server fails, one request at a time asks
/// again, after 250 milliseconds to 10 seconds. Notices report the outage and its end
/// ([`IntrospectionUnavailable`](crate::events::NoticeKind::IntrospectionUnavailable)).
///
/// Cheap to clone; clones share the answers.
#[derive(Clone)]
#[must_use = "it has no effect unless a verifier accepts it"]
pub struct Introspection(Arc<Introspector>);

struct Introspector {
    carriers: Vec<Carrier>,
    timeout: Duration,
    plain_http: Option<&'static str>,
    expected: Expected,
    server: Server,
    answers: Answers,
    health: Health,
    places: Arc<Semaphore>,
    described: String,
}

impl Introspection {
    /// Introspects the tokens of an issuer, whose discovery document names the endpoint.
    ///
    /// The document (RFC 8414, OpenID Connect Discovery) must name the issuer byte by byte.
    pub fn discover(issuer: impl Into<String>) -> RemoteIntrospection<NoClient, NoTokenAudience> {
        RemoteIntrospection::new(None, issuer.into())
    }

    /// Introspects the tokens of an issuer at an address, without a discovery document.
    pub fn at(url: impl Into<String>, issuer: impl Into<String>) -> RemoteIntrospection<NoClient, NoTokenAudience> {
        RemoteIntrospection::new(Some(url.into()), issuer.into())
    }

    /// `options` are checked.
    pub(super) fn new(server: Server, expected: Expected, options: Options) -> Self {
        let described =
            format!("introspected at {} for {}, {}", server.described(), expected.audience, options.described());
        let issuer: Arc<str> = expected.issuer.as_str().into();
        Self(Arc::new(Introspector {
            answers: Answers::new(options.cached_for),
            // A document, and two attempts to ask.
            health: Health::new(issuer, options.timeout * 4),
            places: Arc::new(Semaphore::new(MAX_AT_ONCE)),
            plain_http: options.plain_http.stated(),
            carriers: options.carriers,
            timeout: options.timeout,
            expected,
            server,
            described,
        }))
    }
}

impl Introspector {
    /// Asks the server about a token.
    ///
    /// P6: an error is 503.
    async fn ask(self: Arc<Self>, token: String, now: SystemTime) -> Result<(Decided, u64), Refusal> {
        self.health.check().map_err(|fault| fault.refusal())?;
        let place = tokio::time::timeout(self.timeout, Arc::clone(&self.places).acquire_owned());
        let Ok(Ok(place)) = place.await else {
            return Err(Fault::Server("too many tokens are introspected at once".to_owned()).refusal());
        };
        let attempt = self.health.begin().map_err(|fault| fault.refusal())?;
        // A task of its own, because a client that leaves must not hide an outage.
        let asked = tokio::spawn(async move {
            let answer = self.server.ask(&token, attempt.is_retry).await;
            self.health.settle(&attempt, answer.as_ref().err());
            drop(place);
            let decided = match answer {
                Ok(body) => self.expected.read(&body, now).map(|decided| (decided, weight(&body))),
                Err(fault) => Err(fault),
            };
            match decided {
                // P6: the token may be good, so it is 503. It is cached as a refusal is, so that
                // the server gets one question a second.
                Err(fault @ Fault::Token(_)) => Ok((Err(fault.refusal()), weight(&[]))),
                decided => decided.map_err(|fault| fault.refusal()),
            }
        });
        asked.await.unwrap_or_else(|_| Err(Rejection::Unavailable(Reason::VerifierPanicked).into()))
    }
}

impl From<Introspection> for CredentialKind {
    fn from(introspection: Introspection) -> Self {
        Self::new(introspection)
    }
}

impl CredentialSource for Introspection {
    fn kind(&self) -> &'static str {
        "opaque token"
    }

    fn issuer(&self) -> &str {
        &self.0.expected.issuer
    }

    fn audience(&self) -> Option<&str> {
        Some(&self.0.expected.audience)
    }

    fn carriers(&self) -> &[Carrier] {
        &self.0.carriers
    }

    fn has_form(&self, presented: &str) -> bool {
        !jws::has_form(presented)
    }

    /// Another kind, such as a session, may have any form too.
    fn has_distinct_form(&self) -> bool {
        false
    }

    fn is_opaque_token(&self) -> bool {
        true
    }

    /// Any text may be an opaque token, so only the name tells.
    fn is_in_query(&self, name: &str, _: &str) -> bool {
        self.0.carriers.iter().any(|carrier| carrier.is_parameter(name))
    }

    /// The answers are cached here, by the hash of the token.
    fn cached_for(&self) -> Duration {
        Duration::ZERO
    }

    fn posture(&self) -> String {
        self.0.described.clone()
    }

    fn accepts_any_audience(&self) -> bool {
        self.0.expected.may_lack_audience
    }

    fn check(&self) -> Result<(), ConfigError> {
        check_issuer_name(self.issuer())
    }

    fn report_to(&self, events: &Events) {
        let warning = self.0.plain_http.map(|reason| {
            let at = self.0.server.described();
            let detail = format!("{at}: an attacker on the network can read tokens and be any caller: {reason}");
            (NoticeKind::IntrospectionWithoutTls, detail)
        });
        self.0.health.report_to(events, warning);
    }

    fn look_up<'a>(&'a self, presented: &'a str, now: SystemTime) -> LookedUp<'a> {
        let ask = move || Arc::clone(&self.0).ask(presented.to_owned(), now);
        Box::pin(self.0.answers.get(presented, now, ask))
    }
}

/// Without the client secret.
impl fmt::Debug for Introspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timeout = format_duration(self.0.timeout);
        f.debug_struct("Introspection")
            .field("issuer", &self.0.expected.issuer)
            .field("introspected", &self.0.described)
            .field("timeout", &timeout)
            .finish_non_exhaustive()
    }
}
