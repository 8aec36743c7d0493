//! Why a request was rejected: one table of reasons, each with its class and its status.

use super::Class;
use serde::Serialize;
use std::fmt;

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $class:ident, $status:literal;)*) => {
        /// Why a request was rejected: a closed set, fit to be a metric's label.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl Reason {
            /// Every reason, so that counters can be registered before the first rejection.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word that events use.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The class of this reason. The severity follows from it.
            #[must_use]
            pub fn class(self) -> Class {
                match self { $(Self::$variant => Class::$class,)* }
            }

            /// The status of a response for this reason: 400, 401, 403, 404 or 503.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }
        }
    };
}

reasons! {
    /// No `Authorization` header, or one of another scheme.
    MissingCredentials = "missing_credentials", Missing, 401;
    /// A token in the query string, where logs and browsers keep it (RFC 9700 section 4.3.2 forbids it).
    TokenInQuery = "token_in_query", Missing, 401;
    /// More than one `Authorization` header, or several credentials in one.
    SeveralCredentials = "several_credentials", Invalid, 400;
    /// `Authorization: Bearer` followed by what can't be a token.
    MalformedCredentials = "malformed_credentials", Invalid, 401;
    /// Longer than `max_token_bytes`.
    TokenTooLong = "token_too_long", Invalid, 401;
    /// Not three segments of canonical base64url, or not strict JSON inside.
    MalformedToken = "malformed_token", Invalid, 401;
    /// A header member that we never act on: `crit`, `b64`, `zip`, `enc`, `jwk`, `jku`, `x5u`, `x5c`.
    HeaderNotAllowed = "header_not_allowed", Invalid, 401;
    /// `alg` is not the one algorithm of the key.
    AlgorithmNotAllowed = "alg_not_allowed", Invalid, 401;
    /// `typ` is not what the token type asks for (RFC 9068 section 4).
    WrongTokenType = "wrong_token_type", Invalid, 401;
    /// No key for this `kid`.
    UnknownKey = "unknown_key", Invalid, 401;
    /// The signature is not of this key over these bytes.
    BadSignature = "bad_signature", Invalid, 401;
    /// A required claim is missing, or a registered one has the wrong type.
    MalformedClaims = "malformed_claims", Invalid, 401;
    /// `iss` is not ours.
    WrongIssuer = "wrong_issuer", Invalid, 401;
    /// `aud` does not contain us.
    WrongAudience = "wrong_audience", Invalid, 401;
    /// `exp` has passed.
    Expired = "expired", Expired, 401;
    /// `nbf` is in the future.
    NotYetValid = "not_yet_valid", Invalid, 401;
    /// `iat` is in the future.
    IssuedInFuture = "issued_in_future", Invalid, 401;
    /// It lives longer than `max_lifetime`.
    LifetimeTooLong = "lifetime_too_long", Invalid, 401;
    /// `cnf`: bound to a key of the sender (DPoP, mutual TLS), which is not checked yet, so it is refused.
    SenderConstrained = "sender_constrained", Invalid, 401;
    /// Verified, but its claims are not of the service's claims type.
    ClaimsMismatch = "claims_mismatch", Invalid, 401;
    /// Taken back before its time.
    Revoked = "revoked", Expired, 401;
    /// A good token, of another caller than the one for whom a stream was opened.
    OtherCaller = "other_caller", Invalid, 401;
    /// The caller is known and lacks a permission.
    Denied = "denied", Denied, 403;
    /// What a permission or a rule depends on could not be reached.
    PermissionUndecided = "permission_undecided", Unavailable, 503;
    /// There is no such object. Never an event.
    NotFound = "not_found", Denied, 404;
    /// Something that verification depends on could not be reached.
    VerifierUnavailable = "verifier_unavailable", Unavailable, 503;
    /// Verification took longer than its time-out.
    VerifierTimeout = "verifier_timeout", Unavailable, 503;
    /// Verification panicked.
    VerifierPanicked = "verifier_panicked", Unavailable, 503;
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
