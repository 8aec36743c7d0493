//! Sets and clears the cookie of a login: [`SessionCookie`].

use super::cookie_name;
use super::presented::is_cookie_octet;
use crate::base::ConfigError;
use axum::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};
use http::HeaderValue;
use http::header::SET_COOKIE;
use std::convert::Infallible;
use std::fmt;
use std::time::Duration;

/// Sets and clears the cookie that [`Carrier::cookie`](super::Carrier::cookie) reads.
///
/// The cookie has `Secure`, `Path=/` and no `Domain`, as the name `__Host-` requires (RFC 6265bis
/// section 4.1.3.2), `HttpOnly`, because no script needs it, and `SameSite=Lax`. Without
/// [`max_age`](Self::max_age) it ends with the browser.
///
/// ```
/// use auth_runtime::credentials::{SessionCookie, SetCookie};
/// use axum::response::Redirect;
/// use std::time::Duration;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let cookie = SessionCookie::new("__Host-session")?.max_age(Duration::from_secs(8 * 60 * 60));
///
/// let token = "eyJhbGciOiJFZERTQSJ9.e30.c2ln"; // of the identity provider, or a session's id
/// let logged_in: (SetCookie, Redirect) = (cookie.set(token)?, Redirect::to("/"));
/// let logged_out: (SetCookie, Redirect) = (cookie.clear(), Redirect::to("/login"));
/// # drop((logged_in, logged_out));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "it has no effect unless a response sets the cookie"]
pub struct SessionCookie {
    name: String,
    /// What follows the value in each case.
    attributes: &'static str,
    same_site: &'static str,
    max_age: Option<Duration>,
    cleared: HeaderValue,
}

impl SessionCookie {
    /// Names the cookie. The name begins with `__Host-`.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Carrier`], if the name is another one.
    pub fn new(name: impl Into<String>) -> Result<Self, ConfigError> {
        Self::named(name.into(), true)
    }

    /// Names a cookie for development on this machine, without `Secure`.
    ///
    /// For [`Carrier::dangerous_cookie_on_loopback`](super::Carrier::dangerous_cookie_on_loopback).
    ///
    /// # Errors
    ///
    /// [`ConfigError::Carrier`], if the name begins with `__`.
    pub fn dangerous_on_loopback(name: impl Into<String>) -> Result<Self, ConfigError> {
        Self::named(name.into(), false)
    }

    fn named(name: String, is_secure: bool) -> Result<Self, ConfigError> {
        let refused = |why| ConfigError::Carrier { carrier: format!("cookie {name}"), why };
        cookie_name::check(&name, !is_secure).map_err(refused)?;
        let attributes = if is_secure { "Path=/; Secure; HttpOnly" } else { "Path=/; HttpOnly" };
        let cleared = HeaderValue::try_from(format!("{name}=; {attributes}; SameSite=Lax; Max-Age=0"));
        let cleared = cleared.map_err(|_| refused("its name cannot be in a header: use letters and digits"))?;
        Ok(Self { name, attributes, same_site: "Lax", max_age: None, cleared })
    }

    /// Sets `SameSite=Strict`: a link from another site opens the service logged out.
    pub fn strict(mut self) -> Self {
        self.same_site = "Strict";
        self
    }

    /// Sets `Max-Age`, in whole seconds. A good value is the lifetime of the credential.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// Makes the header that sets the cookie.
    ///
    /// # Errors
    ///
    /// [`CookieValueError`], if the value is empty or has a byte that a cookie must not have (RFC
    /// 6265 section 4.1.1).
    pub fn set(&self, value: &str) -> Result<SetCookie, CookieValueError> {
        if value.is_empty() || !value.bytes().all(is_cookie_octet) {
            return Err(CookieValueError(()));
        }
        let Self { name, attributes, same_site, .. } = self;
        let max_age = self.max_age.map(|age| format!("; Max-Age={}", age.as_secs())).unwrap_or_default();
        let header = HeaderValue::try_from(format!("{name}={value}; {attributes}; SameSite={same_site}{max_age}"));
        let mut header = header.map_err(|_| CookieValueError(()))?;
        header.set_sensitive(true);
        Ok(SetCookie(header))
    }

    /// Makes the header that removes the cookie from the browser.
    ///
    /// The credential itself is still valid: revoke it too.
    pub fn clear(&self) -> SetCookie {
        SetCookie(self.cleared.clone())
    }
}

