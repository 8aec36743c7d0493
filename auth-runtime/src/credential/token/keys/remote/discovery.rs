//! Discovers where an issuer publishes its keys (OpenID Connect Discovery 1.0 section 4, RFC 8414
//! section 3).

use super::fetch::{Answer, FetchError, Fetcher};
use crate::base::ConfigError;
use crate::base::http::url::{self, CheckedUrl, Permit, UrlError};
use crate::credential::token::json::{Document, Json};
use http::StatusCode;
use std::fmt;

/// The location of the keys.
#[derive(Debug)]
pub(super) enum Location {
    Fixed(CheckedUrl),
    /// Named by the discovery document of this issuer.
    Discovered {
        issuer: String,
        base: CheckedUrl,
        jwks: Option<CheckedUrl>,
    },
}

impl Location {
    pub(super) fn fixed(url: &str) -> Result<Self, ConfigError> {
        checked(url).map(Self::Fixed)
    }

    pub(super) fn discovered(issuer: String) -> Result<Self, ConfigError> {
        let base = checked(&issuer)?;
        if base.has_query() {
            let why = "an issuer must not have a query (RFC 8414 section 2): remove it";
            return Err(ConfigError::Url { url: base.host_and_port(), why });
        }
        Ok(Self::Discovered { issuer, base, jwks: None })
    }

    /// The issuer whose discovery document is read.
    pub(super) fn issuer(&self) -> Option<&str> {
        match self {
            Self::Fixed(_) => None,
            Self::Discovered { issuer, .. } => Some(issuer),
        }
    }

    /// The source of the keys, for messages.
    pub(super) fn source(&self) -> String {
        match self {
            Self::Fixed(url) | Self::Discovered { jwks: Some(url), .. } => url.document(),
            Self::Discovered { issuer, .. } => issuer.clone(),
        }
    }

    /// Returns the URL of the keys. `again` reads the discovery document even if it was read
    /// before.
    pub(super) async fn keys(&mut self, fetcher: &Fetcher, again: bool) -> Result<CheckedUrl, FetchError> {
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
            Self::Fixed(url) => write!(f, "the keys at {}", url.document()),
            Self::Discovered { issuer, .. } => write!(f, "the keys that {issuer} publishes"),
        }
    }
}

async fn discover(fetcher: &Fetcher, issuer: &str, base: &CheckedUrl) -> Result<CheckedUrl, FetchError> {
    let openid = base.under("/.well-known/openid-configuration");
    let (url, answer) = match fetcher.get(&openid, None).await {
        Err(FetchError { status: Some(StatusCode::NOT_FOUND), .. }) => {
            let path = base.path().trim_end_matches('/');
            let oauth = base.with_path(&format!("/.well-known/oauth-authorization-server{path}"));
            let answer = fetcher.get(&oauth, None).await.map_err(|error| FetchError {
                why: format!("{}; {} does not exist either", error.why, openid.document()),
                ..error
            })?;
            (oauth, answer)
        }
        answer => (openid, answer?),
    };
    let Answer::Document { body, .. } = answer else {
        return Err(FetchError::of(&url, "server sent 304 Not Modified to an unconditional request"));
    };
    jwks_uri(&body, issuer, base).map_err(|why| FetchError::of(&url, why))
}

/// Reads the URL of the keys from a discovery document, or returns why the document is rejected.
pub(super) fn jwks_uri(document: &[u8], issuer: &str, base: &CheckedUrl) -> Result<CheckedUrl, String> {
    let document = Document::read(document).map_err(|error| format!("not a JSON object: {error}"))?;
    // RFC 8414 section 3.3: byte for byte. P6: otherwise any publisher at this address could act as
    // the issuer.
    match document.root().get("issuer") {
        Some(Json::Text(found)) if found == issuer => {}
        Some(Json::Text(found)) => {
            return Err(format!("it is the document of `{found}` instead of `{issuer}`"));
        }
        _ => return Err("it names no `issuer`".to_owned()),
    }
    let Some(Json::Text(jwks)) = document.root().get("jwks_uri") else {
        return Err("it names no `jwks_uri`".to_owned());
    };
    let keys = checked(jwks).map_err(|error| format!("its `jwks_uri` is refused: {error}"))?;
    if keys.leads_here() && !base.leads_here() {
        return Err("its `jwks_uri` is on this machine, and the issuer is not".to_owned());
    }
    Ok(keys)
}

/// P6: keys must come over TLS, or from this machine.
pub(super) fn checked(text: &str) -> Result<CheckedUrl, ConfigError> {
    url::checked(text, Permit::Nothing)
        .map_err(|UrlError { host, why }| ConfigError::Url { url: host.unwrap_or("(the key set's)".to_owned()), why })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://id.example.com/";

    fn named(jwks: &str) -> Result<CheckedUrl, String> {
        let document = serde_json::json!({"issuer": ISSUER, "jwks_uri": jwks}).to_string();
        jwks_uri(document.as_bytes(), ISSUER, &checked(ISSUER).expect("a URL"))
    }

    #[test]
    fn t13_a_document_from_another_host_must_not_name_keys_on_this_machine() {
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
