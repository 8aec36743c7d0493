//! A credential in `Sec-WebSocket-Protocol`, which is the only header a browser's script can set.

use super::authorization::several;
use crate::rejection::Refusal;
use auth_events::Reason;
use http::header::{SEC_WEBSOCKET_PROTOCOL, UPGRADE};
use http::request::Parts;
use http::{HeaderMap, Method};

/// The subprotocol that announces the token.
pub(super) const BEARER: &str = "bearer";

/// Finds the token of `Sec-WebSocket-Protocol: bearer, <token>`, maybe with other protocols after.
pub(super) fn find(parts: &Parts) -> Result<Option<&[u8]>, Refusal> {
    let malformed = |detail| Refusal::token(Reason::MalformedCredentials, detail);
    let is_bearer = |protocol: &[u8]| protocol.eq_ignore_ascii_case(BEARER.as_bytes());
    let mut protocols = offered(&parts.headers);
    let first = protocols.next();
    if !first.is_some_and(is_bearer) {
        // P6: a credential in another place must not be a guest's request.
        if protocols.any(is_bearer) {
            return Err(malformed("the subprotocol `bearer` is not the first one"));
        }
        return Ok(None);
    }
    let Some(token) = protocols.next() else { return Err(malformed("no token after the subprotocol `bearer`")) };
    if protocols.any(is_bearer) || is_bearer(token) {
        return Err(several("more than one subprotocol `bearer`"));
    }
    if !is_websocket(parts) {
        return Err(malformed("the subprotocol `bearer` in a request that opens no WebSocket"));
    }
    Ok(Some(token))
}

/// The offered subprotocols. Several headers are one list (RFC 6455 section 11.3.4).
pub(super) fn offered(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let lists = headers.get_all(SEC_WEBSOCKET_PROTOCOL).into_iter();
    lists.flat_map(|list| list.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii)
}

/// Whether the request opens a WebSocket (RFC 6455 section 4.1; RFC 8441 in HTTP/2).
fn is_websocket(parts: &Parts) -> bool {
    let upgrades = parts.headers.get_all(UPGRADE).into_iter().flat_map(|list| list.as_bytes().split(|b| *b == b','));
    let mut protocols = upgrades.map(<[u8]>::trim_ascii);
    parts.method == Method::CONNECT
        || (parts.method == Method::GET && protocols.any(|protocol| protocol.eq_ignore_ascii_case(b"websocket")))
}
