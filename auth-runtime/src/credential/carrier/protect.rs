//! Keeps the credential away from what runs after the decision.

use super::subprotocol::{BEARER, offered};
use crate::rejection::ClientView;
use axum::response::Response;
use http::header::{AUTHORIZATION, COOKIE, SEC_WEBSOCKET_PROTOCOL};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

/// What became of a request's credential, for the response.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Protected {
    /// The status that opens a WebSocket, if the client offered `bearer` with a token.
    opens_with: Option<StatusCode>,
}

/// Marks the usual headers of credentials as sensitive, before a layer sees them.
///
/// Only the gate knows the other headers, which [`protect`] marks.
pub(crate) fn protect_from_layers(headers: &mut HeaderMap) {
    mark_sensitive(headers, &[AUTHORIZATION, COOKIE]);
}

/// Marks all values of these headers, in one pass, because a look-up hashes each name.
#[inline]
fn mark_sensitive(headers: &mut HeaderMap, names: &[HeaderName]) {
    for (_, value) in headers.iter_mut().filter(|(name, _)| names.contains(name)) {
        value.set_sensitive(true);
    }
}

/// Marks the credentials as sensitive, and removes a token from the offered subprotocols.
///
/// Extractors then see a `Debug` without the credential, and a handler cannot choose the token as
/// the protocol of the connection, which would send it back.
#[inline]
pub(crate) fn protect(view: &ClientView, parts: &mut Parts) -> Protected {
    if !view.credential_headers().is_empty() {
        mark_sensitive(&mut parts.headers, view.credential_headers());
    }
    let opens_with = if view.accepts_subprotocol() { protect_subprotocol(parts) } else { None };
    Protected { opens_with }
}

/// Removes the token, and returns the status that opens the WebSocket.
fn protect_subprotocol(parts: &mut Parts) -> Option<StatusCode> {
    let mut protocols = offered(&parts.headers);
    protocols.next().filter(|first| first.eq_ignore_ascii_case(BEARER.as_bytes()))?;
    // Without the token. The client offered the others, among them `bearer`.
    let mut without = BEARER.as_bytes().to_vec();
    for protocol in protocols.skip(1) {
        without.extend_from_slice(b", ");
        without.extend_from_slice(protocol);
    }
    match HeaderValue::from_bytes(&without) {
        Ok(value) => parts.headers.insert(SEC_WEBSOCKET_PROTOCOL, value),
        Err(_) => parts.headers.remove(SEC_WEBSOCKET_PROTOCOL),
    };
    // RFC 6455 section 4.2.2, and RFC 8441 section 5 in HTTP/2.
    Some(if parts.method == Method::CONNECT { StatusCode::OK } else { StatusCode::SWITCHING_PROTOCOLS })
}

impl Protected {
    /// Answers the subprotocol `bearer`, unless the handler has chosen another one.
    ///
    /// A browser closes a WebSocket whose server chooses none of the offered protocols (RFC 6455
    /// section 4.1).
    #[inline]
    pub(crate) fn complete(self, response: &mut Response) {
        if self.opens_with == Some(response.status()) {
            let chosen = response.headers_mut().entry(SEC_WEBSOCKET_PROTOCOL);
            chosen.or_insert(HeaderValue::from_static(BEARER));
        }
    }
}
