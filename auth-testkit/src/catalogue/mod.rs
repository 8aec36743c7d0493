//! What is sent: each attack with its id, and what has to come of it.
//!
//! The ids are those of the project's list of attacks; `T` is for tokens, `H` for HTTP.

mod algorithms;
mod claims;
mod credentials;
mod form;
mod header;
mod signatures;

use crate::issuer::{PublicKey, TestIssuer};
use auth_runtime::{Algorithm, Reason};
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue, StatusCode};
use std::borrow::Cow;
use std::cell::LazyCell;
use std::fmt;
use std::sync::Arc;

/// One bad way to present credentials, tried on every route that asks for any.
///
/// One of your own goes beside the catalogue with [`Attacking::also`](crate::Attacking::also):
///
/// ```
/// use auth_testkit::{Attack, Credentials, Expected};
///
/// let partner = Attack::new("X01", "a token of the staging issuer", Expected::InvalidToken, |arsenal| {
///     Some(Credentials::bearer(&arsenal.token()?.claim("iss", "https://staging.example.com/").signed()))
/// });
/// # drop(partner);
/// ```
#[derive(Clone)]
#[must_use]
pub struct Attack {
    id: Cow<'static, str>,
    name: Cow<'static, str>,
    expected: Expected,
    reasons: &'static [Reason],
    twice: bool,
    make: Make,
}

type Make = Arc<dyn Fn(&Arsenal<'_>) -> Option<Credentials> + Send + Sync>;

impl Attack {
    /// An attack: what it is called, what has to be answered, and what is sent. `make` returns `None` where there is
    /// nothing to send with this issuer; the report says so.
    pub fn new(
        id: impl Into<Cow<'static, str>>,
        name: impl Into<Cow<'static, str>>,
        expected: Expected,
        make: impl Fn(&Arsenal<'_>) -> Option<Credentials> + Send + Sync + 'static,
    ) -> Self {
        Self { id: id.into(), name: name.into(), expected, reasons: &[], twice: false, make: Arc::new(make) }
    }

    /// One of these must be the reason in the event; any will do where none is given.
    pub fn because(self, reasons: &'static [Reason]) -> Self {
        Self { reasons, ..self }
    }

    /// The same request once more: whoever remembers what was verified must not remember what was not.
    pub fn twice(self) -> Self {
        Self { twice: true, ..self }
    }

    pub(crate) fn is_sent_twice(&self) -> bool {
        self.twice
    }

    /// The id: attacks with the same one are variants of each other.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What is sent, in words.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What has to be answered.
    #[must_use]
    pub fn expected(&self) -> Expected {
        self.expected
    }

    pub(crate) fn reasons(&self) -> &'static [Reason] {
        self.reasons
    }

    pub(crate) fn make(&self, arsenal: &Arsenal<'_>) -> Option<Credentials> {
        (self.make)(arsenal)
    }
}

impl fmt::Debug for Attack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id, self.name)
    }
}

/// What has to be answered to an attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Expected {
    /// 401 with `error="invalid_token"` (RFC 6750 section 3.1).
    InvalidToken,
    /// 401 with a challenge that names no error: there were no credentials (RFC 6750 section 3).
    NoCredentials,
    /// 400 with `error="invalid_request"` (RFC 6750 section 3.1).
    InvalidRequest,
    /// Any of the three above: the documents leave it open.
    Refused,
    /// 403 with `error="insufficient_scope"`: the caller is known, and may not do this.
    Denied,
    /// As a good token: it only looks strange.
    Admitted,
}

impl Expected {
    pub(crate) fn statuses(self) -> &'static [StatusCode] {
        match self {
            Self::InvalidToken | Self::NoCredentials => &[StatusCode::UNAUTHORIZED],
            Self::InvalidRequest => &[StatusCode::BAD_REQUEST],
            Self::Refused => &[StatusCode::UNAUTHORIZED, StatusCode::BAD_REQUEST],
            Self::Denied => &[StatusCode::FORBIDDEN],
            Self::Admitted => &[],
        }
    }

    /// What the challenge has to say; `None` where it may say several things.
    pub(crate) fn error(self) -> Option<&'static str> {
        match self {
            Self::InvalidToken => Some("invalid_token"),
            Self::InvalidRequest => Some("invalid_request"),
            Self::Denied => Some("insufficient_scope"),
            Self::NoCredentials | Self::Refused | Self::Admitted => None,
        }
    }
}

/// The headers and the query that an attack puts into a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Credentials {
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) query: Option<String>,
}

impl Credentials {
    /// None at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// A token where it belongs.
    ///
    /// # Panics
    ///
    /// When there are bytes in it that no header can have: line breaks, NUL.
    pub fn bearer(token: &str) -> Self {
        Self::authorization(format!("Bearer {token}"))
    }