/// A `Set-Cookie` header: a part of a response, or the value for code that builds one.
///
/// ```
/// use auth_runtime::credentials::{SessionCookie, SetCookie};
/// use axum::extract::State;
/// use axum::response::Redirect;
///
/// async fn log_out(State(cookie): State<SessionCookie>) -> (SetCookie, Redirect) {
///     (cookie.clear(), Redirect::to("/"))
/// }
/// # let _ = log_out;
/// ```
#[derive(Debug, Clone)]
#[must_use = "it has no effect unless it is a part of a response"]
pub struct SetCookie(HeaderValue);

impl SetCookie {
    /// Returns the value, which is marked as sensitive.
    #[must_use]
    pub fn into_value(self) -> HeaderValue {
        self.0
    }
}

impl IntoResponseParts for SetCookie {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        // Appended, because each cookie has a header of its own (RFC 6265 section 3).
        parts.headers_mut().append(SET_COOKIE, self.0);
        Ok(parts)
    }
}

impl IntoResponse for SetCookie {
    fn into_response(self) -> Response {
        (self, ()).into_response()
    }
}

/// Reports a value that a cookie cannot have. It omits the value, which may be a secret.
///
/// ```
/// use auth_runtime::credentials::SessionCookie;
///
/// let cookie = SessionCookie::new("__Host-session")?;
/// let error = cookie.set("two words; and a semicolon").unwrap_err();
/// assert!(error.to_string().contains("use visible ASCII"));
/// # Ok::<(), auth_runtime::ConfigError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CookieValueError(());

impl fmt::Display for CookieValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the value of the cookie is empty or has a byte that a cookie must not have: use visible ASCII without \
             quotes, commas, semicolons and backslashes",
        )
    }
}

impl fmt::Debug for CookieValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CookieValueError")
    }
}

impl std::error::Error for CookieValueError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(cookie: SetCookie) -> String {
        cookie.into_value().to_str().expect("ASCII").to_owned()
    }

    #[test]
    fn a_cookie_has_the_attributes_that_its_name_requires() {
        let cookie = SessionCookie::new("__Host-session").unwrap();
        assert_eq!(text(cookie.set("a.b").unwrap()), "__Host-session=a.b; Path=/; Secure; HttpOnly; SameSite=Lax");
        let cookie = cookie.strict().max_age(Duration::from_secs(60 * 60));
        assert_eq!(
            text(cookie.set("a.b").unwrap()),
            "__Host-session=a.b; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=3600"
        );
        assert_eq!(text(cookie.clear()), "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
        let local = SessionCookie::dangerous_on_loopback("session").unwrap();
        assert_eq!(text(local.set("a").unwrap()), "session=a; Path=/; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn a_name_is_checked_as_for_the_carrier() {
        for name in ["session", "__host-session", "__Secure-session", "__Host-", "__Host-a;b", "__Host-a b", ""] {
            let error = SessionCookie::new(name).unwrap_err();
            assert!(matches!(error, ConfigError::Carrier { .. }), "{name}");
        }
        for name in ["__Host-session", "__HOST-session", "__secure-session", "a=b", ""] {
            assert!(SessionCookie::dangerous_on_loopback(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_value_cannot_add_attributes_or_headers() {
        let cookie = SessionCookie::new("__Host-session").unwrap();
        for value in ["", "a; Domain=evil.example", "a\r\nset-cookie: b", "a b", "\"a\"", "a,b", "a\\b", "ä", "a\0"] {
            assert_eq!(cookie.set(value).map(drop), Err(CookieValueError(())), "{value:?}");
        }
    }

    #[test]
    fn the_value_is_not_in_debug() {
        let cookie = SessionCookie::new("__Host-session").unwrap().set("the-secret").unwrap();
        assert!(!format!("{cookie:?}").contains("the-secret"), "{cookie:?}");
    }

    #[test]
    fn each_cookie_has_its_own_header() {
        let one = SessionCookie::new("__Host-one").unwrap().set("1").unwrap();
        let other = SessionCookie::new("__Host-other").unwrap().clear();
        let response = (one, other, "body").into_response();
        assert_eq!(response.headers().get_all(SET_COOKIE).iter().count(), 2);
    }
}
