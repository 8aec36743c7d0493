//! One token, valid or malformed.

use super::test_issuer::Subject;
use super::{SigningKey, TestIssuer, base64url};
use auth_runtime::keys::Algorithm;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Builds a token. What a test does not set is as in a good token.
///
/// ```
/// # use auth_testkit::TestIssuer;
/// let issuer = TestIssuer::new();
/// let good = issuer.token().subject("bob").scope("orders:read").signed();
/// let unsigned = issuer.token().header("alg", "none").unsigned();
/// let forged = issuer.token().signed_with_untrusted_key();
/// # assert_eq!([good, unsigned, forged].map(|token| token.split('.').count()), [3, 3, 3]);
/// ```
#[derive(Clone)]
#[must_use = "call `.signed()` to get the token"]
pub struct TestToken {
    key: Arc<SigningKey>,
    header: Map<String, Value>,
    claims: Map<String, Value>,
    header_text: Option<Vec<u8>>,
    claims_text: Option<Vec<u8>>,
}

impl TestToken {
    pub(super) fn of(issuer: &TestIssuer) -> Self {
        static ISSUED: AtomicU64 = AtomicU64::new(0);
        let now = seconds_since_1970();
        let mut header = Map::new();
        header.insert("alg".to_owned(), issuer.algorithm().to_string().into());
        header.insert("kid".to_owned(), TestIssuer::KID.into());
        if let Some(typ) = issuer.token_type() {
            header.insert("typ".to_owned(), typ.into());
        }
        let number = ISSUED.fetch_add(1, Ordering::Relaxed);
        let subject = match &issuer.subject {
            Subject::Named(name) => name.to_string(),
            Subject::NewInEach => format!("alice-{number}"),
        };
        let mut claims = Map::new();
        for (name, value) in [
            ("iss", json!(issuer.name)),
            ("aud", json!(issuer.audience)),
            ("sub", json!(subject)),
            ("exp", json!(now + 300)),
            ("iat", json!(now)),
            ("jti", json!(format!("{}-{now}-{number}", std::process::id()))),
            ("client_id", json!("auth-testkit")),
        ] {
            claims.insert(name.to_owned(), value);
        }
        if issuer.omits_audience() {
            claims.remove("aud");
        }
        claims.extend(issuer.claims.clone());
        Self { key: Arc::clone(&issuer.key), header, claims, header_text: None, claims_text: None }
    }

    /// Reads header and claims of any token. It is then signed with an untrusted key.
    pub(crate) fn decoded(token: &str) -> Option<Self> {
        let mut segments = token.split('.').map(|segment| URL_SAFE_NO_PAD.decode(segment).ok());
        let mut object = || serde_json::from_slice::<Map<String, Value>>(&segments.next()??).ok();
        let (header, claims) = (object()?, object()?);
        let named = header.get("alg")?.as_str()?;
        let algorithm = Algorithm::ALL.iter().copied().find(|algorithm| algorithm.names().contains(&named))?;
        let key = Arc::new(SigningKey::untrusted(algorithm));
        Some(Self { key, header, claims, header_text: None, claims_text: None })
    }

    /// Its `iss`.
    pub(crate) fn issuer(&self) -> Option<String> {
        self.claims.get("iss")?.as_str().map(str::to_owned)
    }

