//! A credential in a cookie (RFC 6265).

use super::authorization::several;
use super::loopback;
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use http::header::COOKIE;
use http::request::Parts;

/// A cookie with a credential, and what a verifier needs beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CookiePlace {
    pub(super) name: String,
    /// The name does not begin with `__Host-`, so that only requests of this machine may use it.
    pub(super) on_loopback: bool,
    pub(super) origins: Vec<String>,
    pub(super) login_page: Option<String>,
    pub(super) return_parameter: Option<String>,
}

impl CookiePlace {
    /// Finds the value of the cookie.
    ///
    /// P6: a second cookie of the name was set for another path or by another component, and which
    /// of both the browser sends first is not the service's decision.
    pub(super) fn find<'a>(&self, parts: &'a Parts) -> Result<Option<&'a [u8]>, Refusal> {
        let mut found = None;
        // RFC 9113 section 8.2.3: HTTP/2 may split the header.
        for pair in parts.headers.get_all(COOKIE).iter().flat_map(|header| header.as_bytes().split(|b| *b == b';')) {
            let pair = pair.trim_ascii();
            let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
                Some(equals) => (&pair[..equals], &pair[equals + 1..]),
                None => (pair, &[][..]),
            };
            if name.trim_ascii() != self.name.as_bytes() {
                continue;
            }
            if found.replace(value).is_some() {
                return Err(several("more than one cookie of the credential's name"));
            }
            if name.trim_ascii().len() != name.len() {
                return Err(Refusal::token(Reason::MalformedCredentials, "white space in the name of the cookie"));
            }
        }
        if found.is_some() && self.on_loopback && !loopback::is_local(parts) {
            let detail = "a cookie without `__Host-`, which counts on this machine only";
            return Err(Refusal::because(Rejection::MissingCredentials, detail));
        }
        Ok(found)
    }
}
