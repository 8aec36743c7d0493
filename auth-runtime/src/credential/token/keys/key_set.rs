//! The keys of an issuer, fixed or fetched.

use super::jwk::without_mark;
use super::jwk_set::{self, Content};
use super::key_index::KeyIndex;
#[cfg(feature = "remote-keys")]
use super::remote::RemoteKeySet;
use super::{Fingerprint, VerifyingKey};
use crate::base::Algorithm;
use crate::base::ConfigError;
use crate::credential::token::json::Document;
use crate::rejection::Refusal;
use auth_events::Events;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// Holds the keys of one issuer.
///
/// ```
/// use auth_runtime::KeySet;
///
/// let keys = KeySet::from_jwks_json(
///     r#"{"keys":[{
///         "kty":"OKP", "crv":"Ed25519", "kid":"a",
///         "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
///     }]}"#,
/// )?;
/// assert!(KeySet::from_jwks_json(r#"{"keys":[]}"#).is_err());
/// # drop(keys);
/// # Ok::<(), auth_runtime::ConfigError>(())
/// ```
///
/// Cheap to clone; clones share the keys.
#[derive(Debug, Clone)]
pub struct KeySet {
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    Fixed(Arc<KeyIndex>),
    #[cfg(feature = "remote-keys")]
    Remote(Arc<super::remote::Remote>),
}

impl KeySet {
    /// Creates a set of keys.
    ///
    /// # Errors
    ///
    /// When there is no key, when two keys of one algorithm have the same `kid`, or when shared
    /// secrets and public keys are mixed. The holder of a secret can sign tokens, the holder of a
    /// public key cannot, so one set must not contain both.
    pub fn new(keys: impl IntoIterator<Item = VerifyingKey>) -> Result<Self, ConfigError> {
        KeyIndex::new(keys).map(Self::fixed)
    }

    /// Reads a JWK set (RFC 7517 section 5).
    ///
    /// Keys for encryption and of unsupported kinds are ignored, as the RFC requires.
    ///
    /// # Errors
    ///
    /// When the set or a key for signatures is malformed, when a key is too weak, when no key is
    /// left (the error names each key and its fault), and as for [`new`](Self::new) and
    /// [`VerifyingKey::from_jwk`].
    pub fn from_jwks_json(json: &str) -> Result<Self, ConfigError> {
        Self::from_jwks(json, None)
    }

    /// Reads a JWK set, with an algorithm for RSA keys and shared secrets without `alg`.
    ///
    /// Some issuers publish such keys. All other keys keep their own algorithm, and each key has
    /// exactly one.
    ///
    /// # Errors
    ///
    /// As for [`from_jwks_json`](Self::from_jwks_json).
    pub fn from_jwks_json_with_algorithm(json: &str, algorithm: Algorithm) -> Result<Self, ConfigError> {
        Self::from_jwks(json, Some(algorithm))
    }

    /// Fetches the keys of an issuer from a URL over https, and refreshes them. See
    /// [`RemoteKeySet`].
    #[cfg(feature = "remote-keys")]
    pub fn remote(url: impl Into<String>) -> RemoteKeySet {
        RemoteKeySet::at(url.into())
    }

    /// Discovers and fetches the keys of an issuer over https, and refreshes them.
    ///
    /// See [`RemoteKeySet`]. The discovery document (OpenID Connect Discovery, RFC 8414) must name
    /// the issuer byte by byte, so write `issuer` as in the verifier.
    #[cfg(feature = "remote-keys")]
    pub fn discover(issuer: impl Into<String>) -> RemoteKeySet {
        RemoteKeySet::of(issuer.into())
    }

    /// Discovers the keys of an issuer whose document is at another address than its name.
    ///
    /// `url` is the address of the document, or what precedes
    /// `/.well-known/openid-configuration`. The document must name `issuer`, byte by byte. Azure
    /// AD B2C needs it, and an issuer inside a cluster that is known by its public name.
    ///
    /// ```no_run
    /// # use auth_runtime::{ConfigError, KeySet};
    /// # async fn keys() -> Result<KeySet, ConfigError> {
    /// let address = "https://keycloak.internal/realms/shop";
    /// KeySet::discover_at(address, "https://id.example.com/realms/shop").await
    /// # }
    /// ```
    #[cfg(feature = "remote-keys")]
    pub fn discover_at(url: impl Into<String>, issuer: impl Into<String>) -> RemoteKeySet {
        RemoteKeySet::of_issuer_at(url.into(), issuer.into())
    }

    #[cfg(feature = "remote-keys")]
    pub(super) fn remote_source(remote: super::remote::Remote) -> Self {
        Self { source: Source::Remote(Arc::new(remote)) }
    }

