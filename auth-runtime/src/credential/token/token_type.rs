//! The accepted kind of token (RFC 8725 section 3.11).

use super::json::{Json, Object};
use crate::rejection::Refusal;
use auth_events::Reason;
use std::fmt;

/// The kind of JWT that a verifier accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TokenType {
    /// RFC 9068: `typ` is `at+jwt`, and `client_id`, `iat` and `jti` are present. The default.
    ///
    /// No other kind of token can be mistaken for it.
    #[default]
    AccessToken,
    /// For issuers that do not follow RFC 9068 yet: `typ` may also be `JWT` or missing.
    ///
    /// This is weaker. A JWT of this issuer for this audience is accepted unless its claims show
    /// that it is of another kind (an ID token, a refresh token, a logout token). Not all of them
    /// show it: an ID token without a `nonce`, and a signed response of the `UserInfo` endpoint,
    /// may have no such claim. Their audience is the client, so make sure that no client has the
    /// name of this audience, and that the issuer issues no other kind of token for it.
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
                Err(Refusal::token(Reason::WrongTokenType, "typ is not the accepted kind of token"))
            }
        }
    }

    /// Checks the claims that depend on the kind. `iss`, `aud`, `sub` and `exp` are always
    /// required. `is_typed`: the header states that it is an access token.
    pub(crate) fn check_claims(self, is_typed: bool, claims: Object<'_>) -> Result<(), Refusal> {
        // RFC 9068 section 2.2.
        const REQUIRED: [&str; 3] = ["client_id", "iat", "jti"];
        check_not_refresh(claims)?;
        match self {
            Self::AccessToken => match REQUIRED.iter().find(|name| !claims.contains(name)) {
                Some(missing) => Err(Refusal::claim(Reason::MalformedClaims, missing, "missing, RFC 9068 requires it")),
                None => Ok(()),
            },
            // RFC 8725 section 3.11: `typ` settles the kind, so no claim is needed to guess it.
            Self::AnyJwt if is_typed => Ok(()),
            // RFC 8725 section 3.12: without `typ`, the rules for each kind must exclude each
            // other.
            Self::AnyJwt => check_kind(claims),
        }
    }
}

/// Claims that access tokens do not have.
///
/// ID tokens have those of OpenID Connect Core sections 2 and 3.1.3.6. Logout tokens and security
/// events have `events` (RFC 8417).
const CLAIMS_OF_OTHER_KINDS: [&str; 5] = ["nonce", "at_hash", "c_hash", "s_hash", "events"];

/// Claims in which some issuers state the kind of a token, and their values for an access token.
const KIND_CLAIMS: [(&str, &[&str]); 2] =
    [("token_use", ACCESS), ("typ", &["Bearer", "at+jwt", "JWT", "access", "access_token"])];

const ACCESS: &[&str] = &["access", "access_token"];

/// Claims in which services that issue their own tokens state that one is a refresh token.
const REFRESH_CLAIMS: [&str; 3] = ["typ", "token_type", "token_use"];

/// P6: a refresh token lives long and grants new tokens. Signed with the same key, it would be
/// accepted as an access token.
fn check_not_refresh(claims: Object<'_>) -> Result<(), Refusal> {
    const REFRESH: [&str; 3] = ["refresh", "refresh_token", "rt+jwt"];
    let states_refresh = |name: &str| match claims.get(name) {
        Some(Json::Text(kind)) => REFRESH.iter().any(|refresh| kind.trim().eq_ignore_ascii_case(refresh)),
        _ => false,
    };
    if let Some(claim) = REFRESH_CLAIMS.iter().find(|name| states_refresh(name)) {
        return Err(Refusal::claim(Reason::WrongTokenType, claim, "states a refresh token"));
    }
    Ok(())
}

fn check_kind(claims: Object<'_>) -> Result<(), Refusal> {
    if let Some(claim) = CLAIMS_OF_OTHER_KINDS.iter().find(|name| claims.contains(name)) {
        return Err(Refusal::claim(Reason::WrongTokenType, claim, "access tokens do not have it"));
    }
    let is_access = |name| match claims.get(name) {
        Some(Json::Text(kind)) => ACCESS.iter().any(|access| kind.eq_ignore_ascii_case(access)),
        _ => false,
    };
    let is_settled = is_access("token_use") || is_access("token_type");
    for (name, access) in KIND_CLAIMS {
        match claims.get(name) {
            None => {}
            // Services of their own number their kinds. Another claim settles it.
            Some(Json::Number(_)) if is_settled => {}
            Some(Json::Text(kind)) if access.iter().any(|access| kind.eq_ignore_ascii_case(access)) => {}
            Some(_) => return Err(Refusal::claim(Reason::WrongTokenType, name, "states another kind of token")),
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
