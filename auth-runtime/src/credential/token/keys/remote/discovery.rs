//! Discovers where an issuer publishes its keys (OpenID Connect Discovery 1.0 section 4, RFC 8414
//! section 3).

use super::fetch::{Answer, FetchError, Fetcher};
use super::published::without_mark;
use crate::base::http::url::{self, CheckedUrl, Permit};
use crate::base::{Algorithm, ConfigError, excerpt};
use crate::credential::token::json::{self, Json};
use http::StatusCode;
use std::fmt;

const OPENID: &str = "/.well-known/openid-configuration";

/// The location of the keys.
#[derive(Debug)]
pub(super) enum Location {
    Fixed(CheckedUrl),
    /// Named by the discovery document of this issuer.
    Discovered {
        issuer: String,
        document: Document,
        permit: Permit,
        found: Option<Found>,
    },
}

/// The location of a discovery document.
#[derive(Debug)]
pub(super) enum Document {
    /// Under the name of the issuer, or another base.
    Under(CheckedUrl),
    At(CheckedUrl),
}

/// What a discovery document states.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) keys: CheckedUrl,
    /// The only RSA algorithm of the issuer, if it names one.
    pub(super) algorithm: Option<Algorithm>,
}

impl Location {
    pub(super) fn fixed(url: &str, permit: Permit) -> Result<Self, ConfigError> {
        checked(url, permit).map(Self::Fixed)
    }

    pub(super) fn discovered(issuer: String, permit: Permit) -> Result<Self, ConfigError> {
        let base = checked(&issuer, permit)?;
        if base.has_query() {
            let why = "an issuer must not have a query (RFC 8414 section 2): remove it, or use \
                       `KeySet::discover_at(url, issuer)`";
            return Err(ConfigError::Url { url: base.host_and_port(), why });
        }
        Ok(Self::Discovered { issuer, document: Document::Under(base), permit, found: None })
    }

    /// `url` is that of the document, or of what precedes its well-known path.
    pub(super) fn discovered_at(url: &str, issuer: String, permit: Permit) -> Result<Self, ConfigError> {
        if issuer.trim().is_empty() {
            return Err(ConfigError::Empty("issuer"));
        }
        let url = checked(url, permit)?;
        let is_document = url.path().contains("/.well-known/") || url.has_query();
        let document = if is_document { Document::At(url) } else { Document::Under(url) };
        Ok(Self::Discovered { issuer, document, permit, found: None })
    }

    /// The issuer whose discovery document is read.
    pub(super) fn issuer(&self) -> Option<&str> {
        match self {
            Self::Fixed(_) => None,
            Self::Discovered { issuer, .. } => Some(issuer),
        }
    }

    /// The configured URL.
    pub(super) fn configured(&self) -> &CheckedUrl {
        match self {
            Self::Fixed(url) | Self::Discovered { document: Document::Under(url) | Document::At(url), .. } => url,
        }
    }

    /// The source of the keys, for messages.
    pub(super) fn source(&self) -> String {
        match self {
            Self::Fixed(url) => url.document(),
            Self::Discovered { found: Some(found), .. } => found.keys.document(),
            Self::Discovered { issuer, .. } => issuer.clone(),
        }
    }

    /// Returns the URL of the keys. `again` reads the discovery document even if it was read
    /// before.
    pub(super) async fn keys(&mut self, fetcher: &Fetcher, again: bool) -> Result<CheckedUrl, FetchError> {
        match self {
            Self::Fixed(url) => Ok(url.clone()),
            Self::Discovered { found: Some(found), .. } if !again => Ok(found.keys.clone()),
            Self::Discovered { issuer, document, permit, found } => {
                let mut read = discover(fetcher, issuer, document, *permit).await?;
                // P6: pinned, so that a later document cannot change how a key is used.
                read.algorithm = found.as_ref().and_then(|found| found.algorithm).or(read.algorithm);
                Ok(found.insert(read).keys.clone())
            }
        }
    }

