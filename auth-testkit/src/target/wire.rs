//! Requests over HTTP to a service in another process.

use super::grpc;
use super::in_process::{BODY_LIMIT, TIMEOUT};
use super::response::{GateRecord, NoResponse, ServiceResponse};
use axum::body::{Body, Bytes, to_bytes};
use http::{Request, StatusCode, Version};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use std::fmt;
use std::net::IpAddr;

#[derive(Clone)]
pub(crate) struct Wire {
    client: Client,
    /// For the methods of gRPC services.
    http2: Client,
    base: Url,
}

impl Wire {
    pub(super) fn new(base: &str) -> Result<Self, WireError> {
        // The message omits the text, because it may contain a password.
        let base = Url::parse(base).map_err(|error| {
            WireError(format!("address is not a URL: {error}: write `http://` or `https://`, and a host"))
        })?;
        if !base.username().is_empty() || base.password().is_some() {
            return Err(WireError(
                "address contains credentials: they would be sent beside those of the attacks: remove them".to_owned(),
            ));
        }
        // Plain HTTP is allowed, because the service under attack may be a test deployment without TLS.
        if !matches!(base.scheme(), "http" | "https") || base.host().is_none() {
            return Err(WireError(
                "address has another scheme or no host: write `http://` or `https://`, and a host".to_owned(),
            ));
        }
        // No redirects, because they would send the token to another host. No proxy, because it would answer
        // instead of the service.
        let client = || Client::builder().redirect(Policy::none()).no_proxy().timeout(TIMEOUT);
        let failed = |error| {
            WireError(format!("HTTP client cannot be created: {error}: check the TLS certificates of this machine"))
        };
        let http2 = client().http2_prior_knowledge().build().map_err(failed)?;
        Ok(Self { client: client().build().map_err(failed)?, http2, base })
    }

    pub(super) fn is_on_this_machine(&self) -> bool {
        self.base.host_str().is_some_and(|host| {
            let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
            host == "localhost" || address.is_ok_and(|address| address.is_loopback())
        })
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Result<ServiceResponse, NoResponse> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let base = self.base.as_str().trim_end_matches('/');
        let client = if parts.version == Version::HTTP_2 { &self.http2 } else { &self.client };
        let mut outgoing = client.request(parts.method, format!("{base}{path}"));
        for (name, value) in parts.headers.iter().filter(|(name, value)| {
            // The client sends the host of the address, unless an attack replaces it.
            *name != http::header::HOST || *value != "localhost"
        }) {
            outgoing = outgoing.header(name, value);
        }
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        if !body.is_empty() {
            outgoing = outgoing.body(body);
        }
        let cause =
            |error: reqwest::Error| if error.is_timeout() { NoResponse::TimedOut } else { NoResponse::Disconnected };
        let mut response = outgoing.send().await.map_err(cause)?;
        let (mut status, headers) = (response.status(), response.headers().clone());
        if grpc::is_grpc(&parts.headers) {
            status = grpc::status(status, &headers);
        }
        // 204 has no body (RFC 9110 section 15.3.5).
        let body_is_empty = response.content_length() == Some(0) || status == StatusCode::NO_CONTENT;
        let mut body = Vec::new();
        let failed = status.is_client_error() || status.is_server_error();
        let is_short = response.content_length().is_some_and(|length| length <= BODY_LIMIT as u64);
        while (failed || is_short) && body.len() < BODY_LIMIT {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) | Err(_) => break,
            }
        }
        Ok(ServiceResponse {
            status,
            headers,
            body: Bytes::from(body),
            body_is_empty,
            bytes_read: 0,
            gate: GateRecord::default(),
            logged: Vec::new(),
        })
    }
}

/// Reports an address or a gRPC service that cannot be attacked.
///
/// ```
/// use auth_testkit::Target;
/// use auth_testkit::lock::Lock;
///
/// let lock = Lock::parse("GET /health PUBLIC \"load balancer probe\"")?;
/// let error = Target::over_the_wire("ftp://orders.internal", &lock).unwrap_err();
/// println!("{error}");
/// # Ok::<(), auth_testkit::lock::LockError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireError(pub(super) String);

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WireError {}
