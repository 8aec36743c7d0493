//! Decides what may pass.
//!
//! From RFC 7515, RFC 7519, RFC 8725, RFC 9068, RFC 9110 and the builder's documentation.

use crate::fixtures::{AUDIENCE, ISSUER, NOW};
use auth_runtime::TokenType;
use serde_json::{Map, Value};

/// The builder's defaults, in seconds.
const LEEWAY: f64 = 30.0;
const MAX_LIFETIME: f64 = 24.0 * 60.0 * 60.0;

/// Members that name a key's origin or change the meaning of the rest.
///
/// RFC 7515 sections 4.1.2 to 4.1.6 and 4.1.11, RFC 7797, RFC 7516.
const NEVER: [&str; 8] = ["crit", "b64", "zip", "enc", "jwk", "jku", "x5u", "x5c"];

/// Whether a token with this header may pass.
///
/// The only key is an HS256 key with this name, or one without a name.
pub fn header_may_pass(header: &Map<String, Value>, key: Option<&str>, token_type: TokenType) -> bool {
    let expected = match header.get("typ") {
        None => token_type == TokenType::AnyJwt,
        Some(Value::String(typ)) => {
            let is =
                |kind: &str| typ.eq_ignore_ascii_case(kind) || typ.eq_ignore_ascii_case(&format!("application/{kind}"));
            is("at+jwt") || (token_type == TokenType::AnyJwt && is("jwt"))
        }
        Some(_) => false,
    };
    let named = match (header.get("kid"), key) {
        (None, _) => true,
        (Some(Value::String(kid)), Some(key)) => kid == key,
        (Some(Value::String(kid)), None) => !kid.is_empty() && kid.len() <= 256,
        (Some(_), _) => false,
    };
    let agreed = header.get("alg") == Some(&Value::from("HS256"));
    expected && named && agreed && !header.keys().any(|name| NEVER.contains(&name.as_str()))
}

/// Whether the header states an access token, so that the claims need not show it.
pub fn states_access_token(header: &Map<String, Value>) -> bool {
    let typ = header.get("typ").and_then(Value::as_str).map(str::to_ascii_lowercase);
    matches!(typ.as_deref(), Some("at+jwt" | "application/at+jwt"))
}

/// Whether a token with these claims may pass at [`NOW`].
///
/// `stated`: its header states an access token.
pub fn claims_may_pass(claims: &Map<String, Value>, token_type: TokenType, stated: bool) -> bool {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let text_or_missing = |name: &str| claims.get(name).is_none_or(Value::is_string);

    let audience = match claims.get("aud") {
        Some(Value::String(one)) => one == AUDIENCE,
        Some(Value::Array(many)) => {
            many.iter().all(Value::is_string) && many.iter().any(|one| one.as_str() == Some(AUDIENCE))
        }
        _ => false,
    };
    let subject = text("sub").is_some_and(|sub| sub.chars().any(|c| !c.is_whitespace()));
    let kind = match token_type {
        TokenType::AccessToken => ["client_id", "iat", "jti"].iter().all(|name| claims.contains_key(*name)),
        _ => stated || is_no_other_kind(claims),
    };
    text("iss") == Some(ISSUER)
        && audience
        && subject
        && kind
        && !is_refresh_token(claims)
        && ["jti", "client_id", "sid"].into_iter().all(text_or_missing)
        && !claims.contains_key("cnf")
        && in_time(claims)
}

/// What services that sign their own tokens write into refresh tokens.
fn is_refresh_token(claims: &Map<String, Value>) -> bool {
    ["typ", "token_type", "token_use"].iter().any(|name| {
        let kind = claims.get(*name).and_then(Value::as_str).map(|kind| kind.trim().to_ascii_lowercase());
        matches!(kind.as_deref(), Some("refresh" | "refresh_token" | "rt+jwt"))
    })
}

/// OpenID Connect Core sections 2 and 3.1.3.6, RFC 8417, and what Cognito and Keycloak write.
fn is_no_other_kind(claims: &Map<String, Value>) -> bool {
    let kind = |name: &str| claims.get(name).map(|value| value.as_str().map(str::to_ascii_lowercase));
    let access = |name: &str| matches!(kind(name).flatten().as_deref(), Some("access" | "access_token"));
    // A number states a kind only to the service that gave it: another claim has to settle it.
    let numbered =
        |name: &str| claims.get(name).is_some_and(Value::is_number) && (access("token_use") || access("token_type"));
    let says = |name: &str, kinds: &[&str]| match kind(name) {
        None => true,
        Some(Some(kind)) => kinds.contains(&&*kind),
        Some(None) => numbered(name),
    };
    // What Keycloak and Cognito write into access tokens: such a token may have a `nonce`.
    let shown = kind("typ").flatten().as_deref() == Some("bearer") || access("token_use");
    let like_an_id_token = ["nonce", "at_hash", "c_hash", "s_hash"].iter().any(|name| claims.contains_key(*name));
    (shown || !like_an_id_token)
        && !claims.contains_key("events")
        && says("token_use", &["access", "access_token"])
        && says("typ", &["bearer", "at+jwt", "jwt", "access", "access_token"])
}

/// `f64` is exact near the times that decide. Far from them rounding does not change the result.
fn in_time(claims: &Map<String, Value>) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "31 bits")]
    let now = NOW as f64;
    // `None` for a value that is not a date: of another type, or before 1970.
    let date = |name: &str| match claims.get(name) {
        None => Some(None),
        Some(value) => value.as_f64().filter(|seconds| *seconds >= 0.0).map(Some),
    };
    let (Some(Some(exp)), Some(nbf), Some(iat)) = (date("exp"), date("nbf"), date("iat")) else {
        return false;
    };
    now - exp < LEEWAY
        && nbf.is_none_or(|nbf| nbf - now <= LEEWAY)
        && iat.is_none_or(|iat| iat - now <= LEEWAY && iat <= exp)
        && exp - iat.unwrap_or(now) <= MAX_LIFETIME
}

/// The token in a header's value, by RFC 9110 section 11.4 and RFC 6750 section 2.1, to the letter.
pub fn credential(header: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = header.split_at_checked(6)?;
    let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
    (scheme.eq_ignore_ascii_case(b"bearer") && spaces > 0).then(|| &rest[spaces..])
}