    /// The algorithm of keys that have none, as the document states it.
    pub(super) fn algorithm(&self) -> Option<Algorithm> {
        match self {
            Self::Discovered { found: Some(found), .. } => found.algorithm,
            _ => None,
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

async fn discover(fetcher: &Fetcher, issuer: &str, document: &Document, permit: Permit) -> Result<Found, FetchError> {
    let (base, url, answer) = match document {
        Document::At(url) => (url, url.clone(), fetcher.get(url, None).await?),
        Document::Under(base) => {
            let openid = base.under(OPENID);
            match fetcher.get(&openid, None).await {
                Err(FetchError { status: Some(StatusCode::NOT_FOUND), .. }) => {
                    let path = base.path().trim_end_matches('/');
                    let oauth = base.with_path(&format!("/.well-known/oauth-authorization-server{path}"));
                    let answer = fetcher.get(&oauth, None).await.map_err(|error| FetchError {
                        why: format!(
                            "{}; {} does not exist either: if the document is at another address, use \
                             `KeySet::discover_at(url, issuer)`; if there is none, `KeySet::remote(url)`",
                            error.why,
                            openid.document()
                        ),
                        ..error
                    })?;
                    (base, oauth, answer)
                }
                answer => (base, openid, answer?),
            }
        }
    };
    let Answer::Document { body, .. } = answer else {
        return Err(FetchError::of(&url, "server sent 304 Not Modified to an unconditional request"));
    };
    read(&body, issuer, base, permit).map_err(|why| FetchError::of(&url, why))
}

/// Reads a discovery document, or returns why it is rejected.
pub(super) fn read(document: &[u8], issuer: &str, base: &CheckedUrl, permit: Permit) -> Result<Found, String> {
    let document =
        json::Document::read(without_mark(document)).map_err(|error| format!("not a JSON object: {error}"))?;
    let root = document.root();
    let text = |name| root.get(name).and_then(Json::text);
    // RFC 8414 section 3.3: byte for byte. P6: otherwise any publisher at this address could act as
    // the issuer.
    match text("issuer") {
        Some(found) if found == issuer => {}
        Some(found) => {
            let found = excerpt(found);
            let keys = excerpt(text("jwks_uri").unwrap_or(".."));
            return Err(format!(
                "it is the document of `{found}` instead of `{issuer}`: look at `iss` in a token. If it is `{found}`, \
                 write that as the issuer, and if the document is at another address, use \
                 `KeySet::discover_at(\"{}\", \"{found}\")`. If it is `{issuer}`, use `KeySet::remote(\"{keys}\")`",
                base.document()
            ));
        }
        None => return Err("it names no `issuer`".to_owned()),
    }
    let jwks = text("jwks_uri").ok_or("it names no `jwks_uri`")?;
    let keys = checked(jwks, permit).map_err(|error| {
        format!("its `jwks_uri` is refused: {error}; if the keys are at another address, use `KeySet::remote(url)`")
    })?;
    if keys.leads_here() && !base.leads_here() {
        return Err("its `jwks_uri` is on this machine, and the issuer is not: use `KeySet::remote(url)`".to_owned());
    }
    Ok(Found { keys, algorithm: only_rsa_algorithm(root.get("id_token_signing_alg_values_supported")) })
}

/// The RSA algorithm of a list, if there is exactly one.
fn only_rsa_algorithm(names: Option<Json<'_>>) -> Option<Algorithm> {
    let Some(Json::Array(names)) = names else { return None };
    let is_rsa = |name: &&str| name.starts_with("RS") || name.starts_with("PS");
    let mut found = names.elements().filter_map(Json::text).filter(is_rsa);
    let first = found.next()?;
    if found.all(|other| other == first) { Algorithm::from_name(first) } else { None }
}

/// P6: keys must come over TLS, or from this machine.
pub(super) fn checked(text: &str, permit: Permit) -> Result<CheckedUrl, ConfigError> {
    url::checked(text, permit).map_err(|error| {
        let why = if error.is_about_encryption() {
            "keys over `http://` can be replaced on their way: use `https://`, with `.root_certificate(pem)` for a \
             private authority; or read them from a file with `KeySet::from_jwks_json`; for development only, call \
             `.dangerous_plain_http(\"compose network\")`"
        } else {
            error.why
        };
        ConfigError::Url { url: error.host.unwrap_or("(the key set's)".to_owned()), why }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://id.example.com/";

    fn named(jwks: &str) -> Result<CheckedUrl, String> {
        let document = serde_json::json!({"issuer": ISSUER, "jwks_uri": jwks}).to_string();
        let base = checked(ISSUER, Permit::Nothing).expect("a URL");
        read(document.as_bytes(), ISSUER, &base, Permit::Nothing).map(|found| found.keys)
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

    #[test]
    fn t10_only_one_rsa_algorithm_of_a_document_is_taken() {
        let stated = |names: serde_json::Value| {
            let document = serde_json::json!({
                "issuer": ISSUER, "jwks_uri": ISSUER, "id_token_signing_alg_values_supported": names
            });
            let base = checked(ISSUER, Permit::Nothing).expect("a URL");
            read(document.to_string().as_bytes(), ISSUER, &base, Permit::Nothing).unwrap().algorithm
        };
        for (names, algorithm) in [
            (serde_json::json!(["RS256"]), Some(Algorithm::RS256)),
            (serde_json::json!(["ES256", "PS512", "none", "HS256", "PS512"]), Some(Algorithm::PS512)),
            (serde_json::json!(["RS256", "PS256"]), None),
            (serde_json::json!(["RS256", "RS1"]), None),
            (serde_json::json!(["HS256", "ES256", "none"]), None),
            (serde_json::json!([]), None),
            (serde_json::json!("RS256"), None),
            (serde_json::json!([["RS256"], 5]), None),
        ] {
            assert_eq!(stated(names.clone()), algorithm, "{names}");
        }
    }
}
