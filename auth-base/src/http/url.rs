//! The policy for URLs of outgoing requests.

use reqwest::Url;
use std::fmt;
use std::net::IpAddr;

/// A URL that complies with the policy. Only [`checked`] creates it.
///
/// Its `Debug` shows host and port only, because a path, a query or a password may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckedUrl(Url);

/// Exceptions from the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permit {
    Nothing,
    /// A user name and a password, which the client sends as Basic authentication.
    UserInfo,
    /// Any host without TLS, as a configuration for development permits by name.
    PlainHttp,
}

/// Why a URL is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the URL{} is refused: {why}", .host.as_ref().map(|host| format!(" at `{host}`")).unwrap_or_default())]
pub struct UrlError {
    /// The host and the port, if there is one. Not the rest, because it may be a secret.
    pub host: Option<String>,
    /// What is wrong, and what to do.
    pub why: &'static str,
}

impl UrlError {
    /// Whether the URL is refused only because it is not encrypted.
    #[must_use]
    pub fn is_about_encryption(&self) -> bool {
        self.why == NOT_ENCRYPTED
    }
}

const NOT_ENCRYPTED: &str = "`http://` is not encrypted: use `https://`; `http://` is for this machine only \
                             (127.0.0.0/8, ::1, localhost)";

/// Checks a URL: `https`, or `http` to this machine; no user name, password or fragment.
///
/// # Errors
///
/// [`UrlError`], which names the host and the remedy.
pub fn checked(text: &str, permit: Permit) -> Result<CheckedUrl, UrlError> {
    let url: Url = text.parse().map_err(|_| UrlError {
        host: None,
        // Without the text, because it may contain a secret.
        why: "not a URL: write one like `https://host.example.com/`",
    })?;
    let refused = |why| Err(UrlError { host: display_host(&url), why });
    match url.scheme() {
        "https" => {}
        "http" if permit == Permit::PlainHttp || is_loopback(&url) => {}
        // P6, P7: keys, credentials and pages must not be readable or changeable on their way.
        "http" => return refused(NOT_ENCRYPTED),
        _ => return refused("its scheme is neither `https` nor `http`: use `https://`"),
    }
    if permit != Permit::UserInfo && (!url.username().is_empty() || url.password().is_some()) {
        return refused("it has a user name or a password: remove them");
    }
    if url.fragment().is_some() {
        return refused("it has a fragment (`#`), which is never sent: remove it");
    }
    Ok(CheckedUrl(url))
}

/// Returns the host and the port of an unchecked URL, for `Debug`.
pub fn host_of(text: &str) -> String {
    text.parse().ok().and_then(|url| display_host(&url)).unwrap_or_else(|| "(not a URL)".to_owned())
}

impl CheckedUrl {
    /// The full URL, including secrets. Not for messages.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The URL for the client.
    pub(super) fn as_url(&self) -> &Url {
        &self.0
    }

    /// The host and the port, for messages, without possible secrets.
    pub fn host_and_port(&self) -> String {
        display_host(&self.0).unwrap_or_default()
    }

    /// The URL of a published document, for messages, without query, user name and password.
    ///
    /// Only for public paths, because the path of a webhook is its secret.
    pub fn document(&self) -> String {
        let host = self.host_and_port();
        format!("{}://{host}{}", self.0.scheme(), self.0.path())
    }

    /// The path, as it is sent.
    pub fn path(&self) -> &str {
        self.0.path()
    }

    pub fn has_query(&self) -> bool {
        self.0.query().is_some()
    }

    /// Replaces the path.
    pub fn with_path(&self, path: &str) -> Self {
        let mut url = self.0.clone();
        url.set_path(path);
        Self(url)
    }

    /// Appends to the path.
    pub fn under(&self, path: &str) -> Self {
        self.with_path(&format!("{}{path}", self.0.path().trim_end_matches('/')))
    }

    /// Adds a parameter to the query.
    pub fn with_query(&self, name: &str, value: &str) -> Self {
        let mut url = self.0.clone();
        url.query_pairs_mut().append_pair(name, value);
        Self(url)
    }

    /// Whether the policy permits `http` to this host.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// Whether requests are sent without TLS.
    pub fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// Whether both have the same scheme, host and port.
    pub fn is_same_origin(&self, other: &Self) -> bool {
        self.0.origin() == other.0.origin()
    }

