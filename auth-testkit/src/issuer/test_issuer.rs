//! The issuer.

use super::{SigningKey, TestToken};
use auth_runtime::keys::Algorithm;
use auth_runtime::{ConfigError, Events, KeySet, Verifier};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// Issues tokens for tests.
///
/// It makes tokens, not proofs: the verifier checks them like any other token. Each issuer
/// generates its key, so no key of a test can stay in a configuration.
///
/// ```
/// use auth_runtime::{Claims, Events};
/// use auth_testkit::TestIssuer;
///
/// let issuer = TestIssuer::new();
/// let verifier = issuer.verifier::<Claims>(Events::stderr())?;
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// assert!(verifier.verify(&issuer.token().scope("orders:write").signed()).await.is_ok());
/// assert!(verifier.verify(&issuer.token().expired().signed()).await.is_err());
/// # });
/// # Ok::<(), auth_runtime::ConfigError>(())
/// ```
///
/// A clone is cheap and has the same key.
#[derive(Clone)]
pub struct TestIssuer {
    pub(super) key: Arc<SigningKey>,
    pub(super) name: String,
    pub(super) audience: String,
    omits_audience: bool,
    pub(super) subject: Subject,
    token_type: Option<String>,
    pub(super) claims: Map<String, Value>,
}

/// Names the `sub` of new tokens.
#[derive(Clone)]
pub(super) enum Subject {
    Named(Cow<'static, str>),
    /// A different subject in each token, for a route that revokes all tokens of its caller.
    NewInEach,
}

impl TestIssuer {
    pub(crate) const KID: &'static str = "key-of-the-test-issuer";

    /// Creates an issuer that signs with Ed25519.
    ///
    /// Its name is `https://issuer.test/`. It issues RFC 9068 access tokens for the audience
    /// `test`.
    #[must_use]
    pub fn new() -> Self {
        Self::signing_with(Algorithm::Ed25519)
    }

    /// Creates an issuer that signs with any algorithm.
    ///
    /// # Panics
    ///
    /// When no key can be generated, or this version does not know the algorithm.
    #[must_use]
    pub fn signing_with(algorithm: Algorithm) -> Self {
        Self {
            key: Arc::new(SigningKey::generate(algorithm)),
            name: "https://issuer.test/".to_owned(),
            audience: "test".to_owned(),
            omits_audience: false,
            subject: Subject::Named(Cow::Borrowed("alice")),
            token_type: Some("at+jwt".to_owned()),
            claims: Map::new(),
        }
    }

    /// Sets the `iss` that the service under test expects.
    #[must_use]
    pub fn named(self, issuer: impl Into<String>) -> Self {
        Self { name: issuer.into(), ..self }
    }

    /// Sets the `aud` that the service under test expects.
    #[must_use]
    pub fn for_audience(self, audience: impl Into<String>) -> Self {
        Self { audience: audience.into(), omits_audience: false, ..self }
    }

    /// Omits `aud`, for a service whose own tokens have none.
    ///
    /// `jsonwebtoken` rejects a token with an `aud` unless the service sets the expected one (RFC
    /// 7519 section 4.1.3), so such a service accepts only tokens without it. A
    /// [`verifier`](Self::verifier) requires `aud`, so it rejects the tokens of this issuer.
    ///
    /// ```
    /// let issuer = auth_testkit::TestIssuer::new().without_audience();
    /// assert!(!issuer.token().claims_json().contains("aud"));
    /// ```
    #[must_use]
    pub fn without_audience(self) -> Self {
        Self { omits_audience: true, ..self }
    }

    /// Sets the `typ` of the header; `None` omits it. The default is `at+jwt`.
    #[must_use]
    pub fn with_token_type(self, typ: Option<&str>) -> Self {
        Self { token_type: typ.map(str::to_owned), ..self }
    }

    /// Adds a claim to every token, for a claims type or a permission that reads it.
    #[must_use]
    pub fn with_claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Returns the `iss` of its tokens.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the `aud` of its tokens, unless they omit it.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Returns the algorithm of its key.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.key.algorithm
    }

    /// Returns the JWK set (RFC 7517). For HMAC it contains the shared secret.
    #[must_use]
    pub fn jwks_json(&self) -> String {
        let mut key = self.key.jwk.clone();
        key["kid"] = Self::KID.into();
        key["alg"] = self.algorithm().to_string().into();
        key["use"] = "sig".into();
        json!({"keys": [key]}).to_string()
    }

    /// Returns the key set for a verifier.
    ///
    /// # Panics
    ///
    /// Never, because the generated keys are strong enough.
    #[must_use]
    pub fn key_set(&self) -> KeySet {
        KeySet::from_jwks_json(&self.jwks_json()).expect("a generated key set")
    }

    /// Returns the public key as PEM (RFC 7468); `None` for HMAC, which has a shared secret.
    #[must_use]
    pub fn public_key_pem(&self) -> Option<String> {
        self.key.public()?.pem()
    }

    /// Builds a verifier that trusts this issuer and emits rejections to `events`.
    ///
    /// # Errors
    ///
    /// As [`VerifierBuilder::build`](auth_runtime::credentials::VerifierBuilder::build): when the
    /// issuer's name or its audience is blank.
    pub fn verifier<C>(&self, events: Events) -> Result<Verifier<C>, ConfigError>
    where
        C: DeserializeOwned + Send + Sync + 'static,
    {
        Verifier::builder().issuer(self.name()).audience(self.audience()).keys(self.key_set()).events(events).build()
    }

    /// Starts a token for the subject `alice`, valid for five minutes, with a new `jti`.
    pub fn token(&self) -> TestToken {
        TestToken::of(self)
    }

    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }

    pub(crate) fn token_type(&self) -> Option<&str> {
        self.token_type.as_deref()
    }

    pub(crate) fn omits_audience(&self) -> bool {
        self.omits_audience
    }

    pub(crate) fn has_claims(&self) -> bool {
        !self.claims.is_empty()
    }

    /// Whether the tokens of the two issuers have different claims beside the scope.
    pub(crate) fn differs_beside_the_scope(&self, other: &Self) -> bool {
        let is_scope = |name: &str| name == "scope" || name == "scp";
        let mut names = self.claims.keys().chain(other.claims.keys());
        names.any(|name| !is_scope(name) && self.claims.get(name) != other.claims.get(name))
    }

    /// The claims that the test adds.
    pub(crate) fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    pub(crate) fn has_claim(&self, name: &str) -> bool {
        self.claims.contains_key(name)
    }

    /// The same issuer, with another `sub` in its tokens.
    pub(crate) fn with_subject(&self, subject: String) -> Self {
        Self { subject: Subject::Named(Cow::Owned(subject)), ..self.clone() }
    }

    /// The same issuer, with a different `sub` in each token.
    pub(crate) fn with_new_subjects(&self) -> Self {
        Self { subject: Subject::NewInEach, ..self.clone() }
    }

    pub(crate) fn shares_key_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.key, &other.key)
    }

    /// Whether a verifier can tell the tokens of the two issuers apart, whatever other claims they
    /// have.
    pub(crate) fn differs_from(&self, other: &Self) -> bool {
        !Arc::ptr_eq(&self.key, &other.key)
            || self.name != other.name
            || (!self.omits_audience && !other.omits_audience && self.audience != other.audience)
    }

    /// The same issuer without the claims of [`with_claim`](Self::with_claim).
    pub(crate) fn without_claims(&self) -> Self {
        Self { claims: Map::new(), ..self.clone() }
    }
}

impl Default for TestIssuer {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for TestIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestIssuer")
            .field("name", &self.name)
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}
