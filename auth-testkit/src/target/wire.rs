//! Requests over HTTP, to a service of which only the answers are seen.

use super::in_process::{Answer, Broken, MOST, PATIENCE, Seen};
use axum::body::{Body, Bytes, to_bytes};
use http::Request;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use std::fmt;

#[derive(Clone)]
pub(crate) struct Wire {
    client: Client,
    base: Url,
}

impl Wire {
    pub(super) fn new(base: &str) -> Result<Self, WireError> {
        // Without the text: there may be a password in it.
        let base = Url::parse(base).map_err(|error| WireError(format!("it is no address of a service: {error}")))?;
        if !base.username().is_empty() || base.password().is_some() {
            return Err(WireError(
                "credentials in the address would be sent beside the attacks' own: leave them out".to_owned(),
            ));
        }
        // Not the policy for what a service sends: the host is the one under attack, and may well be without TLS.
        if !matches!(base.scheme(), "http" | "https") || base.host().is_none() {
            return Err(WireError(
                "it is no address of a service: write `http://` or `https://`, and a host".to_owned(),
            ));
        }
        // No redirects: the token must not go where nobody sent it. No proxy: it would answer in the place of the service.
        let client = Client::builder().redirect(Policy::none()).no_proxy().timeout(PATIENCE).build();
        let client = client.map_err(|error| WireError(format!("there is no TLS here: {error}")))?;
        Ok(Self { client, base })
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Result<Answer, Broken> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let base = self.base.as_str().trim_end_matches('/');
        let mut sent = self.client.request(parts.method, format!("{base}{path}"));
        for (name, value) in parts.headers.iter().filter(|(name, _)| *name != http::header::HOST) {
            sent = sent.header(name, value);
        }
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        if !body.is_empty() {
            sent = sent.body(body);
        }
        let broken = |error: reqwest::Error| if error.is_timeout() { Broken::TookTooLong } else { Broken::NoAnswer };
        let mut answer = sent.send().await.map_err(broken)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body = Vec::new();
        while (status.is_client_error() || status.is_server_error()) && body.len() < MOST {
            match answer.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) | Err(_) => break,
            }
        }
        Ok(Answer { status, headers, body: Bytes::from(body), body_was_read: false, seen: Seen::default() })
    }
}

/// A service that can't be attacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireError(String);

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WireError {}
