//! The one HTTP client: bounded in time and in bytes, and it goes nowhere but to a [`CheckedUrl`].

use super::error_chain::{error_chain, request_error};
use super::url::CheckedUrl;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, RequestBuilder, Response};
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

/// How many redirects are followed, all within one origin.
const MAX_REDIRECTS: usize = 3;

/// How requests are made.
pub struct HttpOptions<'a> {
    /// For a connection to be made.
    pub connect_timeout: Duration,
    /// For a request in all, its answer's body included.
    pub timeout: Duration,
    pub redirects: Redirects,
    /// Trusted beside those of the system, as PEM.
    pub root_certificates: &'a [Vec<u8>],
}

/// Which redirects are followed. None leads to another origin.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Redirects {
    /// For requests with a body: on 301, 302 and 303 it would be dropped, and the answer to the rest taken for success.
    Refused,
    WithinOrigin,
}

/// A client that can't be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the root certificate is refused: {0}")]
pub struct HttpClientError(pub String);

/// Why there is no body.
#[derive(Debug)]
pub enum BodyError {
    TooLong,
    Broken(String),
}

/// Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct HttpClient {
    /// Through the system's proxy, if it has one; https only.
    tls: Client,
    /// Without a proxy: for this machine, and for `http`.
    direct: Client,
}

impl HttpClient {
    pub fn new(options: &HttpOptions<'_>) -> Result<Self, HttpClientError> {
        let refused = |error: reqwest::Error| HttpClientError(error_chain(&error));
        let mut certificates = Vec::new();
        for pem in options.root_certificates {
            let found = Certificate::from_pem_bundle(pem).map_err(refused)?;
            if found.is_empty() {
                return Err(HttpClientError("there is no certificate in it".to_owned()));
            }
            certificates.extend(found);
        }
        let client = || -> ClientBuilder {
            Client::builder()
                .connect_timeout(options.connect_timeout)
                .timeout(options.timeout)
                .referer(false)
                .user_agent(concat!("auth-runtime/", env!("CARGO_PKG_VERSION")))
                .redirect(policy(options.redirects))
                .tls_certs_merge(certificates.clone())
        };
        // P6: `localhost` without TLS is this machine, whatever a name server or a proxy says of it (RFC 6761 section
        // 6.3). The port is the URL's.
        let here = [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()];
        let direct = client().no_proxy().resolve_to_addrs("localhost", &here);
        let tls = client().https_only(true);
        Ok(Self { tls: tls.build().map_err(refused)?, direct: direct.build().map_err(refused)? })
    }

    pub fn get(&self, url: &CheckedUrl) -> RequestBuilder {
        self.to(url).get(url.as_url().clone())
    }

    pub fn post(&self, url: &CheckedUrl) -> RequestBuilder {
        self.to(url).post(url.as_url().clone())
    }

    fn to(&self, url: &CheckedUrl) -> &Client {
        if url.is_loopback() || url.is_plain() { &self.direct } else { &self.tls }
    }
}

/// Without the proxies: their URLs may hold a password.
impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpClient")
    }
}

/// An answer's body, so many bytes at most. The length that the answer claims is not believed.
pub async fn bounded(mut response: Response, most: usize) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| BodyError::Broken(request_error(error)))? {
        if body.len() + chunk.len() > most {
            return Err(BodyError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// P6: a redirect to another origin would let whoever can cause one choose our keys, or read our events.
fn policy(redirects: Redirects) -> Policy {
    match redirects {
        Redirects::Refused => Policy::none(),
        Redirects::WithinOrigin => Policy::custom(|attempt| match attempt.previous() {
            seen if seen.len() > MAX_REDIRECTS => attempt.error("too many redirects"),
            [first, ..] if first.origin() == attempt.url().origin() => attempt.follow(),
            _ => attempt.error("a redirect to another host is not followed"),
        }),
    }
}
