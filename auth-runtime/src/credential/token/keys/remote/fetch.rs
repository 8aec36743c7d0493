//! Fetches one document, within bounds of time and size.

use super::remote_key_set::Options;
use crate::base::ConfigError;
use crate::base::http::client::{BodyError, HttpClient, HttpClientError, HttpOptions, Redirects, bounded};
use crate::base::http::error_chain::request_error;
use crate::base::http::url::CheckedUrl;
use http::header::{ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};

#[derive(Debug)]
pub(super) struct Fetcher {
    client: HttpClient,
    max_bytes: usize,
}

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
}

impl FetchError {
    pub(super) fn new(source: impl Into<String>, why: impl Into<String>) -> Self {
        Self { url: source.into(), why: why.into(), status: None }
    }

    /// Without the URL's query, which may contain a secret.
    pub(super) fn of(url: &CheckedUrl, why: impl Into<String>) -> Self {
        Self::new(url.document(), why)
    }
}

impl From<FetchError> for ConfigError {
    fn from(FetchError { url, why, .. }: FetchError) -> Self {
        Self::KeySetUnreachable { url, why }
    }
}

impl Fetcher {
    pub(super) fn new(options: &Options) -> Result<Self, ConfigError> {
        let client = HttpClient::new(&HttpOptions {
            connect_timeout: options.connect_timeout,
            timeout: options.timeout,
            redirects: Redirects::WithinOrigin,
            root_certificates: &options.root_certificates,
        })
        .map_err(|HttpClientError(why)| ConfigError::RootCertificate(why))?;
        Ok(Self { client, max_bytes: options.max_bytes })
    }

    /// Fetches a document, unless its `ETag` is still this one.
    pub(super) async fn get(&self, url: &CheckedUrl, etag: Option<&HeaderValue>) -> Result<Answer, FetchError> {
        let mut request = self.client.get(url).header("accept", "application/json, application/jwk-set+json");
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let response = request.send().await.map_err(|error| FetchError::of(url, request_error(error)))?;
        let headers = response.headers().clone();
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_MODIFIED if etag.is_some() => return Ok(Answer::Unchanged { headers }),
            // RFC 9110 section 15.4.5: 304 is for conditional requests only.
            StatusCode::NOT_MODIFIED => {
                return Err(FetchError::of(url, "server sent 304 Not Modified to an unconditional request"));
            }
            status => {
                return Err(FetchError {
                    status: Some(status),
                    ..FetchError::of(url, format!("server sent {status}"))
                });
            }
        }
        let body = bounded(response, self.max_bytes).await.map_err(|error| match error {
            BodyError::TooLong => FetchError::of(url, format!("the response is longer than {} bytes", self.max_bytes)),
            BodyError::Broken(why) => FetchError::of(url, why),
        })?;
        Ok(Answer::Document { body, etag: headers.get(ETAG).cloned(), headers })
    }
}
