//! The identifier of a protected resource, and where its metadata are (RFC 9728).

use crate::base::{ConfigError, is_loopback};
use http::Uri;

/// The well-known path of the metadata (RFC 9728 section 3).
const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// Identifies a protected resource by its URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProtectedResource {
    identifier: String,
    metadata_path: String,
    metadata_url: String,
}

impl ProtectedResource {
    /// P9: checks the identifier at start.
    ///
    /// RFC 9728 section 1.2 requires `https` and forbids a fragment. A query could not be routed.
    /// The path is limited to characters that a router and a quoted header value take as they are.
    pub(crate) fn new(identifier: &str) -> Result<Self, ConfigError> {
        let refused = |why| Err(ConfigError::Resource { resource: identifier.escape_debug().to_string(), why });
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:[]".contains(&byte);
        if !identifier.bytes().all(is_plain) {
            return refused(
                "write a URL of letters, digits and `-._~/`, without user name, query and fragment, as in \
                 `https://api.example.com/mcp`",
            );
        }
        let uri: Option<Uri> = identifier.parse().ok();
        let parts = uri.as_ref().and_then(|uri| Some((uri.scheme_str()?, uri.authority()?, uri.path())));
        let Some((scheme, authority, path)) = parts else {
            return refused("write a URL, as in `https://api.example.com/mcp`");
        };
        match scheme {
            "https" => {}
            "http" if is_loopback(authority.host()) => {}
            _ => return refused("use `https://`, because without TLS an attacker could name another server"),
        }
        // Section 3.1: the slash after the host is removed.
        let path = if path == "/" { "" } else { path };
        if path.split('/').skip(1).any(|segment| matches!(segment, "" | "." | "..")) {
            return refused("remove the empty, `.` and `..` segments of the path");
        }
        let metadata_path = format!("{WELL_KNOWN}{path}");
        let metadata_url = format!("{scheme}://{authority}{metadata_path}");
        Ok(Self { identifier: identifier.to_owned(), metadata_path, metadata_url })
    }

    pub(crate) fn identifier(&self) -> &str {
        &self.identifier
    }

    /// The path of the metadata, from the root of the host.
    pub(crate) fn metadata_path(&self) -> &str {
        &self.metadata_path
    }

    pub(crate) fn metadata_url(&self) -> &str {
        &self.metadata_url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_are_between_host_and_path() {
        for (identifier, url) in [
            ("https://api.example.com", "https://api.example.com/.well-known/oauth-protected-resource"),
            ("https://api.example.com/", "https://api.example.com/.well-known/oauth-protected-resource"),
            ("https://api.example.com/v1/mcp", "https://api.example.com/.well-known/oauth-protected-resource/v1/mcp"),
            ("http://localhost:3000/mcp", "http://localhost:3000/.well-known/oauth-protected-resource/mcp"),
            ("http://127.0.0.1:3000/mcp", "http://127.0.0.1:3000/.well-known/oauth-protected-resource/mcp"),
            ("http://[::1]:3000/mcp", "http://[::1]:3000/.well-known/oauth-protected-resource/mcp"),
        ] {
            let resource = ProtectedResource::new(identifier).expect(identifier);
            assert_eq!((resource.identifier(), resource.metadata_url()), (identifier, url));
            assert!(url.ends_with(resource.metadata_path()));
        }
    }

    #[test]
    fn other_identifiers_are_refused() {
        for (identifier, why) in [
            ("http://api.example.com/mcp", "use `https://`"),
            ("ftp://localhost/mcp", "use `https://`"),
            ("https://api.example.com/mcp#tools", "fragment"),
            ("https://api.example.com/mcp?x=1", "query"),
            ("https://alice@api.example.com/mcp", "user name"),
            ("https://api.example.com/\"mcp", "letters"),
            ("https://api.example.com/{id}", "letters"),
            ("https://api.example.com/*mcp", "letters"),
            ("https://api.example.com/a//b", "segments"),
            ("https://api.example.com/mcp/", "segments"),
            ("https://api.example.com/a/../b", "segments"),
            ("/mcp", "write a URL"),
            ("api.example.com", "write a URL"),
            ("orders", "write a URL"),
            ("", "write a URL"),
        ] {
            let error = ProtectedResource::new(identifier).unwrap_err().to_string();
            assert!(error.contains(why), "{identifier}: {error}");
        }
    }
}