    /// Whether a connection ends on this machine, in any spelling of the host.
    ///
    /// Includes the names of RFC 6761 section 6.3, IPv4 inside IPv6 (RFC 4291 section 2.5.5.2), and
    /// the unspecified address, which systems treat as their own. It is wider than
    /// [`is_loopback`](Self::is_loopback), because it denies where that one permits.
    pub fn leads_here(&self) -> bool {
        let bare = bare_host(&self.0);
        let name = bare.strip_suffix('.').unwrap_or(bare);
        name == "localhost"
            || name.ends_with(".localhost")
            || bare
                .parse()
                .map(|address: IpAddr| address.to_canonical())
                .is_ok_and(|address| address.is_loopback() || address.is_unspecified())
    }
}

/// Without possible secrets.
impl fmt::Debug for CheckedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host_and_port())
    }
}

fn display_host(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

fn is_loopback(url: &Url) -> bool {
    let bare = bare_host(url);
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn bare_host(url: &Url) -> &str {
    url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_goes_to_any_host_and_http_to_this_machine_only() {
        for good in [
            "https://id.example.com",
            "https://192.0.2.1:8443/a?b=c",
            "http://127.0.0.1/",
            "http://127.9.9.9/",
            "http://127.1/",
            "http://[::1]:8080/",
            "http://localhost/",
            "http://LOCALHOST/",
        ] {
            checked(good, Permit::Nothing).unwrap_or_else(|error| panic!("{good}: {error}"));
        }
        for plain in [
            "http://id.example.com/",
            "http://192.0.2.1/",
            "http://10.0.0.1/",
            "http://alertmanager:9093/",
            "http://127.0.0.1.example.com/",
            "http://localhost.example.com/",
            "http://a.localhost/",
            "http://localhost./",
            "http://0.0.0.0/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::2]/",
            "http:id.example.com",
            "HTTP://id.example.com/",
        ] {
            for permit in [Permit::Nothing, Permit::UserInfo] {
                let error = checked(plain, permit).expect_err(plain);
                assert!(error.why.contains("use `https://`") && error.host.is_some(), "{plain}: {error}");
            }
            checked(plain, Permit::PlainHttp).unwrap();
        }
    }

    #[test]
    fn other_urls_are_refused_with_any_exception() {
        for permit in [Permit::Nothing, Permit::UserInfo, Permit::PlainHttp] {
            for bad in [
                "",
                "id.example.com",
                "//id.example.com/",
                "https://",
                "https://a.example:99999/",
                "ftp://a.example/",
                "file:///etc/passwd",
                "unix:/run/socket",
                "data:text/plain,https://a.example/",
                "https://a.example/#fragment",
                "https://a.example/#",
            ] {
                assert!(checked(bad, permit).is_err(), "{bad}");
            }
        }
        for secret in ["https://user:hunter2@a.example/", "https://hunter2@a.example/", "https://:hunter2@a.example/"] {
            let error = checked(secret, Permit::Nothing).expect_err(secret);
            assert_eq!(error.host.as_deref(), Some("a.example"));
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
            assert!(checked(secret, Permit::PlainHttp).is_err(), "{secret}");
            checked(secret, Permit::UserInfo).unwrap();
        }
    }

    #[test]
    fn possible_secrets_are_not_shown() {
        let secret = "https://user:hunter2@hooks.example.com:8443/services/hunter2?token=hunter2";
        let url = checked(secret, Permit::UserInfo).unwrap();
        for shown in [format!("{url:?}"), url.host_and_port(), host_of(secret)] {
            assert_eq!(shown, "hooks.example.com:8443");
        }
        let jwks = checked("https://user:hunter2@a.example/jwks?key=hunter2", Permit::UserInfo).unwrap();
        assert_eq!(jwks.document(), "https://a.example/jwks");
        for unread in ["hunter2", "user:hunter2@a.example", "https://user:hunter2@a.example:99999/"] {
            assert_eq!(host_of(unread), "(not a URL)");
            assert!(!checked(unread, Permit::Nothing).unwrap_err().to_string().contains("hunter2"));
        }
    }
}