    /// Whether a verifier that accepts one of the two accepts the other one.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let same = |name: &str| self.claims.get(name) == other.claims.get(name);
        self.header.get("typ") == other.header.get("typ") && same("iss") && same("aud")
    }

    /// A claim that is a text.
    pub(crate) fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    /// The algorithm of its key.
    pub(crate) fn algorithm(&self) -> Algorithm {
        self.key.algorithm
    }

    /// Sets `sub`.
    pub fn subject(self, subject: &str) -> Self {
        self.claim("sub", subject)
    }

    /// Adds a scope (RFC 9068 section 2.2.3).
    pub fn scope(self, scope: &str) -> Self {
        let scopes = match self.claims.get("scope").and_then(Value::as_str) {
            Some(before) if !before.is_empty() => format!("{before} {scope}"),
            _ => scope.to_owned(),
        };
        self.claim("scope", scopes)
    }

    /// Sets a claim to a value of any type.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Removes a claim.
    pub fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// Sets an expiry one hour ago.
    pub fn expired(self) -> Self {
        self.expires_in(-3600)
    }

    /// Sets `exp` in seconds from now, negative for the past.
    ///
    /// `iat` is now, or five minutes before an earlier expiry.
    ///
    /// ```
    /// # fn main() -> Result<(), serde_json::Error> {
    /// let token = auth_testkit::TestIssuer::new().token().expires_in(60 * 60);
    /// let claims: serde_json::Value = serde_json::from_str(&token.claims_json())?;
    /// assert_eq!(claims["exp"].as_i64(), claims["iat"].as_i64().map(|issued| issued + 60 * 60));
    /// # Ok(())
    /// # }
    /// ```
    pub fn expires_in(self, seconds: i64) -> Self {
        let now = i64::try_from(seconds_since_1970()).unwrap_or(i64::MAX);
        let expires = now.saturating_add(seconds);
        self.claim("exp", expires).claim("iat", expires.saturating_sub(300).min(now))
    }

    /// Sets a member of the header to a value of any type.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Removes a member of the header.
    pub fn without_header(mut self, name: &str) -> Self {
        self.header.remove(name);
        self
    }

    /// Replaces the header's JSON by these bytes.
    pub fn header_text(self, text: impl Into<Vec<u8>>) -> Self {
        Self { header_text: Some(text.into()), ..self }
    }

    /// Replaces the claims' JSON by these bytes.
    pub fn claims_text(self, text: impl Into<Vec<u8>>) -> Self {
        Self { claims_text: Some(text.into()), ..self }
    }

    /// Returns the header's JSON, to change it by hand.
    #[must_use]
    pub fn header_json(&self) -> String {
        Value::Object(self.header.clone()).to_string()
    }

    /// Returns the claims' JSON, to change it by hand.
    #[must_use]
    pub fn claims_json(&self) -> String {
        Value::Object(self.claims.clone()).to_string()
    }

    /// Signs the token with the issuer's key, whatever the header says.
    #[must_use]
    pub fn signed(&self) -> String {
        self.signed_with(&self.key)
    }

    /// Signs the token with another key of the same algorithm, under the same `kid`.
    #[must_use]
    pub fn signed_with_untrusted_key(&self) -> String {
        self.signed_with(&SigningKey::untrusted(self.key.algorithm))
    }

    /// Signs the token with HS256, HS384 or HS512 and any bytes as the secret.
    #[must_use]
    pub fn signed_with_secret(self, algorithm: Algorithm, secret: &[u8]) -> String {
        self.header("alg", algorithm.to_string()).signed_with(&SigningKey::from_secret(algorithm, secret))
    }

    /// Returns header and claims, a dot, and no signature.
    #[must_use]
    pub fn unsigned(&self) -> String {
        format!("{}.", self.message())
    }

    pub(crate) fn signed_by(&self, issuer: &TestIssuer) -> String {
        self.signed_with(&issuer.key)
    }

    pub(crate) fn signed_with(&self, key: &SigningKey) -> String {
        let message = self.message();
        let signature = key.sign(&message);
        format!("{message}.{signature}")
    }

    /// The signing input: header and claims (RFC 7515 section 5.1).
    pub(crate) fn message(&self) -> String {
        let text = |text: &Option<Vec<u8>>, json: String| base64url(text.clone().unwrap_or_else(|| json.into_bytes()));
        format!("{}.{}", text(&self.header_text, self.header_json()), text(&self.claims_text, self.claims_json()))
    }
}

impl std::fmt::Debug for TestToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestToken").field("header", &self.header).field("claims", &self.claims).finish_non_exhaustive()
    }
}

pub(crate) fn seconds_since_1970() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
