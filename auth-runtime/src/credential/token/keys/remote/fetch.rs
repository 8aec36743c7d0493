//! One request for a document, within bounds.

use super::Options;
use crate::base::ConfigError;
use http::header::{ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Url};
use std::error::Error;
use std::net::{Ipv4Addr, Ipv6Addr};

/// How many redirects are followed, all on the same host.
const MAX_REDIRECTS: usize = 3;

#[derive(Debug)]
pub(super) struct Fetcher {
    client: Client,
    max_bytes: usize,
}

/// What came back.
pub(super) enum Answer {
    /// RFC 9110 section 15.4.5: what we have is still so.
    Unchanged {
        headers: HeaderMap,
    },
    Document {
        body: Vec<u8>,
        etag: Option<HeaderValue>,
        headers: HeaderMap,
    },
}

/// Why nothing did, in words.
#[derive(Debug, Clone)]
pub(super) struct FetchError {
    pub(super) url: String,
    pub(super) why: String,
    pub(super) status: Option<StatusCode>,
}

impl FetchError {
    pub(super) fn new(url: &impl ToString, why: impl Into<String>) -> Self {
        Self { url: url.to_string(), why: why.into(), status: None }
    }
}

impl From<FetchError> for ConfigError {
    fn from(FetchError { url, why, .. }: FetchError) -> Self {
        Self::KeySetUnreachable { url, why }
    }
}

impl Fetcher {
    pub(super) fn new(options: &Options, loopback: bool) -> Result<Self, ConfigError> {
        let mut client = Client::builder()
            .connect_timeout(options.connect_timeout)
            .timeout(options.timeout)
            .https_only(!loopback)
            .referer(false)
            .user_agent(concat!("auth-runtime/", env!("CARGO_PKG_VERSION")))
            // A redirect to another host would take our keys from whoever can make the first one redirect.
            .redirect(Policy::custom(|attempt| match attempt.previous() {
                seen if seen.len() > MAX_REDIRECTS => attempt.error("too many redirects"),
                [first, ..] if first.origin() == attempt.url().origin() => attempt.follow(),
                _ => attempt.error("a redirect to another host is not followed"),
            }));
        if loopback {
            // P6: `localhost` without TLS is this machine, whatever a name server says of it (RFC 6761 section 6.3). The
            // port is the URL's.
            let here = [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()];
            client = client.no_proxy().resolve_to_addrs("localhost", &here);
        }
        let refused = |error: reqwest::Error| ConfigError::RootCertificate(words(&error));
        for pem in &options.root_certificates {
            let certificates = Certificate::from_pem_bundle(pem).map_err(refused)?;
            if certificates.is_empty() {
                return Err(ConfigError::RootCertificate("there is no certificate in it".to_owned()));
            }
            client = client.tls_certs_merge(certificates);
        }
        let client = client.build().map_err(refused)?;
        Ok(Self { client, max_bytes: options.max_bytes })
    }

    /// Gets a document, unless it is the one that has this `ETag`.
    pub(super) async fn get(&self, url: &Url, etag: Option<&HeaderValue>) -> Result<Answer, FetchError> {
        let failed = |error: reqwest::Error| FetchError::new(url, words(&error));
        let mut request = self.client.get(url.clone()).header("accept", "application/json, application/jwk-set+json");
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let mut response = request.send().await.map_err(failed)?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_MODIFIED if etag.is_some() => {
                return Ok(Answer::Unchanged { headers: response.headers().clone() });
            }
            status => {
                return Err(FetchError {
                    status: Some(status),
                    ..FetchError::new(url, format!("it answered {status}"))
                });
            }
        }
        let mut body = Vec::new();
        // What `Content-Length` says is not believed.
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > self.max_bytes {
                return Err(FetchError::new(url, format!("the answer is longer than {} bytes", self.max_bytes)));
            }
            body.extend_from_slice(&chunk);
        }
        let etag = response.headers().get(ETAG).cloned();
        Ok(Answer::Document { body, etag, headers: response.headers().clone() })
    }
}

/// The error and what caused it: "error sending request" alone helps nobody.
fn words(error: &reqwest::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !words.contains(&text) {
            words = format!("{words}: {text}");
        }
        cause = error.source();
    }
    words
}
