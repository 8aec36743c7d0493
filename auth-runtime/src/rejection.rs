//! Why a request was refused, and what its sender gets to see of it.
//!
//! The two are kept apart: [`Reason`] goes into the event, for the people who run the service; the client
//! learns a status and a challenge.

use crate::verifier::Issuer;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use std::borrow::Cow;
use std::sync::Arc;

/// A request that did not get past the gate.
///
/// As a response it is 400, 401, 403, 404 or 503 with an RFC 9457 body, `Cache-Control: no-store` and, where RFC 6750
/// section 3 asks for one, a `WWW-Authenticate` challenge. Every 401 has the same body: what exactly was wrong with a
/// token is for the event, not for the one who sent it.
///
/// ```
/// use auth_runtime::Rejection;
/// use axum::response::IntoResponse;
///
/// let response = Rejection::MissingCredentials.into_response();
/// assert_eq!(response.status(), 401);
/// assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"api\"");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// No bearer token was presented: 401 with a bare challenge (RFC 6750 section 3).
    #[error("no bearer token was presented")]
    MissingCredentials,
    /// The token was sent in the query string, where it is never used: 401 with a bare challenge, as if there were
    /// none.
    #[error("the token was sent in the query string, where it is not used")]
    TokenInQuery,
    /// Credentials were presented more than once, or in a way that is not supported: 400 `invalid_request`.
    #[error("the request presents its credentials in a way that is not allowed: {0}")]
    InvalidRequest(Reason),
    /// The token did not verify: 401 `invalid_token`.
    #[error("the token was refused: {0}")]
    InvalidToken(Reason),
    /// The caller is known and lacks a permission: 403 `insufficient_scope`.
    #[error("the caller lacks the permission `{permission}`")]
    InsufficientScope {
        /// The text of the [`PermissionName`](crate::PermissionName) of what is missing.
        permission: &'static str,
        /// The scope that would help, when the permission is one made by [`scope!`](crate::scope).
        scope: Option<&'static str>,
    },
    /// The caller is known, and a [`Rule`](crate::Rule) does not permit it this object: 403.
    #[error("the rule `{rule}` does not permit it")]
    NotPermitted {
        /// `Rule::NAME`, and the type of the rule.
        rule: &'static str,
    },
    /// As [`NotPermitted`](Self::NotPermitted), by a rule that keeps the object's existence secret: 404, as if there
    /// were no such object.
    #[error("the rule `{rule}` does not permit it, and keeps its existence secret")]
    Concealed {
        /// `Rule::NAME`, and the type of the rule.
        rule: &'static str,
    },
    /// There is no such object: 404, the same answer as [`Concealed`](Self::Concealed). Made by
    /// [`permit_found`](crate::Authenticated::permit_found); no event.
    #[error("there is no such object")]
    NotFound,
    /// It could not be decided whether the token is good: 503 with `Retry-After`.
    #[error("the token could not be verified: {0}")]
    Unavailable(Reason),
}

