//! Where a credential is in a request: [`Carrier`].

use super::cookie::CookiePlace;
use super::{cookie_name, named_header, origin};
use crate::base::ConfigError;
use http::header::SEC_WEBSOCKET_PROTOCOL;
use std::fmt;

/// Names the place of a credential in a request.
///
/// A request has exactly one credential: two, in whatever carriers, are 400. Names are checked when
/// the verifier is built.
///
/// ```
/// use auth_runtime::credentials::Carrier;
///
/// let page = Carrier::cookie("__Host-session")
///     .origin("https://app.example.com")
///     .login_page("/login")
///     .return_parameter("next");
/// assert_eq!(page.to_string(), "cookie __Host-session from https://app.example.com");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "it has no effect unless a verifier is built with it"]
pub struct Carrier {
    pub(super) place: Place,
    /// P9: what was set on a carrier that has no such part, for the error at start.
    misused: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// `Authorization`, with this scheme.
    Authorization(String),
    /// A header without a scheme.
    Header(String),
    Cookie(CookiePlace),
    WebSocket,
}

impl Carrier {
    /// The `Authorization` header with the scheme `Bearer` (RFC 6750 section 2.1).
    pub fn bearer() -> Self {
        Self::authorization("Bearer")
    }

    /// The `Authorization` header with another scheme, such as `Token`.
    ///
    /// For the clients of an older service. `Bearer` is the only scheme that is registered for
    /// tokens of this kind, and the posture shows another one.
    pub fn authorization(scheme: impl Into<String>) -> Self {
        let scheme = scheme.into();
        // Schemes are compared without regard to case (RFC 9110 section 11.1).
        let is_bearer = scheme.eq_ignore_ascii_case("Bearer");
        Self::at(Place::Authorization(if is_bearer { "Bearer".to_owned() } else { scheme }))
    }

    /// A header for the credential alone, without a scheme, such as `x-api-key`.
    pub fn header(name: impl Into<String>) -> Self {
        Self::at(Place::Header(name.into().to_ascii_lowercase()))
    }

    /// A cookie, whose name begins with `__Host-`.
    ///
    /// Browsers send a cookie with the requests of any site. Therefore a method other than GET,
    /// HEAD and OPTIONS, and each WebSocket, also needs `Sec-Fetch-Site: same-origin` or `none`, or
    /// the `Origin` of an [`origin`](Self::origin). Otherwise the client gets 403, and the event
    /// has the reason `cross_site`.
    pub fn cookie(name: impl Into<String>) -> Self {
        Self::at_cookie(name.into(), false)
    }

    /// A cookie of another name, for development on this machine.
    ///
    /// It counts only if the peer, where it is known, and the host of the request are loopback
    /// addresses or `localhost`. Any other host can set such a cookie for a service beside it.
    pub fn dangerous_cookie_on_loopback(name: impl Into<String>) -> Self {
        Self::at_cookie(name.into(), true)
    }

    /// The subprotocols of a WebSocket, for browsers, whose scripts can set no other header.
    ///
    /// A page opens `new WebSocket(url, ["bearer", token])`, which sends
    /// `Sec-WebSocket-Protocol: bearer, <token>`. The gate removes the token before the handler
    /// runs. It answers `bearer`, unless the handler chooses another offered protocol.
    pub fn websocket() -> Self {
        Self::at(Place::WebSocket)
    }

    /// Adds an origin whose pages may send the cookie, exactly as browsers send it in `Origin`.
    ///
    /// Name the service's own origin too: not all browsers send `Sec-Fetch-Site`, and some send it
    /// for no WebSocket.
    pub fn origin(self, origin: impl Into<String>) -> Self {
        let origin = origin.into();
        self.of_cookie("`.origin(..)` is for a cookie: remove it", |cookie| cookie.origins.push(origin))
    }

    /// Redirects browsers that open a page without a good cookie to this path of the service.
    ///
    /// Only a GET with `Sec-Fetch-Mode: navigate` and `Sec-Fetch-Dest: document` gets the 303. All
    /// other requests get 401. The event is the same for both.
    pub fn login_page(self, path: impl Into<String>) -> Self {
        let path = path.into();
        self.of_cookie("`.login_page(..)` is for a cookie: remove it", |cookie| cookie.login_page = Some(path))
    }

    /// Adds the requested path and query to the login page's URL, as this query parameter.
    ///
    /// An attacker can choose them, as part of a link. The login page must redirect to a path of
    /// its own service only.
    pub fn return_parameter(self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.of_cookie("`.return_parameter(..)` is for a cookie: remove it", |cookie| {
            cookie.return_parameter = Some(name);
        })
    }

    fn at(place: Place) -> Self {
        Self { place, misused: None }
    }

    fn at_cookie(name: String, on_loopback: bool) -> Self {
        let (origins, login_page, return_parameter) = (Vec::new(), None, None);
        Self::at(Place::Cookie(CookiePlace { name, on_loopback, origins, login_page, return_parameter }))
    }

