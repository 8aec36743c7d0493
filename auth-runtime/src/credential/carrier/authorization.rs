//! From a request to the token it presents (RFC 6750 section 2.1, RFC 9110 section 11).

use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use axum::extract::OriginalUri;
use http::header::AUTHORIZATION;
use http::request::Parts;

/// Something that may be a token, unread.
#[derive(Clone, Copy)]
pub(crate) enum Presented<'a> {
    /// What stands behind the scheme in the one `Authorization` header.
    InHeader(&'a [u8]),
    /// It came some other way: from a queue, or a WebSocket's first message.
    Elsewhere(&'a str),
}

impl<'a> Presented<'a> {
    /// All of it, to be compared with tokens that were verified before.
    pub(crate) fn bytes(self) -> &'a [u8] {
        match self {
            Self::InHeader(credentials) => credentials,
            Self::Elsewhere(token) => token.as_bytes(),
        }
    }

    /// The one token that it is.
    pub(crate) fn token(self) -> Result<&'a str, Refusal> {
        match self {
            Self::InHeader(credentials) => token(credentials),
            Self::Elsewhere(token) => Ok(token),
        }
    }
}

/// The credentials of the one bearer token of a request. Only the `Authorization` header is looked at: tokens in the query, in
/// cookies, forms or other headers are not supported (RFC 9700 section 4.3.2).
pub(crate) fn presented(parts: &Parts) -> Result<Presented<'_>, Refusal> {
    let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
    let elsewhere = token_in_query(parts);
    let Some(header) = headers.next() else {
        return Err(elsewhere.unwrap_or(Rejection::MissingCredentials).into());
    };
    // P6: which of two headers another component acts on can't be known, so neither is acted on.
    if headers.next().is_some() {
        return Err(several("more than one Authorization header"));
    }
    if elsewhere.is_some() {
        return Err(several("a token in the query beside the Authorization header"));
    }

    let bytes = header.as_bytes();
    let scheme = bytes.split(|byte| *byte == b' ').next().unwrap_or_default();
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        // P6: as with two headers, another component might act on the one that we don't.
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

/// What can be the one token that it should be.
fn token(credentials: &[u8]) -> Result<&str, Refusal> {
    let plain = is_plain(credentials);
    if !plain && credentials.split(|byte| *byte == b',').skip(1).any(names_a_scheme) {
        return Err(several("several credentials in one Authorization header"));
    }
    if credentials.is_empty() {
        return Err(Refusal::token(Reason::MalformedCredentials, "no token after the scheme"));
    }
    // A token is dots and base64url; whatever else stands here is refused before anything is decoded.
    match std::str::from_utf8(credentials) {
        Ok(token) if plain || !token.contains(|c: char| c.is_ascii_whitespace()) => Ok(token),
        _ => Err(Refusal::token(Reason::MalformedCredentials, "bytes that no token has")),
    }
}

/// Whether there is nothing in it but visible ASCII without a comma, as in all but a few. That is faster than to
/// stop at the first.
fn is_plain(bytes: &[u8]) -> bool {
    let strange = |byte: &u8| u8::from(!matches!(byte, b'!'..=b'~')) | u8::from(*byte == b',');
    bytes.iter().fold(0, |found, byte| found | strange(byte)) == 0
}

/// Whether what follows a comma begins another credential: a scheme, a space, and something (RFC 9110 section 11.4).
fn names_a_scheme(part: &[u8]) -> bool {
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

/// A token in the query is never used. It is told apart from no token at all, because it is in somebody's access log
/// now.
fn token_in_query(parts: &Parts) -> Option<Rejection> {
    // Under `nest` the URI is rewritten; the query is the same in both.
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    let named = uri.query()?.split('&').any(|pair| pair == "access_token" || pair.starts_with("access_token="));
    named.then_some(Rejection::TokenInQuery)
}
