//! What can be wrong with a configuration. Found when it is built, never by a request.

use std::path::PathBuf;

/// A key, key set or verifier that can't be trusted as configured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A key that is malformed, too weak, private, or of another algorithm.
    #[error("the key for {algorithm} is refused: {why}")]
    Key {
        /// The algorithm that it was configured for.
        algorithm: &'static str,
        /// What is wrong, and the remedy where there is one.
        why: &'static str,
    },
    /// A JWK that can't be used.
    #[error("the JWK is refused: {0}")]
    Jwk(&'static str),
    /// A member of a JWK that is missing or malformed.
    #[error("the JWK's member `{0}` is missing or malformed")]
    JwkMember(&'static str),
    /// A JWK set that can't be read.
    #[error("the JWK set is refused: {0}")]
    JwkSet(String),
    /// A key of a JWK set.
    #[error("key {} of the set: {error}", .index + 1)]
    KeyOfSet {
        /// Its place in the set, from 0.
        index: usize,
        /// What is wrong with it.
        error: Box<ConfigError>,
    },
    /// A key set without a key that could verify anything.
    #[error("the key set holds no key for signatures")]
    NoKeys,
    /// Two keys of one name.
    #[error("two keys of the set have the same `kid`")]
    DuplicateKeyId,
    /// Shared secrets and public keys in one set.
    #[error("the key set mixes shared secrets with public keys; give each kind a verifier of its own")]
    MixedKeys,
    /// An issuer or audience that says nothing.
    #[error("the {0} is blank; a verifier has to know whose tokens it takes, and for whom")]
    Empty(&'static str),
    /// A name or a label that an operator cannot read.
    #[error("the {name} is refused: {why}")]
    Unreadable {
        /// Which.
        name: &'static str,
        /// What is wrong with it, and what to write.
        why: &'static str,
    },
    /// An issuer that is trusted twice.
    #[error("the issuer `{0}` is trusted twice; give it one key set")]
    DuplicateIssuer(String),
    /// A URL that requests must not go to.
    #[error("the URL `{url}` is refused: {why}")]
    Url {
        /// Its host and port. The rest may be a secret.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Keys that could not be fetched at start.
    #[error("the keys of the issuer could not be fetched from {url}: {why}")]
    KeySetUnreachable {
        /// What was asked.
        url: String,
        /// What came back.
        why: String,
    },
    /// An issuer that publishes no usable key at start.
    #[error(
        "the key set at {url} holds no key for signatures{}: have the issuer publish one, or start without with \
         `.start_degraded()`",
        if .skipped.is_empty() { String::new() } else { format!(" ({})", .skipped) }
    )]
    KeySetEmpty {
        /// What was asked.
        url: String,
        /// Why which keys are not used.
        skipped: String,
    },
    /// Keys that were discovered for another issuer than the one they were given to.
    #[error(
        "the keys were discovered for `{discovered}` and given to the issuer `{issuer}`; write both alike, byte by byte"
    )]
    OtherIssuer {
        /// The verifier's.
        issuer: String,
        /// The key set's.
        discovered: String,
    },
    /// A store of revocations that can't be used.
    #[error("the revocations in {store} can't be used: {why}")]
    Revocations {
        /// Which.
        store: String,
        /// What is wrong, and the remedy where there is one.
        why: String,
    },
    /// A stream of events without a sink.
    #[error(
        "nobody would hear of a refusal; give the events a sink, for instance `.stderr()`, or say `Events::discard(\"why\")`"
    )]
    NoSink,
    /// A file that events can't be written to.
    #[error("the events can't be written to `{}`: {why}", path.display())]
    EventFile {
        /// Which.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// A spool, or a file in it, that another user could have planted events in.
    #[error("the spool is refused: `{}`: {why}", path.display())]
    Spool {
        /// The folder, or the file in it.
        path: PathBuf,
        /// What is wrong, and the remedy.
        why: &'static str,
    },
    /// A sink over the network that can't run.
    #[error("events can't be sent to {name}: {why}")]
    Sink {
        /// Which.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// A pager that would wake nobody.
    #[error("the pager has nobody to wake; give it a target, for instance `.webhook(\"https://..\")`")]
    NoPageTarget,
    /// Something that there can be one of, for the second time.
    #[error(
        "there is a `.{0}(..)` already, and there can be only one: leave one out, or give both targets to one pager"
    )]
    Duplicate(&'static str),
    /// A pager that can't run.
    #[error("the pager can't run: {0}")]
    Pager(String),
    /// A root certificate that can't be read.
    #[error("the root certificate is refused: {0}")]
    RootCertificate(String),
    /// A verifier that is built while a request is handled. Its proofs would open the vaults of the service.
    #[error(
        "a verifier was built while a request is handled: its proofs would open the vaults of the service: build it where \
         the program starts, and take it from the router's state"
    )]
    WithinRequest,
    /// A number out of its bounds.
    #[error("{name} is out of bounds: {why}")]
    OutOfBounds {
        /// The builder's method.
        name: &'static str,
        /// The bounds, and what they are for.
        why: &'static str,
    },
}

impl ConfigError {
    /// Refuses the key for this algorithm.
    #[doc(hidden)]
    pub fn key(algorithm: impl Into<&'static str>, why: &'static str) -> Self {
        Self::Key { algorithm: algorithm.into(), why }
    }
}
