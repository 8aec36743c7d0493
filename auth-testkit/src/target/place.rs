//! Where a credential is in a request, as the posture names it.

use http::header::{AUTHORIZATION, COOKIE, SEC_WEBSOCKET_PROTOCOL};
use http::{HeaderName, Method};
use std::fmt;

/// A carrier of credentials, read from the words of the posture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// `Authorization`, with this scheme.
    Authorization(String),
    Header(HeaderName),
    Cookie(String),
    WebSocket,
}

impl Place {
    pub(crate) fn bearer() -> Self {
        Self::Authorization("Bearer".to_owned())
    }

    pub(crate) fn is_bearer(&self) -> bool {
        *self == Self::bearer()
    }

    /// Reads the text of a [`Carrier`](auth_runtime::credentials::Carrier).
    pub(crate) fn read(text: &str) -> Option<Self> {
        if let Some(scheme) = text.strip_prefix("Authorization: ") {
            return Some(Self::Authorization(scheme.to_owned()));
        }
        if let Some(name) = text.strip_prefix("header ") {
            return HeaderName::from_bytes(name.as_bytes()).ok().map(Self::Header);
        }
        // In capitals on loopback. Origins may follow.
        if let Some(cookie) = text.strip_prefix("cookie ").or_else(|| text.strip_prefix("COOKIE ")) {
            return cookie.split(' ').next().filter(|name| !name.is_empty()).map(|name| Self::Cookie(name.to_owned()));
        }
        (text == "WebSocket subprotocol").then_some(Self::WebSocket)
    }

    /// The header and the value that carry a credential.
    pub(crate) fn header(&self, text: &str) -> (HeaderName, String) {
        match self {
            Self::Authorization(scheme) => (AUTHORIZATION, format!("{scheme} {text}")),
            Self::Header(name) => (name.clone(), text.to_owned()),
            Self::Cookie(name) => (COOKIE, format!("{name}={text}")),
            Self::WebSocket => (SEC_WEBSOCKET_PROTOCOL, format!("bearer, {text}")),
        }
    }

    /// Whether a request with this method may have the carrier (RFC 6455 section 4.1).
    pub(crate) fn is_in_requests_of(&self, method: &Method) -> bool {
        *self != Self::WebSocket || *method == Method::GET
    }

    /// Whether the carrier can transport this text unchanged.
    ///
    /// RFC 6265 section 4.1.1 and RFC 9110 section 5.6.2 have the characters. A list of values is
    /// two credentials.
    pub(crate) fn holds(&self, text: &str) -> bool {
        let forbidden: &[u8] = match self {
            Self::Authorization(_) | Self::Header(_) => b",",
            Self::Cookie(_) => b" \",;\\",
            Self::WebSocket => b" \"(),/:;<=>?@[\\]{}",
        };
        !text.is_empty() && text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && !forbidden.contains(&byte))
    }

    /// The scheme of the challenge, where `Authorization` is not accepted.
    pub(super) fn scheme(&self) -> String {
        match self {
            Self::Authorization(scheme) => scheme.clone(),
            Self::Header(name) => name.to_string(),
            Self::Cookie(_) => "Cookie".to_owned(),
            Self::WebSocket => "Bearer".to_owned(),
        }
    }
}

/// `the cookie __Host-session`, for the names of attacks.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authorization(scheme) => write!(f, "Authorization: {scheme}"),
            Self::Header(name) => write!(f, "the header {name}"),
            Self::Cookie(name) => write!(f, "the cookie {name}"),
            Self::WebSocket => f.write_str("the WebSocket subprotocol"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Place;
    use auth_runtime::credentials::Carrier;

    /// The kit reads text, so a change of the words must fail here.
    #[test]
    fn each_carrier_is_read_from_its_words() {
        let cookie = Carrier::cookie("__Host-id");
        for (carrier, place) in [
            (Carrier::bearer(), Place::bearer()),
            (Carrier::authorization("Token"), Place::Authorization("Token".to_owned())),
            (Carrier::header("x-api-key"), Place::Header("x-api-key".parse().unwrap())),
            (cookie.clone(), Place::Cookie("__Host-id".to_owned())),
            (cookie.origin("https://a.example").origin("https://b.example"), Place::Cookie("__Host-id".to_owned())),
            (Carrier::dangerous_cookie_on_loopback("sid"), Place::Cookie("sid".to_owned())),
            (Carrier::websocket(), Place::WebSocket),
        ] {
            assert_eq!(Place::read(&carrier.to_string()), Some(place), "{carrier}");
        }
        assert_eq!(Place::read("carrier pigeon"), None);
    }
}
