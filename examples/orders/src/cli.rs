//! The command line.

use auth_runtime::{Algorithm, TokenType};
use clap::{Args, Parser, ValueEnum};
use std::path::PathBuf;

/// A small orders API on SQLite, in which a handler without a decision about authentication does not compile.
///
/// Without options it makes itself a key, prints tokens to try it with, and forgets its orders when it ends.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Cli {
    /// Where to listen; port 0 takes any free one. By default 127.0.0.1:3000, or the next port that is free.
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,

    /// Where to keep the orders. By default in memory.
    #[arg(long, value_name = "FILE")]
    pub(crate) db: Option<PathBuf>,

    /// How far the issuer's clock and ours may be apart.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub(crate) leeway: u64,

    /// Where to write each refusal, as a line of JSON. By default to stderr.
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<PathBuf>,

    /// Whom to wake when refusals become too many: a webhook that takes JSON. The next one is tried when one does not
    /// take it.
    #[arg(long, value_name = "URL")]
    pub(crate) page_url: Vec<String>,

    /// What to ask for every half minute for as long as refusals are heard: a dead man's switch.
    #[arg(long, value_name = "URL", requires = "page_url")]
    pub(crate) heartbeat_url: Option<String>,

    /// A file in which it is noted when the pager was last tried, so that the service can say so when it starts.
    #[arg(long, value_name = "FILE", requires = "page_url")]
    pub(crate) drill_record: Option<PathBuf>,

    /// Sends each refusal to Splunk's HTTP Event Collector as well.
    #[arg(long, value_name = "URL", requires = "splunk_token_file")]
    pub(crate) splunk_url: Option<String>,

    /// The file that Splunk's token is in: on a command line everybody on the machine could read it.
    #[arg(long, value_name = "FILE", requires = "splunk_url")]
    pub(crate) splunk_token_file: Option<PathBuf>,

    /// Sends each refusal to an OpenTelemetry collector as well (OTLP over HTTP): `http://127.0.0.1:4318`.
    #[arg(long, value_name = "URL")]
    pub(crate) otlp_url: Option<String>,

    /// A folder to keep refusals in, 64 MiB at most for each, while Splunk or the collector are down. By default in memory,
    /// a few thousand.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) spool: Option<PathBuf>,

    /// Where to keep what was logged out, for several instances: a Redis or Valkey server. By default in memory.
    #[arg(long, value_name = "URL")]
    pub(crate) redis: Option<String>,

    /// Where Prometheus may read metrics, at `/metrics`: an address that strangers can't reach. By default nowhere.
    #[arg(long, value_name = "ADDR")]
    pub(crate) metrics: Option<String>,

    #[command(flatten)]
    pub(crate) provider: Option<Provider>,
}

/// Whose tokens to trust instead of our own. The first two belong together; clap makes sure that both are there or
/// none.
#[derive(Debug, Args)]
#[command(next_help_heading = "To trust the tokens of an identity provider")]
pub(crate) struct Provider {
    /// Whose tokens to take: the exact `iss` of the tokens.
    #[arg(long, value_name = "URL", required = false, requires = "audience")]
    pub(crate) issuer: String,

    /// For whom the tokens have to be: what their `aud` has to contain.
    #[arg(long, value_name = "NAME", required = false, requires = "issuer")]
    pub(crate) audience: String,

    /// The provider's public keys: a JWK set, or the URL of one, which is read again while the service runs. By default
    /// they are where the provider's own document says (OpenID Connect Discovery, RFC 8414).
    #[arg(long, value_name = "FILE|URL", requires = "issuer")]
    pub(crate) jwks: Option<String>,

    /// What RSA keys are for that don't say it themselves (`alg`). All other keys do.
    #[arg(long, value_enum, value_name = "ALG", default_value = "RS256", requires = "issuer")]
    pub(crate) rsa_algorithm: RsaAlgorithm,

    /// Which kind of token to take. Our own tokens are always access tokens.
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
    /// As RFC 9068 has it: `typ` is `at+jwt`; `client_id`, `iat` and `jti` are there.
    AccessToken,
    /// `typ` may also be `JWT` or missing, as many providers have it. Make sure that yours issues no other kind for
    /// this audience.
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
