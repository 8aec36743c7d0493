//! Keeps the credential away from what runs after the decision.

use super::subprotocol::{BEARER, offered};
use crate::rejection::ClientView;
use axum::response::Response;
use http::header::{AUTHORIZATION, COOKIE, Entry, SEC_WEBSOCKET_PROTOCOL};
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
    mark_sensitive(headers, &AUTHORIZATION);
    mark_sensitive(headers, &COOKIE);
}

fn mark_sensitive(headers: &mut HeaderMap, name: &HeaderName) {
    if !headers.contains_key(name) {
        return;
    }
    if let Entry::Occupied(mut values) = headers.entry(name) {
        values.iter_mut().for_each(|value| value.set_sensitive(true));
    }
}

/// Marks the credentials as sensitive, and removes a token from the offered subprotocols.
///
/// Extractors then see a `Debug` without the credential, and a handler cannot choose the token as
/// the protocol of the connection, which would send it back.
pub(crate) fn protect(view: &ClientView, parts: &mut Parts) -> Protected {
    for name in view.credential_headers() {
        mark_sensitive(&mut parts.headers, name);
    }
    let mut protocols = offered(&parts.headers);
    let has_subprotocol = view.accepts_subprotocol()
        && protocols.next().is_some_and(|first| first.eq_ignore_ascii_case(BEARER.as_bytes()));
    if has_subprotocol {
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
    }
    // RFC 6455 section 4.2.2, and RFC 8441 section 5 in HTTP/2.
    let opens = if parts.method == Method::CONNECT { StatusCode::OK } else { StatusCode::SWITCHING_PROTOCOLS };
    Protected { opens_with: has_subprotocol.then_some(opens) }
}

impl Protected {
    /// Answers the subprotocol `bearer`, unless the handler has chosen another one.
    ///
    /// A browser closes a WebSocket whose server chooses none of the offered protocols (RFC 6455
    /// section 4.1).
    pub(crate) fn complete(self, response: &mut Response) {
        if self.opens_with == Some(response.status()) {
            let chosen = response.headers_mut().entry(SEC_WEBSOCKET_PROTOCOL);
            chosen.or_insert(HeaderValue::from_static(BEARER));
        }
    }
}
