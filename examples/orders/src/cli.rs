//! The command line.

use crate::key_command::KeyCommand;
use auth_runtime::TokenType;
use auth_runtime::keys::Algorithm;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Serves a small orders API on SQLite. A handler without a decision about authentication does not
/// compile.
///
/// Without options it generates a key, prints tokens for trying the service, and keeps orders in
/// memory.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// The address to listen on; port 0 is any free port. By default 127.0.0.1:3000, or the next
    /// free port.
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,

    /// The SQLite file of the orders. By default in memory.
    #[arg(long, value_name = "FILE")]
    pub(crate) db: Option<PathBuf>,

    /// Accepts the API keys in the file of `--db` beside JWTs. `orders api-key mint` makes them.
    #[arg(long, requires = "db")]
    pub(crate) api_keys: bool,

    /// Serves a page for browsers at `/browser`: a login by cookie, and the caller's orders. It
    /// needs HTTPS, except from `localhost` and `127.0.0.1`.
    #[arg(long)]
    pub(crate) browser: bool,

    /// The largest difference between the clocks of the issuer and of this service.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub(crate) leeway: u64,

    /// Writes each rejection to this file, as one line of JSON. By default to stderr.
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<PathBuf>,

    /// Pages the on-call engineer through this webhook, which accepts JSON, when rejections spike.
    /// If it fails, the next webhook is tried.
    #[arg(long, value_name = "URL")]
    pub(crate) page_url: Vec<String>,

    /// Requests this URL every 30 seconds while the event stream works: a dead man's switch.
    #[arg(long, value_name = "URL", requires = "page_url")]
    pub(crate) heartbeat_url: Option<String>,

    /// Keeps the time of the last pager test in this file. The service logs it at start.
    #[arg(long, value_name = "FILE", requires = "page_url")]
    pub(crate) drill_record: Option<PathBuf>,

    /// Sends each rejection to Splunk's HTTP Event Collector as well.
    #[arg(long, value_name = "URL", requires = "splunk_token_file")]
    pub(crate) splunk_url: Option<String>,

    /// Reads Splunk's token from this file, because every user of the machine can read a command
    /// line.
    #[arg(long, value_name = "FILE", requires = "splunk_url")]
    pub(crate) splunk_token_file: Option<PathBuf>,

    /// Sends each rejection to an OpenTelemetry collector as well (OTLP over HTTP):
    /// `http://127.0.0.1:4318`.
    #[arg(long, value_name = "URL")]
    pub(crate) otlp_url: Option<String>,

    /// Keeps rejections in this folder while Splunk or the collector is unreachable, at most 64 MiB
    /// for each. By default in memory, some thousands.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) spool: Option<PathBuf>,

    /// Keeps revoked tokens in this Redis or Valkey server, for several instances. By default in
    /// memory.
    #[arg(long, value_name = "URL")]
    pub(crate) redis: Option<String>,

    /// Serves metrics for Prometheus at `/metrics` of this loopback address. By default there are
    /// none.
    #[arg(long, value_name = "ADDR")]
    pub(crate) metrics: Option<String>,

    /// Allows `--metrics` on an address beyond loopback. Clients of the API must not reach it,
    /// because metrics show why tokens are rejected.
    #[arg(long, requires = "metrics")]
    pub(crate) metrics_beyond_loopback: bool,

    /// Serves the webhook of the payment provider at `/payments` (Standard Webhooks), which marks
    /// orders as paid. The file has the provider's secret, `whsec_..`; a changed secret needs no
    /// restart. Without this option the route does not exist.
    #[arg(long, value_name = "FILE")]
    pub(crate) payment_secret_file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) provider: Option<Provider>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Mints, lists and revokes API keys.
    #[command(subcommand)]
    ApiKey(KeyCommand),
}

/// The trusted issuer, instead of that of the demo. The first two options are required together:
/// clap accepts both or neither.
#[derive(Debug, Args)]
#[command(next_help_heading = "To trust the tokens of an identity provider")]
pub(crate) struct Provider {
    /// Accepts the tokens of this issuer: their exact `iss`.
    #[arg(long, value_name = "URL", required = false, requires = "audience")]
    pub(crate) issuer: String,

    /// The audience that the `aud` of a token must contain.
    #[arg(long, value_name = "NAME", required = false, requires = "issuer")]
    pub(crate) audience: String,

    /// The provider's public keys: a file with a JWK set, or its URL, which is fetched again at
    /// intervals. By default the URL is the one in the provider's metadata (OpenID Connect
    /// Discovery, RFC 8414).
    #[arg(long, value_name = "FILE|URL", requires = "issuer")]
    pub(crate) jwks: Option<String>,

    /// The algorithm of RSA keys without `alg`. Other keys determine their algorithm.
    #[arg(long, value_enum, value_name = "ALG", default_value = "RS256", requires = "issuer")]
    pub(crate) rsa_algorithm: RsaAlgorithm,

    /// The kind of token to accept. Demo tokens are always access tokens.
    #[arg(long, value_enum, value_name = "KIND", default_value = "any-jwt", requires = "issuer")]
    pub(crate) token_type: TokenKind,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "UPPER")]
pub(crate) enum RsaAlgorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
}

impl From<RsaAlgorithm> for Algorithm {
    fn from(algorithm: RsaAlgorithm) -> Self {
        match algorithm {
            RsaAlgorithm::Rs256 => Self::RS256,
            RsaAlgorithm::Rs384 => Self::RS384,
            RsaAlgorithm::Rs512 => Self::RS512,
            RsaAlgorithm::Ps256 => Self::PS256,
            RsaAlgorithm::Ps384 => Self::PS384,
            RsaAlgorithm::Ps512 => Self::PS512,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum TokenKind {
    /// As in RFC 9068: `typ` is `at+jwt`, and `client_id`, `iat` and `jti` are present.
    AccessToken,
    /// `typ` may also be `JWT` or missing, as with many providers. The provider must not issue
    /// other kinds of tokens for this audience.
    AnyJwt,
}

impl From<TokenKind> for TokenType {
    fn from(kind: TokenKind) -> Self {
        match kind {
            TokenKind::AccessToken => Self::AccessToken,
            TokenKind::AnyJwt => Self::AnyJwt,
        }
    }
}
