//! The HTTP client, bounded in time and in bytes. It sends requests to a [`CheckedUrl`] only.

use super::error_chain::{error_chain, request_error};
use super::url::CheckedUrl;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, RequestBuilder, Response};
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

/// The number of redirects that are followed, all within one origin.
const MAX_REDIRECTS: usize = 3;

/// The options of a client.
pub struct HttpOptions<'a> {
    /// The time limit to connect.
    pub connect_timeout: Duration,
    /// The time limit of a request, including the body of the response.
    pub timeout: Duration,
    pub redirects: Redirects,
    /// Trusted in addition to those of the system, as PEM.
    pub root_certificates: &'a [Vec<u8>],
}

/// The redirects that are followed. A redirect to another origin never is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Redirects {
    /// For requests with a body, because 301, 302 and 303 would drop it, and the response to the
    /// request without it could count as success.
    Refused,
    WithinOrigin,
}

/// A client cannot be created.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the root certificate is refused: {0}")]
pub struct HttpClientError(pub String);

/// Why a body cannot be read.
#[derive(Debug)]
pub enum BodyError {
    TooLong,
    Broken(String),
}

/// Sends requests. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct HttpClient {
    /// Uses the system's proxy, if there is one; https only.
    tls: Client,
    /// Without a proxy, for this machine and for `http`.
    direct: Client,
}

impl HttpClient {
    pub fn new(options: &HttpOptions<'_>) -> Result<Self, HttpClientError> {
        let refused = |error: reqwest::Error| HttpClientError(error_chain(&error));
        let mut certificates = Vec::new();
        for pem in options.root_certificates {
            let found = Certificate::from_pem_bundle(pem).map_err(refused)?;
            if found.is_empty() {
                return Err(HttpClientError("it contains no certificate".to_owned()));
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
        // P6: `localhost` without TLS is this machine, whatever a name server or a proxy answers
        // (RFC 6761 section 6.3). The port comes from the URL.
        let loopback = [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()];
        let direct = client().no_proxy().resolve_to_addrs("localhost", &loopback);
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

/// Without the proxies, because their URLs may contain a password.
impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpClient")
    }
}

/// Reads the body of a response, up to a number of bytes. The stated length is not trusted.
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

/// P6: with a redirect to another origin, an attacker could choose the keys or read the events.
fn policy(redirects: Redirects) -> Policy {
    match redirects {
        Redirects::Refused => Policy::none(),
        Redirects::WithinOrigin => Policy::custom(|attempt| match attempt.previous() {
            urls if urls.len() > MAX_REDIRECTS => attempt.error("too many redirects"),
            [first, ..] if first.origin() == attempt.url().origin() => attempt.follow(),
            _ => attempt.error("a redirect to another host is not followed"),
        }),
    }
}
