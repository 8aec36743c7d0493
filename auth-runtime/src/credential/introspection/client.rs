//! How the service authenticates itself to the authorization server.

use super::ClientSecret;
use crate::base::http::form::field;
use crate::base::{ConfigError, check_visible};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use std::fmt;

/// The service as a client of the authorization server.
#[derive(Clone)]
pub(super) struct IntrospectionClient {
    pub(super) id: String,
    pub(super) secret: ClientSecret,
    pub(super) secret_in: SecretIn,
}

/// How the client sends its secret (RFC 6749 section 2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecretIn {
    /// `client_secret_basic`.
    Header,
    /// `client_secret_post`.
    Form,
}

/// The parts of a request that authenticate the client.
pub(super) enum ClientProof {
    Header(HeaderValue),
    Fields(String),
}

impl IntrospectionClient {
    /// P9: what can be wrong, at start.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.id.trim().is_empty() {
            return Err(ConfigError::Empty("client id"));
        }
        check_visible(&self.id).map_err(|why| ConfigError::Unreadable { name: "client id", why })
    }

    pub(super) async fn proof(&self) -> Result<ClientProof, String> {
        let secret = self.secret.current().await?;
        match self.secret_in {
            SecretIn::Header => {
                // RFC 6749 section 2.3.1: both are form-encoded first, so that neither has a `:`.
                let pair = BASE64_STANDARD.encode(format!("{}:{}", field(&self.id), field(&secret)));
                let mut header = HeaderValue::try_from(format!("Basic {pair}"))
                    .map_err(|_| "the client id and the secret are not a header".to_owned())?;
                header.set_sensitive(true);
                Ok(ClientProof::Header(header))
            }
            SecretIn::Form => Ok(ClientProof::Fields(secret)),
        }
    }
}

/// Without the secret.
impl fmt::Debug for IntrospectionClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntrospectionClient")
            .field("id", &self.id)
            .field("secret_in", &self.secret_in)
            .finish_non_exhaustive()
    }
}
