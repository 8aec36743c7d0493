//! An issuer for tests: real keys, real tokens, and any malformation on request.

mod key;
mod token;

pub(crate) use key::{PublicKey, SigningKey, base64url};
pub use token::TestToken;
pub(crate) use token::seconds_since_1970;

use auth_runtime::{Algorithm, ConfigError, Events, KeySet, Verifier};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::fmt;
use std::sync::Arc;

/// Issues tokens to tests. It makes tokens, never proofs: what it issues is verified like any other token.
///
/// Its keys are made when it is, so no two runs have the same, and none of them can be left in a configuration.
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
/// Cheap to clone; clones have the same keys.
#[derive(Clone)]
pub struct TestIssuer {
    key: Arc<SigningKey>,
    name: String,
    audience: String,
    token_type: Option<String>,
    claims: Map<String, Value>,
}

impl TestIssuer {
    const KID: &'static str = "key-of-the-test-issuer";

    /// One that signs with Ed25519, is called `https://issuer.test/`, and issues RFC 9068 access tokens for the audience `test`.
    #[must_use]
    pub fn new() -> Self {
        Self::signing_with(Algorithm::Ed25519)
    }

    /// One that signs with another algorithm.
    ///
    /// # Panics
    ///
    /// When no key can be made, and for algorithms that this version doesn't know.
    #[must_use]
    pub fn signing_with(algorithm: Algorithm) -> Self {
        Self {
            key: Arc::new(SigningKey::generate(algorithm)),
            name: "https://issuer.test/".to_owned(),
            audience: "test".to_owned(),
            token_type: Some("at+jwt".to_owned()),
            claims: Map::new(),
        }
    }

    /// Another `iss`, as the service under test expects it.
    #[must_use]
    pub fn named(self, issuer: impl Into<String>) -> Self {
        Self { name: issuer.into(), ..self }
    }

    /// Another `aud`, as the service under test expects it.
    #[must_use]
    pub fn for_audience(self, audience: impl Into<String>) -> Self {
        Self { audience: audience.into(), ..self }
    }

    /// Another `typ` than `at+jwt`; `None` for none.
    #[must_use]
    pub fn with_token_type(self, typ: Option<&str>) -> Self {
        Self { token_type: typ.map(str::to_owned), ..self }
    }

    /// A claim that every token has: what the service's claims type or its permissions ask for.
    #[must_use]
    pub fn with_claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// `iss`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `aud`.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// The one algorithm that it signs with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.key.algorithm
    }

    /// The key set as it would publish it (RFC 7517). With a shared secret in it where the algorithm has one.
    #[must_use]
    pub fn jwks_json(&self) -> String {
        let mut key = self.key.jwk.clone();
        key["kid"] = Self::KID.into();
        key["alg"] = self.algorithm().to_string().into();
        key["use"] = "sig".into();
        json!({"keys": [key]}).to_string()
    }

    /// The key set, for a verifier.
    ///
    /// # Panics
    ///
    /// Never: its own keys are strong enough.
    #[must_use]
    pub fn key_set(&self) -> KeySet {
        KeySet::from_jwks_json(&self.jwks_json()).expect("a key set of ours")
    }

    /// The public key in PEM (RFC 7468), as `openssl` writes it; `None` where the algorithm has a shared secret instead.
    #[must_use]
    pub fn public_key_pem(&self) -> Option<String> {
        self.key.public()?.pem()
    }

    /// A verifier that trusts this issuer and tells these events of what it refuses, for services that take one.
    ///
    /// # Errors
    ///
    /// As [`VerifierBuilder::build`](auth_runtime::VerifierBuilder::build): when the issuer's name or its audience is blank.
    pub fn verifier<C>(&self, events: Events) -> Result<Verifier<C>, ConfigError>
    where
        C: DeserializeOwned + Send + Sync + 'static,
    {
        Verifier::builder().issuer(self.name()).audience(self.audience()).keys(self.key_set()).events(events).build()
    }

    /// Starts a token: good for five minutes, for the subject `alice`, with a `jti` of its own.
    pub fn token(&self) -> TestToken {
        TestToken::of(self)
    }

    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }

    pub(crate) fn token_type(&self) -> Option<&str> {
        self.token_type.as_deref()
    }

    /// The same issuer, who gives its tokens nothing beyond what every token has.
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
