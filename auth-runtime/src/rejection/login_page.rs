//! Redirects browsers that open a page to the service's login page.

use crate::base::ConfigError;
use axum::body::Body;
use axum::extract::OriginalUri;
use axum::response::Response;
use http::header::{CACHE_CONTROL, LOCATION, VARY};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, Uri};
use std::fmt::Write;

/// The login page of a service, and the query parameter with the requested path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoginPage {
    path: String,
    return_parameter: Option<String>,
}

impl LoginPage {
    /// P9: checks that the path is one of the service itself.
    pub(crate) fn new(path: &str, return_parameter: Option<&str>) -> Result<Self, ConfigError> {
        let refused = |name, why| Err(ConfigError::OutOfBounds { name, why });
        // Browsers read `//host` and `/\host` as another host.
        let is_local = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '?', '#', '%']);
        if !is_local || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
            let why = "use a path of this service, such as `/login`, without a query";
            return refused("login_page", why);
        }
        if return_parameter.is_some_and(|name| name.is_empty() || !name.bytes().all(is_unreserved)) {
            return refused("return_parameter", "use letters, digits, `-`, `.`, `_` and `~`");
        }
        Ok(Self { path: path.to_owned(), return_parameter: return_parameter.map(str::to_owned) })
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The URL of the login page, if a browser opens a page with this request.
    ///
    /// Fetch metadata says so (`Sec-Fetch-Mode`), because a script must get the 401. The login page
    /// itself is never redirected, because the browser would go round in a circle.
    pub(super) fn location(&self, parts: &Parts) -> Option<HeaderValue> {
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let opens_a_page = parts.method == Method::GET
            && is_only(parts, "sec-fetch-mode", "navigate")
            && is_only(parts, "sec-fetch-dest", "document");
        if !opens_a_page || uri.path() == self.path {
            return None;
        }
        let mut location = self.path.clone();
        if let (Some(name), Some(requested)) = (&self.return_parameter, returnable(uri)) {
            let _ = write!(location, "?{name}=");
            encode(requested, &mut location);
        }
        HeaderValue::try_from(location).ok()
    }
}

/// Makes the redirect (RFC 9110 section 15.4.4). It has no body that a format could change.
pub(crate) fn redirect(location: HeaderValue) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    headers.insert(LOCATION, location);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("Sec-Fetch-Mode, Sec-Fetch-Dest"));
    response
}

fn is_only(parts: &Parts, name: &str, value: &str) -> bool {
    let mut values = parts.headers.get_all(name).iter();
    values.next().is_some_and(|first| first == value) && values.next().is_none()
}

/// The path and query to return to. A login page might take `//host` for another host.
fn returnable(uri: &Uri) -> Option<&str> {
    let requested = uri.path_and_query()?.as_str();
    (requested.starts_with('/') && !requested.starts_with("//") && !requested.contains('\\')).then_some(requested)
}

/// Encodes all but unreserved characters (RFC 3986 section 2.1).
fn encode(text: &str, encoded: &mut String) {
    for byte in text.bytes() {
        if is_unreserved(byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}
