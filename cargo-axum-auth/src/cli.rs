//! The command line.

use crate::lint::rules::Deny;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing was found, or all changes were written
  1  something was found, or changes were not written
  2  the command failed: bad arguments, no workspace, a file that cannot be read or parsed";

/// Finds side doors that types cannot see, and lists the code that a security review reads.
///
/// For services on `auth-runtime`. Its types reject a handler without a decision about authentication. A type cannot see a
/// second, plain router in the same program; this lint finds it.
#[derive(Debug, Parser)]
#[command(name = "cargo axum-auth", bin_name = "cargo axum-auth", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Finds side doors: plain routers, servers and services, decoders without a signature, `unsafe` beside proofs.
    ///
    /// The lint reads all code, for all features and platforms, and follows names through `use`, aliases, re-exports and
    /// macros. To allow a finding, write on the line above it: `// auth-lint: allow(plain-router) the reason`. `review` lists
    /// the reason.
    #[command(after_help = EXIT_CODES)]
    Lint(Lint),
    /// Lists the code that a security review reads: opt-outs with reason and age, capabilities, jobs, rules, openings of
    /// vaults, layers, and calls that remove a guarantee.
    ///
    /// Ends with 1 if an opt-out or an allowance has no reason or has expired, otherwise with 0.
    #[command(after_help = EXIT_CODES)]
    Review(Review),
    /// Adds the guards to an existing service: clippy entries, lints, the test, the owners of the lock, the steps in CI.
    ///
    /// Shows the changes and asks before it writes them. Existing settings are never overwritten. Without a terminal and
    /// without `--yes` it writes nothing, and ends with 1.
    #[command(after_help = EXIT_CODES)]
    Init(Init),
    /// Attacks a running service over HTTP: each route of its posture lock with each bad token that can be made without the
    /// issuer's key. The report lists the attacks that could not be sent.
    ///
    /// The requests change data, also with good tokens, so use a test deployment. A host that is not loopback is refused
    /// without `--i-own-this-host`.
    #[cfg(feature = "attack")]
    #[command(after_help = EXIT_CODES)]
    Attack(Attack),
    /// Compares posture locks.
    #[cfg(feature = "attack")]
    Posture(Posture),
}

/// The target of an attack, and its inputs.
#[cfg(feature = "attack")]
#[derive(Debug, Args)]
pub(crate) struct Attack {
    /// The address of the service: `http://127.0.0.1:3000`.
    #[arg(value_name = "URL")]
    pub(crate) url: String,

    /// Its posture lock, which names the routes.
    #[arg(long, value_name = "FILE")]
    pub(crate) posture: PathBuf,

    /// A command that prints a good token. It runs for each good request, because a handler may revoke a token. Without good
    /// tokens a rejection proves nothing.
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

#[cfg(feature = "attack")]
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

#[cfg(feature = "attack")]
#[derive(Debug, Args)]
pub(crate) struct Posture {
    #[command(subcommand)]
    pub(crate) command: PostureCommand,
}

#[cfg(feature = "attack")]
#[derive(Debug, Subcommand)]
pub(crate) enum PostureCommand {
    /// Lists the differences of two locks, those that open something first. Ends with 1 if there are any, as `diff` does.
    #[command(after_help = EXIT_CODES)]
    Diff(Diff),
}

#[cfg(feature = "attack")]
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
#[cfg(feature = "attack")]
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected `name=value`".to_owned()),
    }
}

/// `POST /login=401`.
#[cfg(feature = "attack")]
fn status(text: &str) -> Result<(String, u16), String> {
    let (route, status) = pair(text)?;
    let status = status.parse().map_err(|_| format!("`{status}` is not an HTTP status"))?;
    Ok((route, status))
}

#[derive(Debug, Args)]
pub(crate) struct Where {
    /// The `Cargo.toml` of the workspace or the package. Default: the one that cargo finds from the current directory.
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,

    /// A package of the workspace; can be given several times. Default: all.
    #[arg(short, long, value_name = "NAME")]
    pub(crate) package: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Lint {
    #[command(flatten)]
    pub(crate) at: Where,

    /// Read tests, benchmarks and examples too.
    #[arg(long)]
    pub(crate) tests: bool,

    /// The format of the report.
    #[arg(long, value_enum, default_value_t = LintFormat::Text)]
    pub(crate) format: LintFormat,

    /// End with exit code 1 for warnings too.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) deny: Option<Deny>,

    /// Print the findings only.
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Explain the rules, without reading any code.
    #[arg(long)]
    pub(crate) rules: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Review {
    #[command(flatten)]
    pub(crate) at: Where,

    /// Read tests, benchmarks and examples too.
    #[arg(long)]
    pub(crate) tests: bool,

    /// The format of the list.
    #[arg(long, value_enum, default_value_t = ReviewFormat::Text)]
    pub(crate) format: ReviewFormat,

    /// Do not ask git for the age of each line.
    #[arg(long)]
    pub(crate) no_blame: bool,

    /// Print the list without the counts at the end.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    #[command(flatten)]
    pub(crate) at: Where,

    /// Write the changes without asking.
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// The owner of the lock in CODEOWNERS: `@org/security`.
    #[arg(long, value_name = "WHO", value_parser = owner)]
    pub(crate) owner: Option<String>,

    /// Where `auth-testkit` and `cargo-axum-auth` come from: the path of a checkout of this project, or its git URL, with
    /// `#REV` for a revision. They are not on a registry yet.
    #[arg(long, value_name = "PATH|GIT-URL")]
    pub(crate) from: Option<String>,

    /// Print only which files were written.
    #[arg(short, long, requires = "yes")]
    pub(crate) quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintFormat {
    Text,
    Json,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReviewFormat {
    Text,
    Json,
    /// For a comment on a pull request.
    Markdown,
}

/// `@user`, `@org/team` or an address.
fn owner(text: &str) -> Result<String, String> {
    if text.contains('@') && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#') {
        Ok(text.to_owned())
    } else {
        Err("expected `@user`, `@org/team` or an e-mail address".to_owned())
    }
}

/// Parses the arguments. `cargo axum-auth lint` runs `cargo-axum-auth axum-auth lint`, so that word is removed.
pub(crate) fn parse() -> Cli {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == "axum-auth") {
        arguments.remove(1);
    }
    Cli::parse_from(arguments)
}
