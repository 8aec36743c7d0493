//! A credential in a header of its own, without a scheme.

use super::Carrier;
use super::authorization::several;
use crate::base::ConfigError;
use crate::rejection::Refusal;
use http::HeaderName;
use http::request::Parts;

/// Headers with another meaning, which a proxy, a browser or HTTP itself sets.
const TAKEN: &[&str] = &[
    "authorization",
    "cache-control",
    "connection",
    "cookie",
    "date",
    "dpop",
    "expect",
    "forwarded",
    "from",
    "host",
    "keep-alive",
    "max-forwards",
    "origin",
    "pragma",
    "range",
    "referer",
    "set-cookie",
    "te",
    "traceparent",
    "tracestate",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "vary",
    "via",
    "www-authenticate",
    "x-real-ip",
];

const TAKEN_PREFIXES: &[&str] = &["accept", "access-control-", "content-", "if-", "proxy-", "sec-", "x-forwarded-"];

/// P9: checks the name of a header.
pub(super) fn checked(carrier: &Carrier, name: &str) -> Result<HeaderName, ConfigError> {
    let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
        return Err(carrier.refused("its name is not a header name: use letters, digits and `-`"));
    };
    let text = name.as_str();
    if text == "authorization" {
        return Err(carrier.refused("`Authorization` has a scheme: use `Carrier::authorization(..)`"));
    }
    if text == "cookie" {
        return Err(carrier.refused("a cookie has a name: use `Carrier::cookie(..)`"));
    }
    if text == "sec-websocket-protocol" {
        return Err(carrier.refused("a subprotocol has a form: use `Carrier::websocket()`"));
    }
    if TAKEN.contains(&text) || TAKEN_PREFIXES.iter().any(|prefix| text.starts_with(prefix)) {
        return Err(carrier
            .refused("the header has another meaning in HTTP: use one for the credential alone, such as `x-api-key`"));
    }
    Ok(name)
}

/// Finds the value of the header.
pub(super) fn find<'a>(parts: &'a Parts, name: &HeaderName) -> Result<Option<&'a [u8]>, Refusal> {
    let mut values = parts.headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    // P6: a proxy may have joined two headers with a comma (RFC 9110 section 5.3).
    if values.next().is_some() || value.as_bytes().contains(&b',') {
        return Err(several("more than one value of the credential's header"));
    }
    Ok(Some(value.as_bytes()))
}
