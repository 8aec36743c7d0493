//! The options of `attack` and `posture`.

use super::{EXIT_CODES, ReviewFormat};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The target of an attack, and its inputs.
#[derive(Debug, Args)]
pub(crate) struct Attack {
    /// The address of the service: `http://127.0.0.1:3000`.
    #[arg(value_name = "URL")]
    pub(crate) url: String,

    /// Its posture lock, which names the routes.
    #[arg(long, value_name = "FILE")]
    pub(crate) posture: PathBuf,

    /// A command that prints a good token. It runs for each good request, because a handler may
    /// revoke a token. Without good tokens a rejection proves nothing.
    #[arg(long, value_name = "CMD")]
    pub(crate) token_from: String,

    /// A command that prints a good token for routes with other claims, by their name in the lock:
    /// `orders::StaffClaims=staff-token`.
    #[arg(long, value_name = "CLAIMS=CMD", value_parser = pair)]
    pub(crate) token_for: Vec<(String, String)>,

    /// The issuer's public keys, as a URL or a file: for attacks that use one as a shared secret.
    #[arg(long, value_name = "URL")]
    pub(crate) jwks: Option<String>,

    /// The most requests in a second.
    #[arg(long, value_name = "NUMBER", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) rate: u32,

    /// The value of a path parameter: `id=7` makes `/orders/7` of `/orders/{id}`. Default: 1.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) parameter: Vec<(String, String)>,

    /// A gRPC service, whose methods are called as its clients do: `orders.v1.Orders`. It is the
    /// name in the `.proto` file, with the package.
    #[arg(long, value_name = "SERVICE")]
    pub(crate) grpc: Vec<String>,

    /// The status of a public route for an empty request: `POST /login=401`.
    #[arg(long, value_name = "ROUTE=STATUS", value_parser = status)]
    pub(crate) answers: Vec<(String, u16)>,

    /// A permission that every good token has, and why: `orders:read=all customers may read`.
    #[arg(long, value_name = "NAME=WHY", value_parser = pair)]
    pub(crate) granted_to_all: Vec<(String, String)>,

    /// A route to leave out, and why: `POST /shutdown=it ends the service`.
    #[arg(long, value_name = "ROUTE=WHY", value_parser = pair)]
    pub(crate) without_route: Vec<(String, String)>,

    /// An attack to leave out, by its id, and why: `T26=clocks of our devices are wrong`.
    #[arg(long = "without-attack", value_name = "ID=WHY", value_parser = pair)]
    pub(crate) excluded: Vec<(String, String)>,

    /// Attack a host that is not loopback. Use it only for hosts that you are responsible for.
    #[arg(long)]
    pub(crate) i_own_this_host: bool,

    /// The format of the report.
    #[arg(long, value_enum, default_value_t = AttackFormat::Text)]
    pub(crate) format: AttackFormat,

    /// No progress on stderr.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AttackFormat {
    Text,
    Json,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
    /// For test runners.
    Junit,
    /// For a sign-off.
    Html,
}

#[derive(Debug, Args)]
pub(crate) struct Posture {
    #[command(subcommand)]
    pub(crate) command: PostureCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PostureCommand {
    /// Lists the differences of two locks, those that open something first. Ends with 1 if there
    /// are any, as `diff` does.
    #[command(after_help = EXIT_CODES)]
    Diff(Diff),
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The earlier lock.
    #[arg(value_name = "A")]
    pub(crate) before: PathBuf,

    /// The later lock.
    #[arg(value_name = "B")]
    pub(crate) after: PathBuf,

    /// The format.
    #[arg(long, value_enum, default_value_t = ReviewFormat::Text)]
    pub(crate) format: ReviewFormat,
}

/// `name=value`.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected `name=value`".to_owned()),
    }
}

/// `POST /login=401`.
fn status(text: &str) -> Result<(String, u16), String> {
    let (route, status) = pair(text)?;
    let status = status.parse().map_err(|_| format!("`{status}` is not an HTTP status"))?;
    Ok((route, status))
}
