//! The accepted kind of token (RFC 8725 section 3.11).

use super::json::{Json, Object};
use crate::rejection::Refusal;
use auth_events::Reason;
use std::fmt;

/// The kind of JWT that a verifier accepts.
///
/// ```
/// use auth_runtime::{Claims, ConfigError, Events, KeySet, TokenType, Verifier};
///
/// fn verifier(keys: KeySet) -> Result<Verifier<Claims>, ConfigError> {
///     Verifier::builder()
///         .issuer("https://id.example.com/")
///         .audience("orders")
///         .keys(keys)
///         .token_type(TokenType::AnyJwt) // the issuer writes no `typ: at+jwt`
///         .events(Events::stderr())
///         .build()
/// }
/// # let _ = verifier;
/// ```
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
    ///
    /// A claim `typ` with the value `Bearer`, or `token_use` with the value `access`, shows an
    /// access token. It may then have a `nonce`.
    AnyJwt,
    /// For providers whose ID tokens are the credentials of a service (Google, Firebase, GitHub
    /// Actions): `typ` is `JWT` or missing.
    ///
    /// OpenID Connect has ID tokens for the client only. A client that gets one can use it at this
    /// service, so the audience must be a client of your own.
    IdToken,
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
            Self::AnyJwt | Self::IdToken if typ.is_none() || is("jwt") => Ok(()),
            Self::AccessToken | Self::AnyJwt | Self::IdToken => {
                Err(Refusal::token(Reason::WrongTokenType, "typ is not the accepted kind of token"))
            }
        }
    }

    /// Checks the claims that depend on the kind. `iss`, `aud`, `sub` and `exp` are always
    /// required. `is_typed`: the header states that it is an access token. `is_shown`: a claim
    /// that the provider's profile requires shows the kind.
    pub(crate) fn check_claims(self, is_typed: bool, is_shown: bool, claims: Object<'_>) -> Result<(), Refusal> {
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
            Self::AnyJwt => check_access(is_shown, claims),
            Self::IdToken => check_states(claims, &ID_CLAIMS),
        }
    }
}

/// Claims of ID tokens (OpenID Connect Core sections 2 and 3.1.3.6).
///
/// Some providers write them into access tokens too.
const CLAIMS_OF_ID_TOKENS: [&str; 4] = ["nonce", "at_hash", "c_hash", "s_hash"];

/// Claims in which some issuers state the kind of a token, and their values for one kind.
type KindClaims = [(&'static str, &'static [&'static str]); 2];

/// For an access token.
const KIND_CLAIMS: KindClaims =
    [("token_use", ACCESS), ("typ", &["Bearer", "at+jwt", "JWT", "access", "access_token"])];

/// For an ID token.
const ID_CLAIMS: KindClaims = [("token_use", &["id", "id_token"]), ("typ", &["ID", "JWT"])];

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

/// Checks that no claim shows another kind than an access token.
fn check_access(is_shown: bool, claims: Object<'_>) -> Result<(), Refusal> {
    check_states(claims, &KIND_CLAIMS)?;
    // Keycloak before release 25 and authentik write `nonce` into access tokens. A claim that
    // states an access token outvotes it.
    let is_shown = is_shown || is_one_of(claims, "typ", &["Bearer"]) || is_one_of(claims, "token_use", ACCESS);
    if let Some(claim) = CLAIMS_OF_ID_TOKENS.iter().find(|name| !is_shown && claims.contains(name)) {
        let why = "access tokens do not have it: use the profile of the provider";
        return Err(Refusal::claim(Reason::WrongTokenType, claim, why));
    }
    Ok(())
}

/// Checks that a claim that states a kind states this one.
fn check_states(claims: Object<'_>, kinds: &KindClaims) -> Result<(), Refusal> {
    // RFC 8417: a logout token or another security event.
    if claims.contains("events") {
        return Err(Refusal::claim(Reason::WrongTokenType, "events", "access tokens do not have it"));
    }
    let is_settled = is_one_of(claims, "token_use", ACCESS) || is_one_of(claims, "token_type", ACCESS);
    for (name, of_kind) in kinds {
        match claims.get(name) {
            None => {}
            // Services of their own number their kinds. Another claim settles it.
            Some(Json::Number(_)) if is_settled => {}
            Some(Json::Text(kind)) if of_kind.iter().any(|of_kind| kind.eq_ignore_ascii_case(of_kind)) => {}
            Some(_) => return Err(Refusal::claim(Reason::WrongTokenType, name, "states another kind of token")),
        }
    }
    Ok(())
}

fn is_one_of(claims: Object<'_>, name: &str, kinds: &[&str]) -> bool {
    match claims.get(name) {
        Some(Json::Text(text)) => kinds.iter().any(|kind| text.eq_ignore_ascii_case(kind)),
        _ => false,
    }
}

/// For the posture.
impl fmt::Display for TokenType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessToken => "at+jwt",
            Self::AnyJwt => "any JWT",
            Self::IdToken => "ID token",
        })
    }
}