    /// Any value of `Authorization`.
    ///
    /// # Panics
    ///
    /// When there are bytes in it that no header can have: line breaks, NUL.
    pub fn authorization(value: impl AsRef<[u8]>) -> Self {
        Self::none().header(AUTHORIZATION, value)
    }

    /// One header more.
    ///
    /// # Panics
    ///
    /// When there are bytes in the value that no header can have: line breaks, NUL.
    pub fn header(mut self, name: HeaderName, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name, HeaderValue::from_bytes(value.as_ref()).expect("bytes that a header can have")));
        self
    }

    /// A query.
    pub fn query(self, query: impl Into<String>) -> Self {
        Self { query: Some(query.into()), ..self }
    }

    /// What could be a token in it: nothing of that may be found in an event.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let headers = self.headers.iter().filter_map(|(_, value)| value.to_str().ok());
        headers
            .chain(self.query.as_deref())
            .flat_map(|text| text.split([' ', ',', '=', '.', '"', ':']))
            .filter(|part| part.len() >= 24)
    }
}

/// What attacks are made of.
pub struct Arsenal<'a> {
    pub(crate) issuer: Option<&'a TestIssuer>,
    /// Public keys that the issuer has published, where its private one is not at hand.
    pub(crate) published: &'a [PublicKey],
    pub(crate) scopes: &'a [String],
    /// Signed when it is asked for: most attacks don't need it, and some signatures take their time.
    pub(crate) good: LazyCell<String, Box<dyn FnOnce() -> String + Send + 'a>>,
}

impl Arsenal<'_> {
    /// A token that is good on this route, to spoil; `None` where the issuer's key is not at hand (over the wire).
    #[must_use]
    pub fn token(&self) -> Option<crate::TestToken> {
        Some(self.scopes.iter().fold(self.issuer?.token(), |token, scope| token.scope(scope)))
    }

    /// A token as a good one, for attacks that don't need the issuer's key: it is signed by nobody, or by somebody else.
    #[must_use]
    pub fn forgery(&self) -> Option<crate::TestToken> {
        self.token().or_else(|| crate::TestToken::decoded(self.good()))
    }

    /// The algorithm that good tokens are signed with.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.forgery().map(|token| token.algorithm())
    }

    /// The public key in a form that somebody could take for a shared secret.
    pub(crate) fn public_form(&self, name: &str) -> Option<Vec<u8>> {
        let of_the_issuer = self.issuer.and_then(|issuer| issuer.key().public());
        let mut forms = of_the_issuer.iter().chain(self.published).flat_map(PublicKey::forms);
        forms.find_map(|(form, bytes)| (form == name).then_some(bytes))
    }

    /// A good token, as text.
    #[must_use]
    pub fn good(&self) -> &str {
        &self.good
    }

    /// The issuer; `None` where its key is not at hand.
    #[must_use]
    pub fn issuer(&self) -> Option<&TestIssuer> {
        self.issuer
    }

    /// The three segments of the good token.
    pub(crate) fn segments(&self) -> Option<[&str; 3]> {
        self.good().split('.').collect::<Vec<_>>().try_into().ok()
    }
}

impl fmt::Debug for Arsenal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arsenal").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Every attack that there is, in the order of their ids.
#[must_use]
pub fn catalogue() -> Vec<Attack> {
    let mut attacks = [
        algorithms::attacks(),
        signatures::attacks(),
        header::attacks(),
        claims::attacks(),
        form::attacks(),
        credentials::attacks(),
    ]
    .concat();
    attacks.sort_by(|a, b| (a.id.starts_with('H'), &a.id).cmp(&(b.id.starts_with('H'), &b.id)));
    attacks
}

/// Parts of the list that need more than one request to one route, or more than a request at all, and who tries them.
pub const ELSEWHERE: &[(&str, &str)] = &[
    ("T10", "keys without `alg` are refused when they are configured"),
    ("T11", "weak keys are refused when they are configured"),
    ("T13", "that nothing is fetched needs a listener: the tests of auth-runtime have one"),
    ("T15", "floods of unknown keys concern key sets that are fetched: the tests of auth-runtime"),
    ("T28", "identities of several issuers: the tests of auth-runtime"),
    ("T50", "revocations need the service's own store: log out in a test, and use the token again"),
    ("T51", "a store or a key source that fails: the tests of auth-runtime"),
    ("T53", "needs the service's clock: the tests of auth-runtime"),
    ("H07", "answered below the router, by the HTTP server"),
    ("H19", "does not compile on an AuthRouter"),
    ("H21", "WebSockets: the handshake is attacked as any request; what comes after it is not"),
    ("H22", "streams past their token's end: `Authenticated::guard`"),
    ("H25", "framing is settled below the router, by the HTTP server"),
    ("H26", "HTTP/2 is spoken below the router, by the HTTP server"),
];
