//! Checks the endpoint of a network sink, and interprets its responses.

use super::protocol::Outcome;
use crate::diagnostics::quoted;
use auth_base::ConfigError;
use auth_base::http::client::{HttpClient, HttpClientError, HttpOptions, Redirects};
use auth_base::http::error_chain::request_error;
use auth_base::http::url::{self, CheckedUrl, Permit, UrlError};
use reqwest::StatusCode;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// An endpoint as the service configures it.
#[derive(Clone)]
pub(super) struct HttpEndpoint {
    pub(super) url: String,
    pub(super) root_certificates: Vec<Vec<u8>>,
    pub(super) spool: Option<(PathBuf, u64)>,
}

impl HttpEndpoint {
    pub(super) fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), root_certificates: Vec::new(), spool: None }
    }

    /// Checks the URL and builds the client.
    ///
    /// P7: only TLS or this machine, because events name callers and requests carry a credential.
    pub(super) fn checked(&self) -> Result<(CheckedUrl, HttpClient), ConfigError> {
        let refused =
            |host: Option<String>, why| ConfigError::Url { url: host.unwrap_or("(the sink's)".to_owned()), why };
        let url = url::checked(&self.url, Permit::Nothing).map_err(|UrlError { host, why }| refused(host, why))?;
        // Because paths are appended to it.
        if url.has_query() {
            return Err(refused(Some(url.host_and_port()), "it has a query: leave it out"));
        }
        let client = HttpClient::new(&HttpOptions {
            connect_timeout: TIMEOUT,
            timeout: TIMEOUT,
            redirects: Redirects::Refused,
            root_certificates: &self.root_certificates,
        });
        Ok((url, client.map_err(|HttpClientError(why)| ConfigError::RootCertificate(why))?))
    }
}

/// Without path, query and password, which may be secrets.
impl fmt::Debug for HttpEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("HttpEndpoint");
        shown.field("host", &url::host_of(&self.url)).field("spool", &self.spool).finish_non_exhaustive()
    }
}

/// Returns the outcome of a request that was not sent or not answered.
pub(super) fn unanswered(error: reqwest::Error) -> Outcome {
    Outcome::Later(request_error(error), None)
}

/// How many bytes of a response are read.
pub(super) const ANSWER: usize = 64 * 1024;
/// How many characters of the receiver's message are reported.
const WORDS: usize = 300;

/// Quotes the receiver's message for a log line: bounded, escaped, and without our credentials.
///
/// The receiver could send the credentials back.
pub(super) fn to_log_line(text: &str, credentials: &[&str]) -> String {
    let secrets = credentials.iter().filter(|secret| !secret.is_empty());
    let text = secrets.fold(text.to_owned(), |text, secret| text.replace(secret, "[credential]"));
    quoted(&text, WORDS)
}

/// Returns the outcome of a response other than success, with the receiver's message.
pub(super) fn failed(status: StatusCode, wait: Option<Duration>, message: Option<String>) -> Outcome {
    let why =
        message.map_or_else(|| format!("it answered {status}"), |message| format!("it answered {status}: {message}"));
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Outcome::TooLong(why),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
        // P7: the records are kept until an operator corrects a credential that the receiver has
        // changed.
        | StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN => Outcome::Later(why, wait),
        status if status.is_server_error() => Outcome::Later(why, wait),
        _ => Outcome::Never(why),
    }
}

/// Reads how long to wait, in seconds as in both protocols.
pub(super) fn retry_after(headers: &http::HeaderMap) -> Option<Duration> {
    headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::{WORDS, failed, to_log_line};
    use crate::sinks::protocol::Outcome;
    use reqwest::StatusCode;

    #[test]
    fn a_receiver_that_is_down_gets_the_batch_later_and_one_that_rejects_it_does_not() {
        let outcome = |status| failed(StatusCode::from_u16(status).unwrap(), None, None);
        for status in [401, 403, 408, 429].into_iter().chain(500..600) {
            assert!(matches!(outcome(status), Outcome::Later(..)), "{status}");
        }
        assert!(matches!(outcome(413), Outcome::TooLong(_)));
        for status in [302, 304, 400, 402, 404, 405, 409, 410, 415, 422, 451] {
            assert!(matches!(outcome(status), Outcome::Never(_)), "{status}");
        }
    }

    #[test]
    fn a_message_is_reported_up_to_its_limit_and_without_a_credential() {
        let long = to_log_line(&"x".repeat(WORDS * 2), &[]);
        assert_eq!(long, format!("\"{}..\"", "x".repeat(300)));
        assert_eq!(to_log_line("no hunter2\n", &["hunter2", ""]), r#""no [credential]\n""#);
    }
}
