//! Finds the token in a request (RFC 6750 section 2.1, RFC 9110 section 11).

use super::placeholder::check_placeholder;
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use axum::extract::OriginalUri;
use http::header::AUTHORIZATION;
use http::request::Parts;

/// A presented credential, not parsed yet.
#[derive(Clone, Copy)]
pub(crate) enum Presented<'a> {
    /// The credentials after the scheme in the only `Authorization` header.
    InHeader(&'a [u8]),
    /// From another source, such as a queue or the first message of a WebSocket.
    Elsewhere(&'a str),
}

impl<'a> Presented<'a> {
    /// All bytes, which are the key in the cache.
    pub(crate) fn bytes(self) -> &'a [u8] {
        match self {
            Self::InHeader(credentials) => credentials,
            Self::Elsewhere(token) => token.as_bytes(),
        }
    }

    /// The token, if the credentials are exactly one token.
    pub(crate) fn token(self) -> Result<&'a str, Refusal> {
        match self {
            Self::InHeader(credentials) => token(credentials),
            Self::Elsewhere(token) => check_placeholder(token.as_bytes()).map(|()| token),
        }
    }
}

/// Finds the bearer token of a request in its `Authorization` header.
///
/// Tokens in the query, in cookies, forms or other headers are not supported (RFC 9700 section
/// 4.3.2).
pub(crate) fn presented(parts: &Parts) -> Result<Presented<'_>, Refusal> {
    let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
    let elsewhere = token_in_query(parts);
    let Some(header) = headers.next() else {
        return Err(elsewhere.unwrap_or(Rejection::MissingCredentials).into());
    };
    // P6: another component might act on the other header, so neither is used.
    if headers.next().is_some() {
        return Err(several("more than one Authorization header"));
    }
    if elsewhere.is_some() {
        return Err(several("a token in the query beside the Authorization header"));
    }

    let bytes = header.as_bytes();
    let scheme = bytes.split(|byte| *byte == b' ').next().unwrap_or_default();
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        // P6: as with two headers, another component might act on the other credential.
        if bytes.split(|byte| *byte == b',').skip(1).any(is_bearer) {
            return Err(several("a bearer token behind another credential"));
        }
        return Err(Refusal::because(Rejection::MissingCredentials, "an Authorization header of another scheme"));
    }
    // RFC 9110 section 11.4: one space or more between the scheme and the credentials.
    let mut credentials = &bytes[scheme.len()..];
    while let [b' ', rest @ ..] = credentials {
        credentials = rest;
    }
    Ok(Presented::InHeader(credentials))
}

/// Checks that the credentials can be exactly one token.
fn token(credentials: &[u8]) -> Result<&str, Refusal> {
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

fn is_bearer(part: &[u8]) -> bool {
    part.trim_ascii_start().get(..7).is_some_and(|start| start.eq_ignore_ascii_case(b"Bearer "))
}

fn several(detail: &'static str) -> Refusal {
    Refusal::because(Rejection::InvalidRequest(Reason::SeveralCredentials), detail)
}

/// Finds a token in the query. It is never used.
///
/// It has a reason of its own, because the token is in access logs now.
fn token_in_query(parts: &Parts) -> Option<Rejection> {
    // Under `nest` the URI is rewritten; the query is the same in both.
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    let found = uri.query()?.split('&').any(|pair| pair == "access_token" || pair.starts_with("access_token="));
    found.then_some(Rejection::TokenInQuery)
}