    fn of_cookie(mut self, misuse: &'static str, change: impl FnOnce(&mut CookiePlace)) -> Self {
        match &mut self.place {
            Place::Cookie(cookie) => change(cookie),
            _ => self.misused = Some(misuse),
        }
        self
    }

    /// Whether both read the same part of a request, whatever else is configured.
    pub(crate) fn is_at_same_place(&self, other: &Self) -> bool {
        match (&self.place, &other.place) {
            (Place::Authorization(one), Place::Authorization(other)) => one.eq_ignore_ascii_case(other),
            (Place::Cookie(one), Place::Cookie(other)) => one.name == other.name,
            (one, other) => one == other,
        }
    }

    /// Describes the place, by the scheme of `Authorization` or the name of the header or cookie.
    pub(crate) fn described<T>(
        &self,
        authorization: impl FnOnce(&str) -> T,
        header: impl FnOnce(&str) -> T,
        cookie: impl FnOnce(&str) -> T,
    ) -> T {
        match &self.place {
            Place::Authorization(scheme) => authorization(scheme),
            Place::Header(name) => header(name),
            Place::Cookie(place) => cookie(&place.name),
            Place::WebSocket => header(SEC_WEBSOCKET_PROTOCOL.as_str()),
        }
    }

    /// Whether a parameter of a query has the name of the cookie or of the header.
    pub(crate) fn is_parameter(&self, parameter: &str) -> bool {
        match &self.place {
            Place::Cookie(cookie) => cookie.name == parameter,
            Place::Header(name) => name.eq_ignore_ascii_case(parameter),
            Place::Authorization(_) | Place::WebSocket => false,
        }
    }

    /// P9: checks names and origins when the verifier is built.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if let Some(misuse) = self.misused {
            return Err(self.refused(misuse));
        }
        match &self.place {
            Place::Authorization(scheme) => check_scheme(scheme).map_err(|why| self.refused(why)),
            Place::Header(name) => named_header::checked(self, name).map(drop),
            Place::Cookie(cookie) => {
                cookie_name::check(&cookie.name, cookie.on_loopback).map_err(|why| self.refused(why))?;
                if cookie.return_parameter.is_some() && cookie.login_page.is_none() {
                    return Err(self.refused("a return parameter has no effect: add `.login_page(..)`"));
                }
                cookie.origins.iter().try_for_each(|text| origin::check(text)).map_err(|why| self.refused(why))
            }
            Place::WebSocket => Ok(()),
        }
    }

    pub(super) fn refused(&self, why: &'static str) -> ConfigError {
        ConfigError::Carrier { carrier: self.to_string(), why }
    }

    /// The scheme of the challenge, where nothing in `Authorization` is accepted.
    ///
    /// A 401 needs a challenge (RFC 9110 section 15.5.2), and `Bearer` would ask for a header that
    /// is not accepted. Clients ignore schemes that they do not know, so it names the carrier for
    /// the client's developer.
    pub(super) fn scheme(&self) -> &str {
        match &self.place {
            Place::Authorization(name) | Place::Header(name) => name,
            Place::Cookie(_) => "Cookie",
            Place::WebSocket => "Bearer",
        }
    }
}

/// Schemes whose credentials are not one token (the IANA registry of authentication schemes).
const OTHER_SCHEMES: &[&str] = &[
    "basic",
    "digest",
    "gnap",
    "hoba",
    "mutual",
    "negotiate",
    "ntlm",
    "oauth",
    "privatetoken",
    "scram-sha-1",
    "scram-sha-256",
    "vapid",
];

fn check_scheme(scheme: &str) -> Result<(), &'static str> {
    if scheme.is_empty() || !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err("its scheme is not a word: use letters, digits and `-`, without the token");
    }
    let lower = scheme.to_ascii_lowercase();
    if lower == "dpop" {
        // P6: without the proof of possession, a stolen token would count (RFC 9449 section 7.2).
        return Err("`DPoP` needs a proof of possession, which is not checked: remove it");
    }
    if OTHER_SCHEMES.contains(&lower.as_str()) {
        return Err("the credentials of this scheme are not one token: use another word, such as `Token`");
    }
    Ok(())
}

/// Writes the carrier as the posture does.
impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Authorization(scheme) => write!(f, "Authorization: {scheme}"),
            Place::Header(name) => write!(f, "header {name}"),
            Place::WebSocket => f.write_str("WebSocket subprotocol"),
            Place::Cookie(CookiePlace { name, on_loopback, origins, .. }) => {
                match on_loopback {
                    true => write!(f, "COOKIE {name} WITHOUT __Host- ON LOOPBACK")?,
                    false => write!(f, "cookie {name}")?,
                }
                for (index, origin) in origins.iter().enumerate() {
                    f.write_str(if index == 0 { " from " } else { " or " })?;
                    f.write_str(origin)?;
                }
                Ok(())
            }
        }
    }
}
