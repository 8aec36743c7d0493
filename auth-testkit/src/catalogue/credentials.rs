//! The headers and the query of an attack.

use crate::target::Place;
use http::header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE, UPGRADE};
use http::{HeaderName, HeaderValue};

/// The site of the page that sent a request (Fetch Metadata).
pub(crate) const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Holds the headers, the query and the form that an attack puts into a request.
///
/// ```
/// use auth_testkit::Credentials;
///
/// let in_query = Credentials::none().query("access_token=eyJhbGciOiJub25lIn0.e30.");
/// let basic = Credentials::authorization("Basic YWxpY2U6c2VjcmV0");
/// assert_ne!(in_query, basic);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Credentials {
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) query: Option<String>,
    /// Replaces the body of the request.
    pub(crate) body: Option<String>,
}

impl Credentials {
    /// Creates an empty set: no credentials.
    pub fn none() -> Self {
        Self::default()
    }

    /// Puts a token into `Authorization` with the scheme `Bearer`.
    ///
    /// # Panics
    ///
    /// When it contains bytes that a header must not have, such as line breaks or NUL.
    pub fn bearer(token: &str) -> Self {
        Self::authorization(format!("Bearer {token}"))
    }

    /// Puts any value into `Authorization`.
    ///
    /// # Panics
    ///
    /// When it contains bytes that a header must not have, such as line breaks or NUL.
    pub fn authorization(value: impl AsRef<[u8]>) -> Self {
        Self::none().header(AUTHORIZATION, value)
    }

    /// Adds a header. It replaces the one that the request has without an attack.
    ///
    /// # Panics
    ///
    /// When the value contains bytes that a header must not have, such as line breaks or NUL.
    pub fn header(mut self, name: HeaderName, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name, HeaderValue::from_bytes(value.as_ref()).expect("a valid header value")));
        self
    }

    /// Sets the query.
    pub fn query(self, query: impl Into<String>) -> Self {
        Self { query: Some(query.into()), ..self }
    }

    /// Replaces the body by a form (RFC 6750 section 2.2).
    pub fn form(self, fields: impl Into<String>) -> Self {
        let credentials = self.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        Self { body: Some(fields.into()), ..credentials }
    }

    /// The headers and the body of a signed request.
    pub(crate) fn signed(headers: Vec<(HeaderName, HeaderValue)>, body: String) -> Self {
        Self { headers, query: None, body: Some(body) }
    }

    /// Whether a request with these has a credential where the gate looks for one.
    ///
    /// RFC 6750 section 2 names the header and the query.
    pub(crate) fn are_presented(&self) -> bool {
        let in_query = |query: &String| query.split('&').any(|pair| pair.split('=').next() == Some("access_token"));
        self.headers.iter().any(|(name, _)| name == AUTHORIZATION) || self.query.as_ref().is_some_and(in_query)
    }

    /// Why a gRPC method does not receive these credentials, or receives others.
    pub(crate) fn unfit_for_grpc(&self) -> Option<&'static str> {
        let has = |wanted: HeaderName| self.headers.iter().any(|(name, _)| *name == wanted);
        if has(CONTENT_TYPE) {
            // The server of a method reads no other type, and its rejection is that of HTTP.
            return Some("attacks with another content type were not sent, because it is a gRPC method");
        }
        // A client removes it, and what it names (RFC 9113 section 8.2.2).
        has(CONNECTION).then_some("attacks with `Connection` were not sent, because HTTP/2 does not have it")
    }

    /// Puts a credential into a carrier, as a page of the service itself does.
    pub(crate) fn placed(place: &Place, text: &str) -> Self {
        let (name, value) = place.header(text);
        let credentials = Self::none().header(name, value);
        match place {
            Place::Cookie(_) => credentials.header(SEC_FETCH_SITE, "same-origin"),
            Place::WebSocket => credentials.header(UPGRADE, "websocket"),
            Place::Authorization(_) | Place::Header(_) => credentials,
        }
    }

    /// Adds the headers of other credentials.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.headers.extend(other.headers);
        self
    }

    /// Adds the headers of other credentials, and takes their query and their body.
    pub(crate) fn with(self, other: Self) -> Self {
        let (query, body) = (other.query.clone(), other.body.clone());
        Self { query: query.or(self.query.clone()), body: body.or(self.body.clone()), ..self.and(other) }
    }

    /// The same token in another carrier; `None` where the carrier cannot transport it.
    pub(crate) fn moved_to(&self, place: &Place) -> Option<Self> {
        let [(name, value)] = self.headers.as_slice() else { return None };
        let token = value.to_str().ok()?.strip_prefix("Bearer ")?;
        (*name == AUTHORIZATION && self.query.is_none() && place.holds(token)).then(|| Self::placed(place, token))
    }

    /// Whether a verifier finds something in this carrier.
    pub(crate) fn are_in(&self, place: &Place) -> bool {
        self.headers.iter().any(|(name, value)| {
            let (carrier, start) = place.header("");
            let value = String::from_utf8_lossy(value.as_bytes());
            *name == carrier
                && match place {
                    Place::Authorization(scheme) => {
                        value.split(' ').next().is_some_and(|own| own.eq_ignore_ascii_case(scheme))
                    }
                    Place::Header(_) => true,
                    Place::Cookie(_) => value.split(';').any(|pair| pair.trim().starts_with(&start)),
                    Place::WebSocket => value.to_ascii_lowercase().contains("bearer"),
                }
        })
    }

    /// Parts long enough for a secret. An event must not contain one.
    ///
    /// The parts of an API key are joined by `_`, which is also a character of a token.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        // Not a list of characters, because each would be compared in a call in a debug build.
        let is_separator = |c: char| matches!(c, ' ' | ',' | ';' | '=' | '.' | '"' | ':');
        let headers = self.headers.iter().filter_map(|(_, value)| value.to_str().ok());
        let texts = headers.chain(self.query.as_deref());
        let parts = texts.flat_map(move |text| text.split(is_separator));
        // A session's id has 22 characters.
        parts.flat_map(|part| std::iter::once(part).chain(part.split('_'))).filter(|part| part.len() >= 22)
    }
}

#[cfg(test)]
mod tests {
    use super::{Credentials, Place};

    #[test]
    fn the_secret_of_each_kind_is_looked_for_in_events() {
        let key = "acme_live_0123456789abcdeF_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG_11kWob";
        let session = "0123456789abcdefghijkl";
        for (place, text, secret) in [
            ("header x-api-key", key, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"),
            ("Authorization: Bearer", key, key),
            ("cookie __Host-id", session, session),
        ] {
            let credentials = Credentials::placed(&Place::read(place).unwrap(), text);
            assert!(credentials.secrets().any(|part| part == secret), "{place}");
        }
    }
}
