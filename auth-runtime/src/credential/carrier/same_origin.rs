//! Protects cookies from requests of other sites (CSRF, cross-site WebSocket hijacking).

use crate::rejection::{Refusal, Rejection};
use http::header::{ORIGIN, UPGRADE};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Checks that a request with a cookie is safe, or comes from the service's own pages.
///
/// A browser adds the cookie to requests of any site, so that the cookie does not show that the
/// user wants the request. `Sec-Fetch-Site` is read first, because scripts cannot set it and a
/// proxy has no reason to change it. Without it, or for a page of another origin, `Origin` must be
/// a configured one.
///
/// P6: 403 for whatever else. Not 401, because the user is logged in, and a page that answers 401
/// with a login would log them out.
pub(super) fn check(parts: &Parts, origins: &[String]) -> Result<(), Refusal> {
    if is_safe(parts) {
        return Ok(());
    }
    let site = only(parts, &SEC_FETCH_SITE, "more than one Sec-Fetch-Site header")?;
    let origin = only(parts, &ORIGIN, "more than one Origin header")?;
    if site.is_some_and(|site| site == "same-origin" || site == "none") {
        return Ok(());
    }
    match origin {
        Some(origin) if origins.iter().any(|own| origin == own.as_str()) => Ok(()),
        Some(_) => Err(cross_site("Origin is not configured: add `.origin(..)` if it is a page of this service")),
        None if site.is_some() => Err(cross_site("Sec-Fetch-Site names another site, and there is no Origin")),
        None => Err(cross_site(
            "neither Sec-Fetch-Site nor Origin: browsers send one of them, other clients use another carrier",
        )),
    }
}

/// Whether a request changes nothing (RFC 9110 section 9.2.1).
///
/// An upgrade is not safe: a browser opens a WebSocket for a page of any site with the cookie, and
/// lets the page read it.
fn is_safe(parts: &Parts) -> bool {
    matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) && !parts.headers.contains_key(UPGRADE)
}

fn only<'a>(parts: &'a Parts, name: &HeaderName, twice: &'static str) -> Result<Option<&'a HeaderValue>, Refusal> {
    let mut values = parts.headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() { Err(cross_site(twice)) } else { Ok(first) }
}

fn cross_site(detail: &'static str) -> Refusal {
    Refusal::because(Rejection::CrossSite, detail)
}
