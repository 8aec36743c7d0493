//! The signature algorithms.

use std::fmt;

/// A signature algorithm (RFC 7518 section 3.1, RFC 8037, RFC 9864). `none` is not supported.
///
/// ```
/// use auth_runtime::keys::Algorithm;
///
/// assert_eq!(Algorithm::Ed25519.names(), ["Ed25519", "EdDSA"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names are the registered ones")]
pub enum Algorithm {
    HS256,
    HS384,
    HS512,
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    Ed25519,
}

impl Algorithm {
    /// Returns the accepted values of `alg`.
    ///
    /// Ed25519 has two names: RFC 9864 deprecates `EdDSA`, but most issuers still use it.
    #[must_use]
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::HS256 => &["HS256"],
            Self::HS384 => &["HS384"],
            Self::HS512 => &["HS512"],
            Self::RS256 => &["RS256"],
            Self::RS384 => &["RS384"],
            Self::RS512 => &["RS512"],
            Self::PS256 => &["PS256"],
            Self::PS384 => &["PS384"],
            Self::PS512 => &["PS512"],
            Self::ES256 => &["ES256"],
            Self::ES384 => &["ES384"],
            Self::Ed25519 => &["Ed25519", "EdDSA"],
        }
    }

    /// All supported algorithms.
    pub const ALL: &'static [Self] = &[
        Self::HS256,
        Self::HS384,
        Self::HS512,
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::PS256,
        Self::PS384,
        Self::PS512,
        Self::ES256,
        Self::ES384,
        Self::Ed25519,
    ];

    /// Finds an algorithm by its exact name: `hs256` is not an algorithm.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|algorithm| algorithm.names().contains(&name))
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.names()[0])
    }
}

/// As registered, for messages.
impl From<Algorithm> for &'static str {
    fn from(algorithm: Algorithm) -> Self {
        algorithm.names()[0]
    }
}
