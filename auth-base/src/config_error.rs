//! Errors of a configuration, which are found when it is built.

use crate::excerpt;
use std::path::PathBuf;

/// Why a configuration is refused.
///
/// The builders return it, and a service stops at it. The text has the value and the remedy:
///
/// ```
/// use auth_runtime::{ConfigError, KeySet};
///
/// let error = KeySet::from_jwks_json(r#"{"keys":[]}"#).unwrap_err();
/// assert_eq!(error, ConfigError::NoKeys);
/// assert_eq!(error.to_string(), "the key set has no key for signatures");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A key is malformed, too weak, private, or of another algorithm.
    #[error("the key for {algorithm} is refused: {why}")]
    Key {
        /// The configured algorithm.
        algorithm: &'static str,
        /// What is wrong, and the remedy where there is one.
        why: &'static str,
    },
    /// A key from the environment or from a file cannot be used.
    #[error("the key is refused: {origin}: {why}")]
    KeyOrigin {
        /// The variable or the file. Never the key.
        origin: String,
        /// What is wrong, and what to do.
        why: String,
    },
    /// A JWK cannot be used.
    #[error("the JWK is refused: {0}")]
    Jwk(&'static str),
    /// A member of a JWK is missing or malformed.
    #[error("the JWK's member `{0}` is missing or malformed")]
    JwkMember(&'static str),
    /// A JWK set cannot be read.
    #[error("the JWK set is refused: {0}")]
    JwkSet(String),
    /// A JWK does not state its algorithm.
    #[error(
        "the {kty} key has no `alg`, and the token must not choose it: call `.algorithm(Algorithm::{example})` on a \
         published set, or use `from_jwk_with_algorithm` or `from_jwks_json_with_algorithm`"
    )]
    JwkWithoutAlgorithm {
        /// The type of the key.
        kty: &'static str,
        /// An algorithm for keys of this type.
        example: &'static str,
    },
    /// A key of a JWK set is refused.
    #[error("key {} of the set{}: {error}", .index + 1, named(.kid.as_deref()))]
    KeyOfSet {
        /// The index in the set, from 0.
        index: usize,
        /// Its `kid`, if it has one.
        kid: Option<String>,
        /// What is wrong with it.
        error: Box<ConfigError>,
    },
    /// A key set has no key for signatures.
    #[error("the key set has no key for signatures")]
    NoKeys,
    /// A JWK set has keys, but none for signatures.
    #[error("the key set has no key for signatures: {0}")]
    NoUsableKey(String),
    /// Two keys have the same `kid`.
    #[error("two keys of the set have the same `kid`")]
    DuplicateKeyId,
    /// A set contains both shared secrets and public keys.
    #[error("the key set mixes shared secrets with public keys: use one verifier for each kind")]
    MixedKeys,
    /// A required text, such as the issuer or the audience, is empty.
    #[error("the {0} is empty: set it")]
    Empty(&'static str),
    /// A name or a label is not readable.
    #[error("the {name} is refused: {why}")]
    Unreadable {
        /// The name or label.
        name: &'static str,
        /// What is wrong, and what to write.
        why: &'static str,
    },
    /// The prefix of API keys cannot be recognised.
    #[error("the prefix of API keys is refused: `{prefix}`: {why}")]
    ApiKeyPrefix {
        /// The prefix.
        prefix: String,
        /// What to write.
        why: &'static str,
    },
    /// An issuer is configured twice.
    #[error("the issuer `{0}` is configured twice: use one key set or one kind of credential for it")]
    DuplicateIssuer(String),
    /// Two kinds of credentials share a carrier, and nothing tells them apart.
    #[error("{kinds} share the carrier `{carrier}`: give each a carrier of its own")]
    SharedCarrier {
        /// The carrier.
        carrier: String,
        /// The two kinds.
        kinds: String,
    },
    /// Requests must not be sent to a URL.
    #[error("the URL `{url}` is refused: {why}")]
    Url {
        /// The host and port. The rest may be a secret.
        url: String,
        /// What is wrong, and what to do.
        why: &'static str,
    },
    /// Keys could not be fetched at start.
    #[error("the keys of the issuer could not be fetched from {url}: {why}")]
    KeySetUnreachable {
        /// The URL.
        url: String,
        /// What failed.
        why: String,
    },
    /// An issuer publishes no usable key at start.
    #[error(
        "the key set at {url} has no key for signatures{}: make the issuer publish one, or start without keys with \
         `.start_degraded()`",
        if .skipped.is_empty() { String::new() } else { format!(" ({})", .skipped) }
    )]
    KeySetEmpty {
        /// The URL.
        url: String,
        /// For each key of the set, why it is not used.
        skipped: String,
    },
    /// Keys were discovered for another issuer than the verifier's.
    #[error(
        "the keys were discovered for `{discovered}`, but the issuer is `{issuer}`: look at `iss` in a token. If it is \
         `{discovered}`, write that in both places, byte by byte. If it is `{issuer}`, use `KeySet::remote(..)` with \
         the `jwks_uri` of the document of `{discovered}`"
    )]
    OtherIssuer {
        /// The issuer of the verifier.
        issuer: String,
        /// The issuer of the key set.
        discovered: String,
    },
    /// A client secret cannot be read.
    #[error("the client secret cannot be read from {source_name}: {why}")]
    ClientSecret {
        /// The environment variable, the file or the text.
        source_name: String,
        /// What is wrong, and what to do.
        why: String,
    },
    /// Opaque tokens cannot be introspected.
    #[error("opaque tokens cannot be introspected at {url}: {why}")]
    IntrospectionUnreachable {
        /// The URL.
        url: String,
        /// What failed, and what to do.
        why: String,
    },
    /// A revocation store cannot be used.
    #[error("the revocation store cannot be used: {store}: {why}")]
    Revocations {
        /// The store.
        store: String,
        /// What is wrong, and the remedy where there is one.
        why: String,
    },
    /// A replay store cannot be used.
    #[error("the replay store cannot be used: {store}: {why}")]
    Replays {
        /// The store.
        store: String,
        /// What is wrong, and the remedy where there is one.
        why: String,
    },
    /// A secret for signed requests cannot be read, or is too weak.
    #[error("the signing secret is refused: {origin}: {why}")]
    SigningSecret {
        /// Where the secret was read from. Never the secret.
        origin: String,
        /// What is wrong, and what to do.
        why: String,
    },
    /// A token of the one-time set-up cannot be read, or is too weak.
    #[error("the token of the set-up is refused: {origin}: {why}")]
    SetupToken {
        /// Where the token was read from. Never the token.
        origin: String,
        /// What is wrong, and what to do.
        why: String,
    },
    /// A stream of events has no sink.
    #[error("the events have no sink: add one, for instance `.stderr()`, or use `Events::discard(\"why\")`")]
    NoSink,
    /// Events cannot be written to a file.
    #[error("events cannot be written to `{}`: {why}", path.display())]
    EventFile {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        why: String,
    },
    /// Another user could have written events into a spool, or into a file in it.
    #[error("the spool is refused: `{}`: {why}", path.display())]
    Spool {
        /// The folder, or the file in it.
        path: PathBuf,
        /// What is wrong, and the remedy.
        why: &'static str,
    },
    /// A network sink cannot run.
    #[error("events cannot be sent to {name}: {why}")]
    Sink {
        /// The sink.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// A pager has no target.
    #[error("the pager has no target: add one, for instance `.webhook(\"https://..\")`")]
    NoPageTarget,
    /// A part that may be set only once is set twice.
    #[error("`.{0}(..)` is set twice: remove one, or give both targets to one pager")]
    Duplicate(&'static str),
    /// A pager cannot run.
    #[error("the pager cannot run: {0}")]
    Pager(String),
    /// A root certificate cannot be read.
    #[error("the root certificate is refused: {0}")]
    RootCertificate(String),
    /// A verifier was built while a request is handled. Its proofs would open the vaults of the
    /// service.
    #[error(
        "a verifier was built while a request is handled, and its proofs would open the vaults of the service: build \
         it when the program starts, and read it from the router's state"
    )]
    WithinRequest,
    /// The caller of a verifier may be missing: `Verifier<Option<User>>`. A proof of it would exist
    /// without a caller.
    #[error(
        "the caller of a verifier is optional: `{0}`: use the type inside of it, and return `NoPrincipal::NotFound` when \
         there is none"
    )]
    OptionalCaller(&'static str),
    /// A credential cannot be accepted in a carrier.
    #[error("the carrier `{carrier}` is refused: {why}")]
    Carrier {
        /// The carrier, as the posture names it.
        carrier: String,
        /// What is wrong, and what to do.
        why: &'static str,
    },
    /// The identifier of a protected resource cannot be used.
    #[error("the protected resource is refused: `{resource}`: {why}")]
    Resource {
        /// The identifier.
        resource: String,
        /// What is wrong, and what to do.
        why: &'static str,
    },
    /// A value is out of bounds.
    #[error("`{name}` is out of bounds: {why}")]
    OutOfBounds {
        /// The method of the builder.
        name: &'static str,
        /// The bounds, and their reason.
        why: &'static str,
    },
}

/// Names a key in a message. The text is bounded and escaped, because an issuer may publish any.
fn named(kid: Option<&str>) -> String {
    kid.map(|kid| format!(" (`{}`)", excerpt(kid))).unwrap_or_default()
}

impl ConfigError {
    /// Refuses the key for this algorithm.
    #[doc(hidden)]
    pub fn key(algorithm: impl Into<&'static str>, why: &'static str) -> Self {
        Self::Key { algorithm: algorithm.into(), why }
    }
}
