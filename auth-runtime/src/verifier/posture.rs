//! What a verifier lets in, for the posture: read from the verifier itself.

use super::Verifier;
use super::cache::TokenCache;
use crate::base::format_duration;
use crate::credential::token::claims_name;
use crate::revocation::RevocationChecker;
use serde::{Serialize, Serializer};
use std::fmt;
use std::time::Duration;

/// A verifier as it was configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct VerifierPosture {
    /// The type of the claims.
    pub claims: &'static str,
    /// The issuers that it trusts.
    pub issuers: Vec<IssuerPosture>,
    /// How far clocks may be apart, in seconds.
    #[serde(serialize_with = "seconds")]
    pub leeway: Duration,
    /// How long a token may live, in seconds.
    #[serde(serialize_with = "seconds")]
    pub max_lifetime: Duration,
    /// How much memory tokens may take that are remembered as verified, in bytes; `None` when each is verified anew.
    pub cache_bytes: Option<u64>,
    /// Who knows which tokens were taken back; `None` when a token holds until it expires.
    pub revocations: Option<String>,
    /// The destination of rejections: `reported to ..` or `discarded: ..`.
    pub events: String,
}

/// An issuer that a verifier trusts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct IssuerPosture {
    /// `iss`.
    pub issuer: String,
    /// What `aud` has to contain.
    pub audience: String,
    /// Which kind of token it issues.
    pub token_type: String,
    /// Where its keys come from.
    pub keys: String,
}

impl<C> Verifier<C> {
    pub(crate) fn posture(&self) -> VerifierPosture {
        let shared = &*self.shared;
        let issuers = shared.issuers.all().map(|issuer| IssuerPosture {
            issuer: issuer.name.as_ref().to_owned(),
            audience: issuer.audience.as_ref().to_owned(),
            token_type: issuer.token_type.to_string(),
            keys: issuer.keys.to_string(),
        });
        VerifierPosture {
            claims: claims_name::<C>(),
            issuers: issuers.collect(),
            leeway: shared.claims.leeway,
            max_lifetime: shared.claims.max_lifetime,
            cache_bytes: shared.remembered.as_ref().map(TokenCache::bytes),
            revocations: shared.revocations.as_ref().map(RevocationChecker::name),
            events: shared.events.destination().to_owned(),
        }
    }
}

fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

/// One line for each issuer, and one for what they have in common.
impl fmt::Display for VerifierPosture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for IssuerPosture { issuer, audience, token_type, keys } in &self.issuers {
            writeln!(f, "takes tokens ({token_type}) of {issuer} for {audience}, verified with {keys}")?;
        }
        write!(f, "leeway {}, lifetime up to {}, ", format_duration(self.leeway), format_duration(self.max_lifetime))?;
        match self.cache_bytes {
            Some(bytes) => write!(f, "verified tokens remembered in up to {} MiB, ", bytes.div_ceil(1024 * 1024))?,
            None => write!(f, "each token verified anew, ")?,
        }
        match &self.revocations {
            Some(store) => writeln!(f, "revocations in {store}")?,
            None => writeln!(f, "no revocations: a token holds until it expires")?,
        }
        write!(f, "rejections are {}", self.events)
    }
}
