//! Finds the credential in `Authorization` (RFC 6750 section 2.1, RFC 9110 section 11).

use super::placeholder::check_placeholder;
use crate::base::Occurrence;
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use axum::extract::OriginalUri;
use http::header::AUTHORIZATION;
use http::request::Parts;

/// What the `Authorization` header holds.
pub(super) enum InHeader<'a> {
    Nothing,
    /// The credentials after an accepted scheme, with the index of its carrier.
    Accepted(usize, &'a [u8]),
    /// A credential all the same: the request is not without one, and may have no second one.
    OtherScheme,
}

/// Finds the credential in the `Authorization` header.
///
/// `carrier_of` returns the index of the carrier with a scheme.
#[inline]
pub(super) fn find(parts: &Parts, carrier_of: impl Fn(&[u8]) -> Option<usize>) -> Result<InHeader<'_>, Refusal> {
    let bytes = match Occurrence::of(&AUTHORIZATION, &parts.headers) {
        Occurrence::Absent => return Ok(InHeader::Nothing),
        Occurrence::Once(header) => header.as_bytes(),
        // P6: another component might act on the other header, so neither is used.
        Occurrence::Repeated => return Err(several("more than one Authorization header")),
    };
    let scheme = bytes.split(|byte| *byte == b' ').next().unwrap_or_default();
    let Some(carrier) = carrier_of(scheme) else {
        // P6: as with two headers, another component might act on the other credential.
        let is_accepted = |part: &[u8]| {
            let part = part.trim_ascii_start();
            let scheme = part.iter().position(|byte| *byte == b' ').map(|space| &part[..space]);
            scheme.is_some_and(|scheme| carrier_of(scheme).is_some())
        };
        if bytes.split(|byte| *byte == b',').skip(1).any(is_accepted) {
            return Err(several("an accepted credential behind another one"));
        }
        return Ok(InHeader::OtherScheme);
    };
    // RFC 9110 section 11.4: one space or more between the scheme and the credentials.
    let mut credentials = &bytes[scheme.len()..];
    while let [b' ', rest @ ..] = credentials {
        credentials = rest;
    }
    Ok(InHeader::Accepted(carrier, credentials))
}

/// Checks that the credentials can be exactly one token.
pub(super) fn token(credentials: &[u8]) -> Result<&str, Refusal> {
    check_placeholder(credentials)?;
    let plain = is_plain(credentials);
    if !plain && credentials.split(|byte| *byte == b',').skip(1).any(starts_with_scheme) {
        return Err(several("several credentials in one Authorization header"));
    }
    // A token consists of dots and base64url. Other bytes are rejected before anything is decoded.
    match std::str::from_utf8(credentials) {
        Ok(token) if plain || !token.contains(|c: char| c.is_ascii_whitespace()) => Ok(token),
        _ => Err(Refusal::token(Reason::MalformedCredentials, "bytes that no token has")),
    }
}

/// Whether all bytes are visible ASCII without a comma, as in almost all requests.
///
/// Reading all of them is faster than stopping at the first exception.
fn is_plain(bytes: &[u8]) -> bool {
    let exception = |byte: &u8| u8::from(!matches!(byte, b'!'..=b'~')) | u8::from(*byte == b',');
    bytes.iter().fold(0, |found, byte| found | exception(byte)) == 0
}

/// Whether the text after a comma begins another credential: a scheme and a space (RFC 9110 section
/// 11.4).
fn starts_with_scheme(part: &[u8]) -> bool {
    let part = part.trim_ascii_start();
    match part.iter().position(|byte| *byte == b' ') {
        Some(space) => space > 0 && part[..space].iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-'),
        None => false,
    }
}

pub(super) fn several(detail: &'static str) -> Refusal {
    Refusal::because(Rejection::InvalidRequest(Reason::SeveralCredentials), detail)
}

/// Finds a token in the query. It is never used (RFC 9700 section 4.3.2).
///
/// It has a reason of its own, because the token is in access logs now.
#[inline]
pub(super) fn is_token_in_query(parts: &Parts, is_credential: impl Fn(&str, &str) -> bool) -> bool {
    // Under `nest` the URI is rewritten; the query is the same in both.
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    let Some(query) = uri.query() else { return false };
    query.split('&').any(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        name == "access_token" || is_credential(name, value)
    })
}
