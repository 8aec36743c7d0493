//! The reasons why the service did not start, as one line each for the operator.

use auth_runtime::ConfigError;
use std::io;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("can't listen on `{address}`: {error}; choose another address with `--listen`")]
    Listen { address: String, error: io::Error },
    #[error("can't show metrics on `{address}`: {error}; choose another address with `--metrics`")]
    Metrics { address: String, error: Box<dyn std::error::Error + Send + Sync> },
    #[error(
        "can't show metrics on `{0}`: clients that reach it learn why tokens are rejected; choose a loopback address, or add `--metrics-beyond-loopback`"
    )]
    MetricsExposed(std::net::SocketAddr),
    #[error("can't use the database `{}`: {error}; give `--db` an SQLite file of this service, or a new name", path.display())]
    Database { path: PathBuf, error: rusqlite::Error },
    #[error("can't mint an API key: {0}")]
    Mint(#[from] auth_runtime::api_keys::MintError),
    #[error("can't revoke the API key `{0}`: its id is unknown; find the id with `orders api-key list`")]
    UnknownKey(String),
    #[error("can't read the key set `{}`: {error}", path.display())]
    ReadKeys { path: PathBuf, error: io::Error },
    #[error("can't use the key set `{}`: {error}", path.display())]
    Keys { path: PathBuf, error: ConfigError },
    #[error("can't read Splunk's token in `{}`: {error}", path.display())]
    ReadToken { path: PathBuf, error: io::Error },
    #[error("can't build the verifier: {0}")]
    Verifier(#[from] ConfigError),
    #[error("can't verify payments: {0}; give `--payment-secret-file` the secret of the provider, `whsec_..`")]
    Payments(ConfigError),
    #[error("can't make a key for the demo: {0}")]
    Demo(Box<dyn std::error::Error + Send + Sync>),
    #[error("can't write to stdout: {0}")]
    Stdout(io::Error),
    #[error("can't listen for SIGTERM and Ctrl-C: {0}")]
    Signals(io::Error),
    #[error("can't start threads: {0}")]
    Runtime(io::Error),
    #[error("the start-up panicked: {0}")]
    Panicked(#[from] tokio::task::JoinError),
    #[error("can't serve: {0}")]
    Serve(io::Error),
}