impl Rejection {
    /// What the event says: one word of a closed set.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::MissingCredentials => Reason::MissingCredentials,
            Self::TokenInQuery => Reason::TokenInQuery,
            Self::InvalidRequest(reason) | Self::InvalidToken(reason) | Self::Unavailable(reason) => *reason,
            Self::InsufficientScope { .. } | Self::NotPermitted { .. } | Self::Concealed { .. } => Reason::Denied,
            Self::NotFound => Reason::NotFound,
        }
    }

    /// The status that the client gets: 400, 401, 403, 404 or 503.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::MissingCredentials | Self::TokenInQuery | Self::InvalidToken(_) => StatusCode::UNAUTHORIZED,
            Self::InvalidRequest(_) => StatusCode::BAD_REQUEST,
            Self::InsufficientScope { .. } | Self::NotPermitted { .. } => StatusCode::FORBIDDEN,
            Self::Concealed { .. } | Self::NotFound => StatusCode::NOT_FOUND,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// RFC 6750 section 3. Without `error_description`: it could only tell the sender of a forged token what to try
    /// next.
    fn challenge(&self) -> Option<HeaderValue> {
        match self {
            Self::MissingCredentials | Self::TokenInQuery => Some(HeaderValue::from_static("Bearer realm=\"api\"")),
            Self::InvalidRequest(_) => {
                Some(HeaderValue::from_static("Bearer realm=\"api\", error=\"invalid_request\""))
            }
            Self::InvalidToken(_) => Some(HeaderValue::from_static("Bearer realm=\"api\", error=\"invalid_token\"")),
            Self::InsufficientScope { scope, .. } => {
                let plain = HeaderValue::from_static("Bearer realm=\"api\", error=\"insufficient_scope\"");
                // `scope!` admits RFC 6750 scope-tokens only, so a value always forms a header.
                let named = scope.and_then(|scope| {
                    HeaderValue::try_from(format!(
                        "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"{scope}\""
                    ))
                    .ok()
                });
                Some(named.unwrap_or(plain))
            }
            // A challenge asks for another token, and no token helps with these.
            Self::NotPermitted { .. } | Self::Concealed { .. } | Self::NotFound | Self::Unavailable(_) => None,
        }
    }

    fn body(&self) -> &'static str {
        match self {
            Self::MissingCredentials | Self::TokenInQuery | Self::InvalidToken(_) => {
                r#"{"type":"about:blank","title":"Unauthorized","status":401}"#
            }
            Self::InvalidRequest(_) => r#"{"type":"about:blank","title":"Bad Request","status":400}"#,
            Self::InsufficientScope { .. } | Self::NotPermitted { .. } => {
                r#"{"type":"about:blank","title":"Forbidden","status":403}"#
            }
            Self::Concealed { .. } | Self::NotFound => r#"{"type":"about:blank","title":"Not Found","status":404}"#,
            Self::Unavailable(_) => r#"{"type":"about:blank","title":"Service Unavailable","status":503}"#,
        }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        // P8: the response is made from the kind of refusal alone; `Reason` has no way into it.
        let mut response = Response::new(Body::from(self.body()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        // RFC 6750 section 5.3 and RFC 9111: nobody in between keeps an answer that depends on a token.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(VARY, HeaderValue::from_static("Authorization"));
        if let Some(challenge) = self.challenge() {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if let Self::Unavailable(_) = self {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// Why a request was refused: a closed set, fit to be a metric's label.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl Reason {
            /// Every reason there is, so that counters can be registered before the first refusal.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word that events use.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

reasons! {
    /// No `Authorization` header, or one of another scheme.
    MissingCredentials = "missing_credentials",
    /// A token in the query string, where logs and browsers keep it (RFC 9700 section 4.3.2 forbids it).
    TokenInQuery = "token_in_query",
    /// More than one `Authorization` header, or several credentials in one.
    SeveralCredentials = "several_credentials",
    /// `Authorization: Bearer` followed by what can't be a token.
    MalformedCredentials = "malformed_credentials",
    /// Longer than `max_token_bytes`.
    TokenTooLong = "token_too_long",
    /// Not three segments of canonical base64url, or not strict JSON inside.
    MalformedToken = "malformed_token",
    /// A header member that we never act on: `crit`, `b64`, `zip`, `enc`, `jwk`, `jku`, `x5u`, `x5c`.
    HeaderNotAllowed = "header_not_allowed",
    /// `alg` is not the one algorithm of the key.
    AlgorithmNotAllowed = "alg_not_allowed",
    /// `typ` is not what the token type asks for (RFC 9068 section 4).
    WrongTokenType = "wrong_token_type",
    /// No key for this `kid`.
    UnknownKey = "unknown_key",
    /// The signature is not of this key over these bytes.
    BadSignature = "bad_signature",
    /// A required claim is missing, or a registered one has the wrong type.
    MalformedClaims = "malformed_claims",
    /// `iss` is not ours.
    WrongIssuer = "wrong_issuer",
    /// `aud` does not contain us.
    WrongAudience = "wrong_audience",
    /// `exp` has passed.
    Expired = "expired",
    /// `nbf` is in the future.
    NotYetValid = "not_yet_valid",
    /// `iat` is in the future.
    IssuedInFuture = "issued_in_future",
    /// It lives longer than `max_lifetime`.
    LifetimeTooLong = "lifetime_too_long",
    /// `cnf`: bound to a key of the sender (DPoP, mutual TLS), which is not checked yet, so it is refused.
    SenderConstrained = "sender_constrained",
    /// Verified, but its claims are not of the service's claims type.
    ClaimsMismatch = "claims_mismatch",
    /// Taken back before its time.
    Revoked = "revoked",
    /// A good token, of another caller than the one for whom a stream was opened.
    OtherCaller = "other_caller",
    /// The caller is known and lacks a permission.
    Denied = "denied",
    /// What a permission or a rule depends on could not be reached.
    PermissionUndecided = "permission_undecided",
    /// There is no such object. Never an event.
    NotFound = "not_found",
    /// Something that verification depends on could not be reached.
    VerifierUnavailable = "verifier_unavailable",
    /// Verification took longer than its time-out.
    VerifierTimeout = "verifier_timeout",
    /// Verification panicked.
    VerifierPanicked = "verifier_panicked",
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refusal on its way to its event: the rejection, and what may be said about it.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) rejection: Rejection,
    /// A short hash of the presented `kid`: enough to group by, nothing to inject.
    pub(crate) key_id_hash: Option<u32>,
    /// The permission or the rule that was asked, once one was.
    pub(crate) asked: Option<&'static str>,
    /// Set only once the signature and the claims were found good.
    pub(crate) subject: Option<Box<str>>,
    /// For the event alone: which part was wrong, or what [`Denied`](crate::Denied) said.
    pub(crate) detail: Option<Cow<'static, str>>,
    /// Of the issuers that are trusted, the one whose token it is; absent as long as that isn't known.
    pub(crate) issuer: Option<Arc<Issuer>>,
}

impl Refusal {
    /// A refusal with a few words for the event. The words are ours, never the sender's.
    pub(crate) fn because(rejection: Rejection, detail: &'static str) -> Self {
        Self { detail: Some(detail.into()), ..Self::from(rejection) }
    }

    pub(crate) fn token(reason: Reason, detail: &'static str) -> Self {
        Self::because(Rejection::InvalidToken(reason), detail)
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self { rejection, key_id_hash: None, asked: None, subject: None, detail: None, issuer: None }
    }
}
