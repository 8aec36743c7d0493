//! The origin of a page (RFC 6454 section 6.2).

use crate::base::is_loopback;
use http::Uri;

/// P9: checks that a text is an origin as browsers send it, and returns what is wrong with it.
///
/// Origins are compared byte by byte, so that another spelling would never match.
pub(super) fn check(text: &str) -> Result<(), &'static str> {
    const FORM: &str = "an origin is not as browsers send it: write `https://app.example.com`, in lower case, with a \
                        port only if it is not 443, without a path or a slash at the end";
    let Ok(uri) = text.parse::<Uri>() else { return Err(FORM) };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return Err(FORM) };
    let host = authority.host();
    let port = authority.port().map(|port| format!(":{port}")).unwrap_or_default();
    let default_port = matches!((scheme, authority.port_u16()), ("https", Some(443)) | ("http", Some(80)));
    let is_exact = text == format!("{scheme}://{host}{port}") && !host.is_empty();
    if !is_exact || default_port || text.bytes().any(|byte| byte.is_ascii_uppercase() || byte == b'*') {
        return Err(FORM);
    }
    match scheme {
        "https" => Ok(()),
        "http" if is_loopback(host) => Ok(()),
        _ => Err("an origin is not encrypted, so that a network could act as its pages: use `https://`"),
    }
}