    fn from_jwks(json: &str, algorithm: Option<Algorithm>) -> Result<Self, ConfigError> {
        // The text of serde_json, because it names the error and its position.
        let document = Document::parse(without_mark(json)).map_err(|error| ConfigError::JwkSet(error.to_string()))?;
        let (mut keys, mut ignored) = (Vec::new(), Vec::new());
        for member in jwk_set::members(&document, algorithm)? {
            match member.content {
                Content::Key { key, .. } => keys.push(key),
                Content::Ignored(why) => ignored.push(member.error(ConfigError::Jwk(why)).to_string()),
                Content::Refused(ref error) => return Err(member.error(error.clone())),
            }
        }
        if keys.is_empty() && !ignored.is_empty() {
            return Err(ConfigError::NoUsableKey(ignored.join("; ")));
        }
        Self::new(keys)
    }

    fn fixed(keys: KeyIndex) -> Self {
        Self { source: Source::Fixed(Arc::new(keys)) }
    }

    /// Reads the current keys.
    ///
    /// P6: keys that are too old are not used: 503.
    #[cfg_attr(
        not(feature = "remote-keys"),
        expect(unused_variables, clippy::unnecessary_wraps, reason = "fixed keys do not expire")
    )]
    pub(crate) fn current<T>(&self, now: SystemTime, look: impl FnOnce(&KeyIndex) -> T) -> Result<T, Refusal> {
        match &self.source {
            Source::Fixed(keys) => Ok(look(keys)),
            #[cfg(feature = "remote-keys")]
            Source::Remote(remote) => remote.current(now, look),
        }
    }

    /// Checks the signature of a token with the only key that may verify it.
    ///
    /// If `check` fails, it may be called a second time: with the key that has replaced the first.
    #[cfg_attr(
        not(feature = "remote-keys"),
        expect(unused_variables, clippy::unused_async, reason = "fixed keys are not fetched and do not expire")
    )]
    pub(crate) async fn check<T>(
        &self,
        kid: Option<&str>,
        algorithm: &str,
        now: SystemTime,
        check: impl Fn(&VerifyingKey) -> Result<T, Refusal>,
    ) -> Result<(VerifyingKey, T), Refusal> {
        match &self.source {
            Source::Fixed(keys) => {
                let key = keys.find(kid, algorithm)?;
                check(key).map(|checked| (key.clone(), checked))
            }
            #[cfg(feature = "remote-keys")]
            // Boxed, because it may fetch, and fixed keys would reserve the memory for that.
            Source::Remote(remote) => Box::pin(remote.check(kid, algorithm, now, check)).await,
        }
    }

    /// Whether a key that verified a token is still found, by the same `kid` and `alg`.
    ///
    /// P6: only fixed keys need no search, because they do not change.
    #[cfg_attr(not(feature = "remote-keys"), expect(unused_variables, reason = "fixed keys do not change"))]
    pub(crate) fn still_has(&self, key: Fingerprint, kid: Option<&str>, algorithm: &str, now: SystemTime) -> bool {
        match &self.source {
            Source::Fixed(_) => true,
            #[cfg(feature = "remote-keys")]
            Source::Remote(remote) => {
                let found = remote.current(now, |keys| keys.find(kid, algorithm).map(VerifyingKey::fingerprint));
                matches!(found, Ok(Ok(found)) if found == key)
            }
        }
    }

    /// Reports changes and failures of the keys to these events.
    #[cfg_attr(not(feature = "remote-keys"), expect(unused_variables, reason = "fixed keys do not change"))]
    pub(crate) fn report_to(&self, events: &Events, issuer: &Arc<str>) {
        match &self.source {
            Source::Fixed(_) => {}
            #[cfg(feature = "remote-keys")]
            Source::Remote(remote) => remote.report_to(events, issuer),
        }
    }

    /// The issuer for which the keys were discovered.
    pub(crate) fn issuer(&self) -> Option<&str> {
        match &self.source {
            Source::Fixed(_) => None,
            #[cfg(feature = "remote-keys")]
            Source::Remote(remote) => remote.issuer(),
        }
    }
}

/// The source of the keys, for the posture.
impl fmt::Display for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Fixed(keys) if keys.len() == 1 => f.write_str("one fixed key"),
            Source::Fixed(keys) => write!(f, "{} fixed keys", keys.len()),
            #[cfg(feature = "remote-keys")]
            Source::Remote(remote) => write!(f, "{remote}"),
        }
    }
}

impl From<VerifyingKey> for KeySet {
    fn from(key: VerifyingKey) -> Self {
        Self::fixed(KeyIndex::one(key))
    }
}
