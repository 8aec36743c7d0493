//! The verified claims of a credential, whatever its kind.

use super::lookup::LookedUpBy;
use super::token::json::{Document, Json, block};
use super::token::keys::Fingerprint;
use super::token::{Issuer, short_hash};
use crate::base::Erased;
use crate::rejection::{IssuerNames, Refusal};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Holds the verified claims of a credential.
#[derive(Debug)]
pub(crate) struct VerifiedClaims {
    /// The issuer and the audience, for events too.
    pub(crate) names: Arc<IssuerNames>,
    pub(crate) subject: String,
    pub(crate) expires_at: SystemTime,
    pub(super) times: Times,
    /// While all times hold. At any other time each is checked, because a refusal names it.
    pub(super) holds: Range<SystemTime>,
    pub(crate) origin: Origin,
    /// All claims. Permissions read them here, whatever the service's own type keeps.
    pub(crate) claims: Document,
}

/// How a credential was verified, to verify it again.
#[derive(Debug)]
pub(crate) enum Origin {
    /// A JWT, by a key of its issuer.
    Token(Erased<Issuer>, Signed),
    /// A credential of another kind, by its record.
    LookedUp(LookedUpBy),
}

/// How a token was signed, to find its key again.
#[derive(Debug)]
pub(crate) struct Signed {
    pub(crate) kid: Option<Box<str>>,
    /// The token's name for it.
    pub(crate) algorithm: &'static str,
    /// The key that verified the signature.
    pub(crate) key: Fingerprint,
    /// Whether `typ` states an access token.
    pub(crate) is_typed: bool,
    /// The end of the legacy tokens, for one of them.
    pub(crate) legacy_ends: Option<SystemTime>,
}

/// The validity of a credential, as durations since 1970, so that no date in a token can overflow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(super) expires: Duration,
    pub(super) not_before: Option<Duration>,
    pub(super) issued: Option<Duration>,
}

impl Origin {
    /// Whether the claims may be used again for the same credential.
    pub(crate) fn may_be_cached(&self) -> bool {
        match self {
            Self::Token(..) => true,
            Self::LookedUp(by) => by.may_be_cached(),
        }
    }
}

impl VerifiedClaims {
    /// Adds the subject to a refusal, and the key.
    pub(crate) fn with_subject(&self, refusal: Refusal) -> Refusal {
        Refusal { subject: Some(self.subject.as_str().into()), ..self.with_key(refusal) }
    }

    /// Adds the key and the issuer to a refusal.
    pub(crate) fn with_key(&self, refusal: Refusal) -> Refusal {
        Refusal { key_id_hash: self.key_id_hash(), issuer: Some(self.names()), ..refusal }
    }

    /// The names of the issuer and the audience, for events.
    pub(crate) fn names(&self) -> Arc<IssuerNames> {
        Arc::clone(&self.names)
    }

    /// The heap memory that it uses, in bytes.
    pub(crate) fn heap_bytes(&self) -> u64 {
        let origin = match &self.origin {
            Origin::Token(_, signed) => signed.kid.as_deref().map_or(0, |kid| block(kid.len())),
            Origin::LookedUp(by) => block(by.presented().len()),
        };
        block(self.subject.capacity()) + origin + self.claims.heap_bytes()
    }

    /// `iat`, with its fraction.
    pub(crate) fn issued(&self) -> Option<Duration> {
        self.times.issued
    }

    /// The short hash of the `kid`, or of the id of a record, for events.
    pub(crate) fn key_id_hash(&self) -> Option<u32> {
        match &self.origin {
            Origin::Token(_, signed) => signed.kid.as_deref().map(short_hash),
            Origin::LookedUp(_) => self.claims.root().get("jti").and_then(Json::text).map(short_hash),
        }
    }
}
