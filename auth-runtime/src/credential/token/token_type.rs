//! Which kind of token is expected (RFC 8725 section 3.11).

use super::json::{Json, Object};
use crate::rejection::Refusal;
use auth_events::Reason;
use std::fmt;

/// Which kind of JWT a verifier takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TokenType {
    /// RFC 9068: `typ` is `at+jwt`, and `client_id`, `iat` and `jti` are there. Nothing else can be mistaken for it.
    /// The default.
    #[default]
    AccessToken,
    /// For issuers that don't follow RFC 9068 yet: `typ` may also be `JWT` or missing.
    ///
    /// Looser: a JWT of this issuer for this audience passes unless its claims show that it is of another kind (an ID
    /// token, a refresh token, a logout token), and not all of them do: an ID token that nobody asked a `nonce` for, and a
    /// signed answer of the user info endpoint, may say nothing of it. Their audience is the client, so make sure that no
    /// client is called as this audience, and that the issuer issues no other kind for it.
    AnyJwt,
}

impl TokenType {
    pub(crate) fn check(self, typ: Option<&str>) -> Result<(), Refusal> {
        // RFC 7515 section 4.1.9: media types ignore case, and `application/` may be left out.
        const PREFIX: &str = "application/";
        let typ = typ.map(|typ| match typ.split_at_checked(PREFIX.len()) {
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) => rest,
            _ => typ,
        });
        let is = |name: &str| typ.is_some_and(|typ| typ.eq_ignore_ascii_case(name));
        match self {
            Self::AccessToken | Self::AnyJwt if is("at+jwt") => Ok(()),
            Self::AnyJwt if typ.is_none() || is("jwt") => Ok(()),
            Self::AccessToken | Self::AnyJwt => {
                Err(Refusal::token(Reason::WrongTokenType, "typ is not what this verifier takes"))
            }
        }
    }

    /// Beyond `iss`, `aud`, `sub` and `exp`, which are always required.
    pub(crate) fn check_claims(self, claims: Object<'_>) -> Result<(), Refusal> {
        // RFC 9068 section 2.2.
        const REQUIRED: [&str; 3] = ["client_id", "iat", "jti"];
        match self {
            Self::AccessToken if !REQUIRED.iter().all(|name| claims.contains(name)) => {
                Err(Refusal::token(Reason::MalformedClaims, "a claim that RFC 9068 requires is missing"))
            }
            Self::AccessToken => Ok(()),
            // RFC 8725 section 3.12: kinds that no `typ` tells apart have rules that exclude each other.
            Self::AnyJwt => check_kind(claims),
        }
    }
}

/// Claims that no access token has: those of OpenID Connect Core sections 2 and 3.1.3.6 are of ID tokens, `events` is of
/// logout tokens and security events (RFC 8417).
const OF_OTHER_KINDS: [&str; 5] = ["nonce", "at_hash", "c_hash", "s_hash", "events"];

/// Claims in which some issuers say which kind a token is, and what they call an access token there.
const KINDS: [(&str, &[&str]); 2] = [("token_use", &["access"]), ("typ", &["Bearer", "at+jwt", "JWT"])];

fn check_kind(claims: Object<'_>) -> Result<(), Refusal> {
    if OF_OTHER_KINDS.iter().any(|name| claims.contains(name)) {
        return Err(Refusal::token(Reason::WrongTokenType, "a claim that access tokens don't have"));
    }
    for (name, access) in KINDS {
        match claims.get(name) {
            None => {}
            Some(Json::Text(kind)) if access.iter().any(|access| kind.eq_ignore_ascii_case(access)) => {}
            Some(_) => return Err(Refusal::token(Reason::WrongTokenType, "its claims say that it is no access token")),
        }
    }
    Ok(())
}

/// For the posture.
impl fmt::Display for TokenType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessToken => "at+jwt",
            Self::AnyJwt => "any JWT",
        })
    }
}
