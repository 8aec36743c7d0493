//! Asks the introspection endpoint about one token, within bounds of time and size.

use super::client::{ClientProof, IntrospectionClient, SecretIn};
use super::discovery::Location;
use super::fault::Fault;
use crate::base::ConfigError;
use crate::base::http::client::{BodyError, HttpClient, HttpClientError, HttpOptions, Redirects, bounded};
use crate::base::http::error_chain::request_error;
use crate::base::http::form::form;
use crate::credential::token::json::{Document, Json};
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use std::time::Duration;

/// The longest answer. An answer has the size of the claims of a token.
const MAX_BYTES: usize = 64 * 1024;

/// The authorization server, as the service reaches it.
#[derive(Debug)]
pub(super) struct Server {
    http: HttpClient,
    location: Location,
    client: IntrospectionClient,
}

impl Server {
    pub(super) fn new(
        location: Location,
        client: IntrospectionClient,
        timeout: Duration,
        root_certificates: &[Vec<u8>],
    ) -> Result<Self, ConfigError> {
        // P6: a redirect would send the token and the secret to another address.
        let redirects = Redirects::Refused;
        let http = HttpClient::new(&HttpOptions { connect_timeout: timeout, timeout, redirects, root_certificates })
            .map_err(|HttpClientError(why)| ConfigError::RootCertificate(why))?;
        Ok(Self { http, location, client })
    }

    /// The endpoint for messages and the posture, as far as it is known.
    pub(super) fn described(&self) -> String {
        self.location.described()
    }

    /// Sends a token to the endpoint, and returns the body of the answer (RFC 7662 section 2).
    ///
    /// `again`: the last attempt failed, so the endpoint may have moved.
    pub(super) async fn ask(&self, token: &str, again: bool) -> Result<Vec<u8>, Fault> {
        let url = self.location.endpoint(&self.http, again).await?;
        let named = |why: String| format!("{}: {why}", url.document());
        let fields = [("token", token), ("token_type_hint", "access_token")];
        let request = self.http.post(&url);
        let (request, body) = match self.client.proof().await.map_err(Fault::Client)? {
            ClientProof::Header(header) => (request.header(AUTHORIZATION, header), form(&fields)),
            ClientProof::Fields(secret) => {
                let own = [("client_id", &*self.client.id), ("client_secret", &*secret)];
                (request, form(&[fields, own].concat()))
            }
        };
        let request = request
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .header(ACCEPT_ENCODING, "identity")
            .body(body);
        let retry = request.try_clone();
        let response = match request.send().await {
            // A connection from before the server was restarted. The question may be asked twice.
            Err(error) if !error.is_timeout() && !error.is_connect() => match retry {
                Some(retry) => retry.send().await,
                None => Err(error),
            },
            answer => answer,
        };
        let response = response.map_err(|error| Fault::Server(named(request_error(error))))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = bounded(response, MAX_BYTES).await.map_err(|error| match error {
            BodyError::TooLong => Fault::Token(named(format!("the answer is longer than {MAX_BYTES} bytes"))),
            BodyError::Broken(why) => Fault::Server(named(why)),
        })?;
        self.check(status, &headers, &body).map_err(|fault| match fault {
            Fault::Server(why) => Fault::Server(named(why)),
            Fault::Client(why) => Fault::Client(named(why)),
            Fault::Token(why) => Fault::Token(named(why)),
        })?;
        Ok(body)
    }

    /// P6: anything but 200 with JSON is not an answer.
    fn check(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<(), Fault> {
        let refused = |status: StatusCode| {
            let method = match self.client.secret_in {
                SecretIn::Header => "if it expects the secret in the form, call `.secret_in_the_form()`",
                SecretIn::Form => "it may expect `client_secret_basic`: leave `.secret_in_the_form()` out",
            };
            Fault::Client(format!(
                "server sent {status} to this service: check the id and the secret of client `{}`, and whether it \
                 may introspect tokens; {method}",
                self.client.id
            ))
        };
        let sent = format!("server sent {status}");
        match status {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err(refused(status)),
            // RFC 6749 section 5.2: 400 is allowed for a client that is refused.
            StatusCode::BAD_REQUEST if refuses_the_client(body) => return Err(refused(status)),
            status if status.is_redirection() => {
                return Err(Fault::Server(sent + ": redirects are not followed: use the address that they lead to"));
            }
            StatusCode::NOT_FOUND
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::GONE
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => return Err(Fault::Server(sent)),
            _ => return Err(Fault::Token(sent)),
        }
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "application/json" => Ok(()),
            "application/token-introspection+jwt" => Err(Fault::Server(
                "the answer is a signed JWT (RFC 9701), which is not accepted: let the server send \
                 `application/json` to this client"
                    .to_owned(),
            )),
            _ => Err(Fault::Server("the answer is not `application/json`: check the address".to_owned())),
        }
    }
}

/// Whether the body of a 400 says that the client is refused (RFC 6749 section 5.2).
fn refuses_the_client(body: &[u8]) -> bool {
    let Ok(document) = Document::read(body) else { return false };
    matches!(document.root().get("error").and_then(Json::text), Some("invalid_client" | "unauthorized_client"))
}
