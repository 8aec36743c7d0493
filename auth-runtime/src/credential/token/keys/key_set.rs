//! Where the keys of an issuer come from.

use super::VerifyingKey;
use super::held::KeyIndex;
use super::jwk::{Jwk, Purpose};
#[cfg(feature = "remote-keys")]
use super::remote::RemoteKeySet;
use crate::base::Algorithm;
use crate::base::ConfigError;
use crate::credential::token::json::{Document, Json};
use crate::rejection::Refusal;
use auth_events::Events;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// The keys of one issuer.
///
/// ```
/// use auth_runtime::KeySet;
///
/// let keys = KeySet::from_jwks_json(
///     r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
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
    /// A set of keys.
    ///
    /// # Errors
    ///
    /// When there is none, when two have the same `kid`, or when shared secrets and public keys are mixed: who holds a
    /// secret can sign, who holds a public key can't, and one set should not be both.
    pub fn new(keys: impl IntoIterator<Item = VerifyingKey>) -> Result<Self, ConfigError> {
        KeyIndex::new(keys).map(Self::fixed)
    }

    /// A JWK set (RFC 7517 section 5). Keys for encryption and of kinds that we don't know are passed over, as the RFC
    /// asks.
    ///
    /// # Errors
    ///
    /// When it is malformed, when a key for signatures is malformed or too weak, when no key is left, and as
    /// [`new`](Self::new) and [`VerifyingKey::from_jwk`].
    pub fn from_jwks_json(json: &str) -> Result<Self, ConfigError> {
        Self::from_jwks(json, None)
    }

    /// A JWK set whose keys don't all name their `alg`, as some issuers publish it: RSA keys (and shared secrets) that
    /// don't are for this one. The others have their own, and no key has more than one.
    ///
    /// # Errors
    ///
    /// As [`from_jwks_json`](Self::from_jwks_json).
    pub fn from_jwks_json_with_algorithm(json: &str, algorithm: Algorithm) -> Result<Self, ConfigError> {
        Self::from_jwks(json, Some(algorithm))
    }

    /// The keys that an issuer publishes at a URL, fetched over https and kept fresh. See [`RemoteKeySet`].
    #[cfg(feature = "remote-keys")]
    pub fn remote(url: impl Into<String>) -> RemoteKeySet {
        RemoteKeySet::at(url.into())
    }

    /// The keys that an issuer names in its own document (OpenID Connect Discovery, RFC 8414), fetched over https and
    /// kept fresh. See [`RemoteKeySet`].
    ///
    /// `issuer` is written as in the verifier: the document has to name it byte by byte.
    #[cfg(feature = "remote-keys")]
    pub fn discover(issuer: impl Into<String>) -> RemoteKeySet {
        RemoteKeySet::of(issuer.into())
    }

    #[cfg(feature = "remote-keys")]
    pub(super) fn remote_source(remote: super::remote::Remote) -> Self {
        Self { source: Source::Remote(Arc::new(remote)) }
    }

    fn from_jwks(json: &str, algorithm: Option<Algorithm>) -> Result<Self, ConfigError> {
        // serde_json's own words: they name what was found and where.
        let document = Document::parse(json).map_err(|error| ConfigError::JwkSet(error.to_string()))?;
        let mut keys = Vec::new();
        for (index, member) in Self::members(&document)?.enumerate() {
            let key = Self::member(member, algorithm);
            keys.extend(key.map_err(|error| ConfigError::KeyOfSet { index, error: Box::new(error) })?);
        }
        Self::new(keys)
    }

    /// The members of a JWK set, unread.
    pub(super) fn members(document: &Document) -> Result<impl Iterator<Item = Json<'_>>, ConfigError> {
        match document.root().get("keys") {
            Some(Json::Array(members)) => Ok(members.elements()),
            _ => Err(ConfigError::JwkSet("there is no array `keys` in it".to_owned())),
        }
    }

    /// `None` for a key that is not for signatures.
    pub(super) fn member(member: Json<'_>, algorithm: Option<Algorithm>) -> Result<Option<VerifyingKey>, ConfigError> {
        let Json::Object(member) = member else {
            return Err(ConfigError::Jwk("a JWK is an object"));
        };
        let jwk = Jwk::new(member);
        match jwk.purpose()? {
            Purpose::Signatures => {
                // Only where the key leaves a choice: a set may hold keys of several algorithms.
                let configured = if jwk.own_algorithm()?.is_none() { algorithm } else { None };
                jwk.key(configured).map(Some)
            }
            Purpose::Other(_) => Ok(None),
        }
    }

    fn fixed(keys: KeyIndex) -> Self {
        Self { source: Source::Fixed(Arc::new(keys)) }
    }

    /// Looks among the keys as they are now.
    ///
    /// P6: keys that are too old are no keys: 503.
    #[cfg_attr(
        not(feature = "remote-keys"),
        expect(unused_variables, clippy::unnecessary_wraps, reason = "fixed keys don't age")
    )]
    pub(crate) fn current<T>(&self, now: SystemTime, look: impl FnOnce(&KeyIndex) -> T) -> Result<T, Refusal> {
        match &self.source {
            Source::Fixed(keys) => Ok(look(keys)),
            #[cfg(feature = "remote-keys")]
            Source::Remote(remote) => remote.current(now, look),
        }
    }

    /// The one key that a token may be verified with.
    #[cfg_attr(
        not(feature = "remote-keys"),
        expect(unused_variables, clippy::unused_async, reason = "fixed keys are not asked for, and don't age")
    )]
    pub(crate) async fn find(
        &self,
        kid: Option<&str>,
        algorithm: &str,
        now: SystemTime,
    ) -> Result<VerifyingKey, Refusal> {
        match &self.source {
            Source::Fixed(keys) => keys.find(kid, algorithm).cloned(),
            #[cfg(feature = "remote-keys")]
            Source::Remote(remote) => remote.find(kid, algorithm, now).await,
        }
    }

    /// Tells these events of what happens to the keys.
    #[cfg_attr(not(feature = "remote-keys"), expect(unused_variables, reason = "nothing happens to fixed keys"))]
    pub(crate) fn report_to(&self, events: &Events, issuer: &Arc<str>) {
        match &self.source {
            Source::Fixed(_) => {}
            #[cfg(feature = "remote-keys")]
            Source::Remote(remote) => remote.report_to(events, issuer),
        }
    }

    /// The issuer that the keys were discovered for.
    pub(crate) fn issuer(&self) -> Option<&str> {
        match &self.source {
            Source::Fixed(_) => None,
            #[cfg(feature = "remote-keys")]
            Source::Remote(remote) => remote.issuer(),
        }
    }
}

/// Where the keys come from, for the posture.
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
