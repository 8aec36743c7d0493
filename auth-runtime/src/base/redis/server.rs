//! Connects to a server: [`RedisServer`].

use super::Connection;
use crate::base::ConfigError;
use redis::{Client, ConnectionAddr, IntoConnectionInfo, TlsCertificates};
use std::time::Duration;

/// The address of a server, and how to reach it.
pub(crate) struct RedisServer {
    pub(crate) url: String,
    pub(crate) timeout: Duration,
    /// PEM, in place of the authorities of the system.
    pub(crate) root_certificate: Option<Vec<u8>>,
}

/// Why a server cannot be used.
pub(crate) struct RefusedServer {
    /// Never the URL, because it may contain a password.
    pub(crate) store: String,
    pub(crate) why: String,
}

impl RedisServer {
    pub(crate) fn at(url: String) -> Self {
        Self { url, timeout: Duration::from_millis(500), root_certificate: None }
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if self.timeout.is_zero() || self.timeout > Duration::from_secs(30) {
            return Err(ConfigError::OutOfBounds { name: "timeout", why: "use more than zero and at most 30 seconds" });
        }
        Ok(())
    }

    /// Connects, and returns the address for the posture.
    pub(crate) async fn connect(self) -> Result<(Connection, String), RefusedServer> {
        let Self { url, timeout, root_certificate } = self;
        let refused = |why: &str| RefusedServer { store: "Redis".to_owned(), why: why.to_owned() };
        let info = url.as_str().into_connection_info().map_err(|_| {
            refused("the URL is malformed: write one like `redis://127.0.0.1/` or `rediss://redis.internal/`")
        })?;
        let address = info.addr().to_string();
        let refused = |why: String| RefusedServer { store: format!("Redis at {address}"), why };
        let client = match info.addr() {
            // P6: an attacker who can answer in place of the server decides which requests are
            // accepted.
            ConnectionAddr::TcpTls { insecure: true, .. } => {
                return Err(refused(
                    "`#insecure` is refused: trust its authority with `.root_certificate(..)`".to_owned(),
                ));
            }
            ConnectionAddr::TcpTls { .. } => {
                // Without a default provider, rustls panics if the program has both of its
                // providers.
                let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
                Client::build_with_tls(info, TlsCertificates { client_tls: None, root_cert: root_certificate })
            }
            _ if root_certificate.is_some() => {
                return Err(refused("`.root_certificate(..)` needs TLS: use a `rediss://` URL".to_owned()));
            }
            _ => Client::open(info),
        };
        let client = client.map_err(|error| refused(error.to_string()))?;
        let connection = Connection::open(client, timeout).await.map_err(|error| refused(error.to_string()))?;
        Ok((connection, address))
    }
}
