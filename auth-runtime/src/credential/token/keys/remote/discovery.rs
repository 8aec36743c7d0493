//! Where an issuer publishes its keys (OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3).

use super::fetch::{Answer, FetchError, Fetcher};
use crate::base::ConfigError;
use crate::credential::token::json::{Document, Json};
use http::StatusCode;
use reqwest::Url;
use std::fmt;
use std::net::IpAddr;

/// Where the keys are.
#[derive(Debug)]
pub(super) enum Location {
    Fixed(Url),
    /// Where the document of this issuer says, once it was read.
    Discovered {
        issuer: String,
        base: Url,
        jwks: Option<Url>,
    },
}

impl Location {
    pub(super) fn fixed(url: &str) -> Result<Self, ConfigError> {
        checked(url).map(Self::Fixed)
    }

    pub(super) fn discovered(issuer: String) -> Result<Self, ConfigError> {
        let base = checked(&issuer)?;
        if base.query().is_some() {
            return Err(ConfigError::Url { url: issuer, why: "an issuer has no query (RFC 8414 section 2)" });
        }
        Ok(Self::Discovered { issuer, base, jwks: None })
    }

    /// The issuer whose document was asked for.
    pub(super) fn issuer(&self) -> Option<&str> {
        match self {
            Self::Fixed(_) => None,
            Self::Discovered { issuer, .. } => Some(issuer),
        }
    }

    pub(super) fn is_loopback(&self) -> bool {
        match self {
            Self::Fixed(url) | Self::Discovered { base: url, .. } => url_is_loopback(url),
        }
    }

    /// The URL of the keys. `again` reads the issuer's document even if it was read before.
    pub(super) async fn keys(&mut self, fetcher: &Fetcher, again: bool) -> Result<Url, FetchError> {
        match self {
            Self::Fixed(url) => Ok(url.clone()),
            Self::Discovered { jwks: Some(url), .. } if !again => Ok(url.clone()),
            Self::Discovered { issuer, base, jwks } => {
                let found = discover(fetcher, issuer, base).await?;
                Ok(jwks.insert(found).clone())
            }
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(url) => write!(f, "the keys at {url}"),
            Self::Discovered { issuer, .. } => write!(f, "the keys that {issuer} publishes"),
        }
    }
}

async fn discover(fetcher: &Fetcher, issuer: &str, base: &Url) -> Result<Url, FetchError> {
    let path = base.path().trim_end_matches('/');
    let at = |path: &str| {
        let mut url = base.clone();
        url.set_path(path);
        url
    };
    let openid = at(&format!("{path}/.well-known/openid-configuration"));
    let (url, answer) = match fetcher.get(&openid, None).await {
        Err(FetchError { status: Some(StatusCode::NOT_FOUND), .. }) => {
            let oauth = at(&format!("/.well-known/oauth-authorization-server{path}"));
            let answer = fetcher
                .get(&oauth, None)
                .await
                .map_err(|error| FetchError { why: format!("{}; there is no {openid} either", error.why), ..error })?;
            (oauth, answer)
        }
        answer => (openid, answer?),
    };
    let Answer::Document { body, .. } = answer else {
        return Err(FetchError::new(&url, "it did not answer what was asked"));
    };
    jwks_uri(&body, issuer, base).map_err(|why| FetchError::new(&url, why))
}

/// Where the keys of this issuer are, as its document says; or why it is not believed.
pub(super) fn jwks_uri(document: &[u8], issuer: &str, base: &Url) -> Result<Url, String> {
    let document = Document::read(document).map_err(|error| format!("it is no JSON object: {error}"))?;
    // RFC 8414 section 3.3: byte for byte. P6: else whoever can publish at this address speaks for the issuer.
    match document.root().get("issuer") {
        Some(Json::Text(found)) if found == issuer => {}
        Some(Json::Text(found)) => {
            return Err(format!("it is the document of `{found}`, and `{issuer}` was asked for"));
        }
        _ => return Err("it names no `issuer`".to_owned()),
    }
    let Some(Json::Text(jwks)) = document.root().get("jwks_uri") else {
        return Err("it names no `jwks_uri`".to_owned());
    };
    let keys = checked(jwks).map_err(|error| format!("its `jwks_uri` is refused: {error}"))?;
    if leads_here(&keys) && !leads_here(base) {
        return Err("its `jwks_uri` is on this machine, and the issuer is not".to_owned());
    }
    Ok(keys)
}

/// P6: keys come over TLS, or from this machine.
fn checked(text: &str) -> Result<Url, ConfigError> {
    let refused = |why| ConfigError::Url { url: text.to_owned(), why };
    let url: Url = text.parse().map_err(|_| ConfigError::Url {
        // What is no URL may still have a password in front of its last `@`.
        url: text.rsplit('@').next().unwrap_or_default().to_owned(),
        why: "it is no URL; write one like `https://id.example.com/`",
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        // Without the text: there is a password in it.
        return Err(ConfigError::Url {
            url: url.host_str().unwrap_or_default().to_owned(),
            why: "it holds a user name or a password",
        });
    }
    if url.fragment().is_some() {
        return Err(refused("it has a fragment (`#`)"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if url_is_loopback(&url) => Ok(url),
        "http" => Err(refused("keys have to come over https; only on this machine http will do")),
        _ => Err(refused("it is no https URL")),
    }
}

fn url_is_loopback(url: &Url) -> bool {
    let bare = bare_host(url);
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether a connection ends on this machine, however it is spelled: names of RFC 6761 section 6.3, IPv4 inside IPv6
/// (RFC 4291 section 2.5.5.2), and the unspecified address, which systems take for their own. Wider than
/// [`url_is_loopback`]: that one permits, this one refuses.
fn leads_here(url: &Url) -> bool {
    let bare = bare_host(url);
    let name = bare.strip_suffix('.').unwrap_or(bare);
    name == "localhost"
        || name.ends_with(".localhost")
        || bare
            .parse()
            .map(|address: IpAddr| address.to_canonical())
            .is_ok_and(|address| address.is_loopback() || address.is_unspecified())
}

fn bare_host(url: &Url) -> &str {
    url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://id.example.com/";

    fn named(jwks: &str) -> Result<Url, String> {
        let document = serde_json::json!({"issuer": ISSUER, "jwks_uri": jwks}).to_string();
        jwks_uri(document.as_bytes(), ISSUER, &ISSUER.parse().expect("a URL"))
    }

    #[test]
    fn t13_a_document_from_elsewhere_names_no_keys_on_this_machine_however_it_is_spelled() {
        for here in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "a.localhost",
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "127.9.9.9",
            "127.0.0.1.",
            "0.0.0.0",
            "0",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:0.0.0.0]",
        ] {
            for scheme in ["https", "http"] {
                let url = format!("{scheme}://{here}/jwks");
                assert!(named(&url).is_err(), "{url}: {:?}", named(&url));
            }
        }
        for there in [
            "https://keys.example.com/",
            "https://localhost.example.com/",
            "https://192.0.2.1/",
            "https://[2001:db8::1]/",
        ] {
            named(there).unwrap();
        }
    }
}
