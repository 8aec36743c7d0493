//! Sinks over the network: each speaks its own [`Protocol`](delivery::Protocol), and one [`Delivery`](delivery::Delivery)
//! queues, retries and keeps for all of them.

mod backlog;
mod delivery;
mod ledger;
#[cfg(feature = "otlp")]
mod otlp;
mod record;
#[cfg(feature = "splunk")]
mod splunk;
mod spool;
mod spool_owner;

#[cfg(feature = "otlp")]
pub use otlp::Otlp;
#[cfg(feature = "splunk")]
pub use splunk::Splunk;

use super::diagnostics::quoted;
use crate::config_error::ConfigError;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Response, StatusCode, Url};
use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::time::Duration;

/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Where it goes, as it was written.
#[derive(Debug, Clone)]
struct Place {
    url: String,
    root_certificates: Vec<Vec<u8>>,
    spool: Option<(PathBuf, u64)>,
}

impl Place {
    fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), root_certificates: Vec::new(), spool: None }
    }

    /// P7: events name people, and what is sent with them is a credential: over TLS, or to this machine.
    fn checked(&self) -> Result<(Url, Client), ConfigError> {
        // Never with the path or the query: somebody may have put a token there.
        let refused = |url: &str, why| ConfigError::Url { url: url.to_owned(), why };
        let url: Url = self.url.parse().map_err(|_| refused("(the sink's)", "it is no URL"))?;
        let host = url.host_str().unwrap_or_default();
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused(host, "it holds a user name or a password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refused(host, "it has a query or a fragment"));
        }
        let loopback = is_loopback(host);
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err(refused(host, "events have to go over https; only on this machine http will do")),
            _ => return Err(refused(host, "it is no https URL")),
        }
        // Whoever can make a receiver redirect gets no events.
        let mut client = Client::builder()
            .user_agent(concat!("auth-runtime/", env!("CARGO_PKG_VERSION")))
            .https_only(!loopback)
            .timeout(TIMEOUT)
            .redirect(Policy::none());
        if loopback {
            // `localhost` without TLS is this machine, whatever a name server or a proxy says of it (RFC 6761 section 6.3).
            let here = [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()];
            client = client.no_proxy().resolve_to_addrs("localhost", &here);
        }
        let unread = |error: reqwest::Error| ConfigError::RootCertificate(error.to_string());
        for pem in &self.root_certificates {
            let certificates = Certificate::from_pem_bundle(pem).map_err(unread)?;
            if certificates.is_empty() {
                return Err(ConfigError::RootCertificate("there is no certificate in it".to_owned()));
            }
            client = client.tls_certs_merge(certificates);
        }
        Ok((url, client.build().map_err(unread)?))
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// For people: the host and the port, without what may be a secret.
fn shown(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// It was not sent, or not answered. Down to the cause: "error sending request" helps nobody.
fn unanswered(error: reqwest::Error) -> delivery::Outcome {
    let error = error.without_url();
    let causes = std::iter::successors(error.source(), |error| (*error).source());
    let words = std::iter::once(error.to_string()).chain(causes.map(ToString::to_string));
    delivery::Outcome::Later(words.collect::<Vec<_>>().join(": "), None)
}

/// How many bytes of an answer are read.
const ANSWER: usize = 64 * 1024;
/// How many characters of the receiver's own words are reported.
const WORDS: usize = 300;

/// Reads an answer up to a bound; what is longer, or breaks off, is no answer.
async fn body(mut answer: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        if body.len() + chunk.len() > ANSWER {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

/// The receiver's own words for a log line: bounded, escaped, and without our credentials, which it could send back.
fn words(text: &str, credentials: &[&str]) -> String {
    let secrets = credentials.iter().filter(|secret| !secret.is_empty());
    let text = secrets.fold(text.to_owned(), |text, secret| text.replace(secret, "[credential]"));
    quoted(&text, WORDS)
}

/// What an answer other than success means; `said` is what the receiver says about it.
fn failed(status: StatusCode, wait: Option<Duration>, said: Option<String>) -> delivery::Outcome {
    use delivery::Outcome;
    let why = said.map_or_else(|| format!("it answered {status}"), |said| format!("it answered {status}: {said}"));
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Outcome::TooLong(why),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
        // P7: an operator corrects a credential that was changed on the other side first, and what waits is kept until then.
        | StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN => Outcome::Later(why, wait),
        status if status.is_server_error() => Outcome::Later(why, wait),
        _ => Outcome::Never(why),
    }
}

/// How long it asks us to wait; in seconds, as both protocols say it.
fn retry_after(headers: &http::HeaderMap) -> Option<Duration> {
    headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}
