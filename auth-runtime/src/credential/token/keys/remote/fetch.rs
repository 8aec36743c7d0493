//! Fetches one document, within bounds of time and size.

use super::bearer_file::BearerFile;
use super::options::Options;
use crate::base::http::client::{BodyError, HttpClient, HttpClientError, HttpOptions, Redirects, bounded};
use crate::base::http::error_chain::request_error;
use crate::base::http::url::CheckedUrl;
use crate::base::{ConfigError, excerpt};
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use std::fmt;

#[derive(Debug)]
pub(super) struct Fetcher {
    client: HttpClient,
    max_bytes: usize,
    bearer: Option<BearerFile>,
}

/// The first bytes of gzip (RFC 1952 section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The response to a request.
pub(super) enum Answer {
    /// RFC 9110 section 15.4.5: the cached document is still current.
    Unchanged {
        headers: HeaderMap,
    },
    Document {
        body: Vec<u8>,
        etag: Option<HeaderValue>,
        headers: HeaderMap,
    },
}

/// Why a request failed.
#[derive(Debug, Clone)]
pub(super) struct FetchError {
    pub(super) url: String,
    pub(super) why: String,
    pub(super) status: Option<StatusCode>,
    /// Whether the server may answer later: it is unreachable, or reports a fault of its own.
    pub(super) may_pass: bool,
}

impl FetchError {
    pub(super) fn new(source: impl Into<String>, why: impl Into<String>) -> Self {
        Self { url: source.into(), why: why.into(), status: None, may_pass: false }
    }

    /// Without the URL's query, which may contain a secret.
    pub(super) fn of(url: &CheckedUrl, why: impl Into<String>) -> Self {
        Self::new(url.document(), why)
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.url, self.why)
    }
}

impl From<FetchError> for ConfigError {
    fn from(FetchError { url, why, may_pass, .. }: FetchError) -> Self {
        let remedy = ": check the address, or, if the issuer may start later than this service, call \
                      `.start_degraded()`";
        Self::KeySetUnreachable { url, why: if may_pass { why + remedy } else { why } }
    }
}

impl Fetcher {
    pub(super) fn new(options: &Options, bearer: Option<BearerFile>) -> Result<Self, ConfigError> {
        let certificates = options.certificates()?;
        let client = HttpClient::new(&HttpOptions {
            connect_timeout: options.connect_timeout,
            timeout: options.timeout,
            redirects: Redirects::WithinOrigin,
            root_certificates: &certificates,
        })
        .map_err(|HttpClientError(why)| ConfigError::RootCertificate(why))?;
        Ok(Self { client, max_bytes: options.max_bytes, bearer })
    }

    /// Fetches a document, unless its `ETag` is still this one.
    pub(super) async fn get(&self, url: &CheckedUrl, etag: Option<&HeaderValue>) -> Result<Answer, FetchError> {
        let mut request = self.client.get(url).header(ACCEPT, "application/json, application/jwk-set+json");
        // RFC 9110 section 12.5.3: without this header, any encoding is acceptable.
        request = request.header(ACCEPT_ENCODING, "identity");
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(bearer) = self.bearer.as_ref().filter(|bearer| bearer.is_for(url)) {
            let header = bearer.header().await.map_err(|why| FetchError::of(url, why))?;
            request = request.header(AUTHORIZATION, header);
        }
        let response = request
            .send()
            .await
            .map_err(|error| FetchError { may_pass: true, ..FetchError::of(url, request_error(error)) })?;
        let headers = response.headers().clone();
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_MODIFIED if etag.is_some() => return Ok(Answer::Unchanged { headers }),
            // RFC 9110 section 15.4.5: 304 is for conditional requests only.
            StatusCode::NOT_MODIFIED => {
                return Err(FetchError::of(url, "server sent 304 Not Modified to an unconditional request"));
            }
            status => {
                let remedy = self.remedy(status, url);
                return Err(FetchError {
                    status: Some(status),
                    may_pass: status.is_server_error(),
                    ..FetchError::of(url, format!("server sent {status}{remedy}"))
                });
            }
        }
        let compressed = |encoding: &str| {
            let why = format!(
                "the response is compressed ({encoding}), although the request accepts `identity` only: turn \
                 compression off for this address"
            );
            FetchError::of(url, why)
        };
        if let Some(encoding) = headers.get(CONTENT_ENCODING).filter(|encoding| *encoding != "identity") {
            return Err(compressed(&excerpt(&String::from_utf8_lossy(encoding.as_bytes()))));
        }
        let body = bounded(response, self.max_bytes).await.map_err(|error| match error {
            BodyError::TooLong => FetchError::of(url, format!("the response is longer than {} bytes", self.max_bytes)),
            BodyError::Broken(why) => FetchError::of(url, why),
        })?;
        if body.starts_with(&GZIP) {
            return Err(compressed("gzip"));
        }
        Ok(Answer::Document { body, etag: headers.get(ETAG).cloned(), headers })
    }

    /// What to do about a server that asks for a credential.
    fn remedy(&self, status: StatusCode, url: &CheckedUrl) -> String {
        match &self.bearer {
            _ if ![StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status) => String::new(),
            None => ": if it requires a token, call `.bearer_token_file(path)`".to_owned(),
            Some(bearer) if bearer.is_for(url) => String::new(),
            Some(bearer) => format!(
                ": the bearer token is sent to {} only: use `KeySet::remote(..)` with the address of the keys",
                bearer.origin.host_and_port()
            ),
        }
    }
}
