//! Discovers the introspection endpoint of an issuer (RFC 8414, OpenID Connect Discovery 1.0).

use super::fault::Fault;
use crate::base::http::client::{BodyError, HttpClient, bounded};
use crate::base::http::error_chain::request_error;
use crate::base::http::url::{self, CheckedUrl, Permit};
use crate::base::{ConfigError, excerpt};
use crate::credential::token::json::{Document, Json};
use arc_swap::ArcSwapOption;
use http::StatusCode;
use http::header::{ACCEPT, ACCEPT_ENCODING};
use std::sync::Arc;

const OPENID: &str = "/.well-known/openid-configuration";
const MAX_BYTES: usize = 512 * 1024;
const OAUTH: &str = "/.well-known/oauth-authorization-server";

/// The location of the introspection endpoint.
#[derive(Debug)]
pub(super) enum Location {
    Fixed(CheckedUrl),
    /// Named by the discovery document of this issuer.
    Discovered {
        issuer: String,
        base: CheckedUrl,
        permit: Permit,
        found: ArcSwapOption<CheckedUrl>,
    },
}

impl Location {
    pub(super) fn fixed(url: &str, permit: Permit) -> Result<Self, ConfigError> {
        checked(url, permit).map(Self::Fixed)
    }

    pub(super) fn discovered(issuer: &str, permit: Permit) -> Result<Self, ConfigError> {
        let base = checked(issuer, permit)?;
        if base.has_query() {
            let why = "an issuer must not have a query (RFC 8414 section 2): remove it, or use \
                       `Introspection::at(url, issuer)`";
            return Err(ConfigError::Url { url: base.host_and_port(), why });
        }
        Ok(Self::Discovered { issuer: issuer.to_owned(), base, permit, found: ArcSwapOption::empty() })
    }

    /// The endpoint for messages and the posture, as far as it is known.
    pub(super) fn described(&self) -> String {
        match self {
            Self::Fixed(url) => url.document(),
            Self::Discovered { issuer, found, .. } => match &*found.load() {
                Some(url) => url.document(),
                None => format!("the address that {issuer} publishes"),
            },
        }
    }

    /// Returns the endpoint. `again` reads the discovery document even if it was read before.
    pub(super) async fn endpoint(&self, client: &HttpClient, again: bool) -> Result<Arc<CheckedUrl>, Fault> {
        match self {
            Self::Fixed(url) => Ok(Arc::new(url.clone())),
            Self::Discovered { issuer, base, permit, found } => {
                let known = found.load_full();
                if let Some(known) = known.clone().filter(|_| !again) {
                    return Ok(known);
                }
                match (discover(client, issuer, base, *permit).await, known) {
                    (Ok(url), _) => {
                        let url = Arc::new(url);
                        found.store(Some(Arc::clone(&url)));
                        Ok(url)
                    }
                    // The endpoint may be up while the document is not.
                    (Err(_), Some(known)) => Ok(known),
                    (Err(why), None) => Err(Fault::Server(why)),
                }
            }
        }
    }
}

async fn discover(client: &HttpClient, issuer: &str, base: &CheckedUrl, permit: Permit) -> Result<CheckedUrl, String> {
    let (openid, path) = (base.under(OPENID), base.path().trim_end_matches('/'));
    let oauth = base.with_path(&format!("{OAUTH}{path}"));
    let mut last = String::new();
    for document in [openid, oauth] {
        let failed = |why: &str| format!("{}: {why}", document.document());
        match get(client, &document).await.map_err(|why| failed(&why))? {
            (StatusCode::OK, body) => return read(&body, issuer, base, permit).map_err(|why| failed(&why)),
            (StatusCode::NOT_FOUND, _) => {
                last = failed(
                    "server sent 404 Not Found: if it has no such document, use `Introspection::at(url, issuer)`",
                );
            }
            (status, _) => return Err(failed(&format!("server sent {status}"))),
        }
    }
    Err(last)
}

/// Gets a document, with its status.
async fn get(http: &HttpClient, url: &CheckedUrl) -> Result<(StatusCode, Vec<u8>), String> {
    let request = http.get(url).header(ACCEPT, "application/json").header(ACCEPT_ENCODING, "identity");
    let response = request.send().await.map_err(request_error)?;
    let status = response.status();
    let body = bounded(response, MAX_BYTES).await.map_err(|error| match error {
        BodyError::TooLong => format!("the document is longer than {MAX_BYTES} bytes"),
        BodyError::Broken(why) => why,
    })?;
    Ok((status, body))
}

/// Reads a discovery document, or returns why it is rejected.
pub(super) fn read(document: &[u8], issuer: &str, base: &CheckedUrl, permit: Permit) -> Result<CheckedUrl, String> {
    let document = Document::read(document).map_err(|error| format!("not a JSON object: {error}"))?;
    let text = |name| document.root().get(name).and_then(Json::text);
    // RFC 8414 section 3.3: byte for byte. P6: otherwise any publisher at this address could act as
    // the issuer.
    match text("issuer") {
        Some(found) if found == issuer => {}
        Some(found) => {
            return Err(format!(
                "it is the document of `{}` instead of `{issuer}`: write that, or use `Introspection::at(url, issuer)`",
                excerpt(found)
            ));
        }
        None => return Err("it names no `issuer`".to_owned()),
    }
    let endpoint = text("introspection_endpoint").ok_or(
        "it names no `introspection_endpoint`: switch introspection on in the server, or use \
         `Introspection::at(url, issuer)`",
    )?;
    let endpoint =
        checked(endpoint, permit).map_err(|error| format!("its `introspection_endpoint` is refused: {error}"))?;
    if endpoint.leads_here() && !base.leads_here() {
        return Err("its `introspection_endpoint` is on this machine, and the issuer is not: use \
                    `Introspection::at(url, issuer)`"
            .to_owned());
    }
    Ok(endpoint)
}

/// P6: tokens and the client secret must go over TLS, or to this machine.
fn checked(text: &str, permit: Permit) -> Result<CheckedUrl, ConfigError> {
    url::checked(text, permit).map_err(|error| {
        let why = if error.is_about_encryption() {
            "tokens over `http://` can be read, and answers can be replaced: use `https://`, with \
             `.root_certificate(pem)` for a private authority; for development only, call \
             `.dangerous_plain_http(\"compose network\")`"
        } else {
            error.why
        };
        ConfigError::Url { url: error.host.unwrap_or("(the introspection endpoint's)".to_owned()), why }
    })
}
