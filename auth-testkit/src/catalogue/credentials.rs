//! The headers and the query of an attack.

use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};

/// Holds the headers and the query that an attack puts into a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Credentials {
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) query: Option<String>,
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

    /// Adds a header.
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

    /// Whether a request with these has a credential where the gate looks for one.
    ///
    /// RFC 6750 section 2 names the header and the query.
    pub(crate) fn are_presented(&self) -> bool {
        let in_query = |query: &String| query.split('&').any(|pair| pair.split('=').next() == Some("access_token"));
        self.headers.iter().any(|(name, _)| name == AUTHORIZATION) || self.query.as_ref().is_some_and(in_query)
    }

    /// Parts long enough for a token segment. An event must not contain one.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let headers = self.headers.iter().filter_map(|(_, value)| value.to_str().ok());
        headers
            .chain(self.query.as_deref())
            .flat_map(|text| text.split([' ', ',', '=', '.', '"', ':']))
            .filter(|part| part.len() >= 24)
    }
}
