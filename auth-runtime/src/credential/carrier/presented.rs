//! A presented credential, not parsed yet.

use super::authorization;
use super::placeholder::check_placeholder;
use crate::rejection::Refusal;
use auth_events::Reason;

/// A presented credential, not parsed yet.
#[derive(Clone, Copy)]
pub(crate) enum Presented<'a> {
    /// The credentials after the scheme in the only `Authorization` header.
    InHeader(&'a [u8]),
    /// The whole value of a named header, a cookie or a subprotocol.
    Alone(&'a [u8]),
    /// From another source, such as a queue or the first message of a WebSocket.
    Elsewhere(&'a str),
}

impl<'a> Presented<'a> {
    /// All bytes, which are the key in the cache.
    pub(crate) fn bytes(self) -> &'a [u8] {
        match self {
            Self::InHeader(credentials) | Self::Alone(credentials) => credentials,
            Self::Elsewhere(token) => token.as_bytes(),
        }
    }

    /// The token, if the credentials are exactly one token.
    pub(crate) fn token(self) -> Result<&'a str, Refusal> {
        match self {
            Self::InHeader(credentials) => authorization::token(credentials),
            Self::Alone(value) => alone(value),
            Self::Elsewhere(token) => check_placeholder(token.as_bytes()).map(|()| token),
        }
    }
}

/// Checks that a value is one credential: cookie-octets (RFC 6265 section 4.1.1), at least one.
///
/// P6: quotes are not removed, because the same credential would then have two spellings.
fn alone(value: &[u8]) -> Result<&str, Refusal> {
    match std::str::from_utf8(value) {
        Ok("") => Err(Refusal::token(Reason::MalformedCredentials, "an empty value")),
        Ok(token) if token.bytes().all(is_cookie_octet) => Ok(token),
        _ => Err(Refusal::token(Reason::MalformedCredentials, "bytes that no token has")),
    }
}

/// Whether a byte may be in the value of a cookie (RFC 6265 section 4.1.1).
pub(super) fn is_cookie_octet(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~') && !matches!(byte, b'"' | b',' | b';' | b'\\')
}
