//! Why a request was rejected: one table of reasons, each with its class and its status.

use super::Class;
use serde::Serialize;
use std::fmt;

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $class:ident, $status:literal;)*) => {
        /// Why a request was rejected: a closed set, suitable as a metric label.
        ///
        /// ```
        /// use auth_runtime::events::{Class, Reason};
        ///
        /// assert_eq!(Reason::Expired.as_str(), "expired");
        /// assert_eq!(Reason::BadSignature.class(), Class::Invalid);
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl Reason {
            /// Every reason, so that counters can be registered before the first rejection.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the name that events use.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Returns the class of this reason, which determines the severity.
            ///
            /// An event may have the class [`Class::ClaimsRefused`] instead, if the token's
            /// signature was good.
            #[must_use]
            pub fn class(self) -> Class {
                match self { $(Self::$variant => Class::$class,)* }
            }

            /// Returns the status of a response for this reason.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }
        }
    };
}

reasons! {
    /// The request has no credential, or only one that is not accepted, such as another scheme.
    MissingCredentials = "missing_credentials", Missing, 401;
    /// A token is in the query string, which logs and browsers keep (forbidden by RFC 9700 section
    /// 4.3.2).
    TokenInQuery = "token_in_query", Missing, 401;
    /// More than one credential: in one carrier, or in several.
    SeveralCredentials = "several_credentials", Invalid, 400;
    /// A cookie has the credential of a request that another site may have sent.
    CrossSite = "cross_site", Invalid, 403;
    /// A program's word for "nothing" stands in place of the token: `undefined`, `null`,
    /// `[object Object]`, or nothing at all.
    PlaceholderToken = "placeholder_token", ClientBug, 401;
    /// A carrier, such as `Authorization: Bearer`, has text that cannot be a token.
    MalformedCredentials = "malformed_credentials", Invalid, 401;
    /// The token is longer than `max_token_bytes`.
    TokenTooLong = "token_too_long", Invalid, 401;
    /// The token is not three segments of canonical base64url, or not strict JSON inside.
    MalformedToken = "malformed_token", Invalid, 401;
    /// The header has a member that is never accepted: `crit`, `b64`, `zip`, `enc`, `jwk`, `jku`,
    /// `x5u`, `x5c`.
    HeaderNotAllowed = "header_not_allowed", Invalid, 401;
    /// `alg` is not the algorithm of the key.
    AlgorithmNotAllowed = "alg_not_allowed", Invalid, 401;
    /// `typ` is not the one that the token type requires (RFC 9068 section 4).
    WrongTokenType = "wrong_token_type", Invalid, 401;
    /// No key has this `kid`.
    UnknownKey = "unknown_key", Invalid, 401;
    /// The signature does not verify with the key.
    BadSignature = "bad_signature", Invalid, 401;
    /// A required claim is missing, or a registered one has the wrong type.
    MalformedClaims = "malformed_claims", ClaimsRefused, 401;
    /// `iss` is not a trusted issuer.
    WrongIssuer = "wrong_issuer", Invalid, 401;
    /// `aud` does not contain this service.
    WrongAudience = "wrong_audience", ClaimsRefused, 401;
    /// `exp` has passed.
    Expired = "expired", Expired, 401;
    /// `nbf` is in the future.
    NotYetValid = "not_yet_valid", ClaimsRefused, 401;
    /// `iat` is in the future.
    IssuedInFuture = "issued_in_future", ClaimsRefused, 401;
    /// The token's lifetime is longer than `max_lifetime`.
    LifetimeTooLong = "lifetime_too_long", ClaimsRefused, 401;
    /// The token is bound to a key of the sender (`cnf`: DPoP, mutual TLS), which the verifier
    /// cannot check.
    SenderConstrained = "sender_constrained", ClaimsRefused, 401;
    /// The token verified, but its claims do not fit the service's claims type.
    ClaimsMismatch = "claims_mismatch", ClaimsRefused, 401;
    /// The API key is not `prefix_id_secret_checksum`, or its checksum is wrong.
    MalformedApiKey = "malformed_api_key", Invalid, 401;
    /// No record has the id of the API key, or its prefix is of another environment.
    UnknownApiKey = "unknown_api_key", Invalid, 401;
    /// The secret of the API key is not that of its record.
    BadApiKey = "bad_api_key", Invalid, 401;
    /// The token was revoked before it expired.
    Revoked = "revoked", Expired, 401;
    /// The token verified, but the service's database has no principal for it.
    PrincipalNotFound = "principal_not_found", Expired, 401;
    /// The token verified, but the service has disabled its principal.
    PrincipalDisabled = "principal_disabled", Expired, 401;
    /// The principal could not be loaded from the service's database.
    PrincipalUndecided = "principal_undecided", Unavailable, 503;
    /// A valid token belongs to another caller than the one that opened the stream.
    OtherCaller = "other_caller", Invalid, 401;
    /// The authenticated caller lacks a permission.
    Denied = "denied", Denied, 403;
    /// A dependency of a permission or a rule was unreachable.
    PermissionUndecided = "permission_undecided", Unavailable, 503;
    /// A handler answered without a check of the rule that its attribute declares: 500.
    RuleNotChecked = "rule_not_checked", Unavailable, 500;
    /// There is no such object. This never makes an event.
    NotFound = "not_found", Denied, 404;
    /// A credential of the service's own kind was refused by the service's verification.
    InvalidCredentials = "invalid_credentials", Invalid, 401;
    /// The cookie's text cannot be the id of a session.
    MalformedSession = "malformed_session", Invalid, 401;
    /// The store has no session with this id: it was logged out, has expired, or was never opened.
    UnknownSession = "unknown_session", Expired, 401;
    /// The session exists, but no user is logged in.
    SessionWithoutCaller = "session_without_caller", Missing, 401;
    /// The authorization server states that an opaque token is not active (RFC 7662).
    ///
    /// It has expired, was revoked, or was never issued.
    InactiveToken = "inactive_token", Expired, 401;
    /// The request has no signature where the scheme of its sender has it.
    MissingSignature = "missing_signature", Missing, 401;
    /// The signature, its timestamp or its id is not written as the scheme requires, or sent twice.
    MalformedSignature = "malformed_signature", Invalid, 401;
    /// The timestamp of a signed request is too old or in the future.
    StaleSignature = "stale_signature", Expired, 401;
    /// A signed request arrived again, or arrived while the same one is being handled.
    ReplayedSignature = "replayed_signature", Invalid, 401;
    /// The sender repeated a delivery that was handled: 200, without the handler.
    AlreadyDelivered = "already_delivered", Expired, 200;
    /// The body of a signed request is longer than `max_body`.
    BodyTooLarge = "body_too_large", Invalid, 413;
    /// The body of a signed request broke off, or did not end in time.
    BodyNotReceived = "body_not_received", Invalid, 408;
    /// The credential is not the token of the set-up.
    BadSetupToken = "bad_setup_token", Invalid, 401;
    /// The token of the set-up arrived after the set-up was closed.
    SetupIsClosed = "setup_closed", Invalid, 401;
    /// The state of the set-up was unreachable.
    SetupUndecided = "setup_undecided", Unavailable, 503;
    /// A handler of the set-up succeeded without closing it, so its answer was withheld: 500.
    SetupNotClosed = "setup_not_closed", Unavailable, 500;
    /// A dependency of the verifier was unreachable.
    VerifierUnavailable = "verifier_unavailable", Unavailable, 503;
    /// Verification exceeded its time-out.
    VerifierTimeout = "verifier_timeout", Unavailable, 503;
    /// Verification panicked.
    VerifierPanicked = "verifier_panicked", Unavailable, 503;
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
