//! The command line.

use crate::lint::rules::Deny;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing was found, or it is done
  1  something was found, or there is something left to do
  2  it could not be done: bad arguments, no workspace, a file that can't be read or parsed";

/// Finds the side doors that types cannot see, and lists what a security review has to read.
///
/// For services on `auth-runtime`, whose types refuse a handler without a decision about authentication; what a type cannot
/// see, such as a second, plain router in the same program, is found here.
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
    /// All code is read, whatever the features and the platform are; names are followed through `use`, aliases,
    /// re-exports and macros. What is meant to be there is allowed on the line above it, for a reason that `review` lists:
    /// `// auth-lint: allow(plain-router) the reason`.
    #[command(after_help = EXIT_CODES)]
    Lint(Lint),
    /// Lists every place that a security review has to read: opt-outs with reason and age, capabilities, jobs, rules,
    /// openings of vaults, layers, and what takes a guarantee away.
    ///
    /// Ends with 1 when an opt-out or an allowance has no reason, or is expired; a list without those ends with 0.
    #[command(after_help = EXIT_CODES)]
    Review(Review),
    /// Adds the guards to an existing service: entries for clippy, lints, the test, the owners of the lock, the step in CI.
    ///
    /// Shows what it will do and asks. What is there is never overwritten. Where there is no terminal and no `--yes` it does
    /// nothing, and ends with 1.
    #[command(after_help = EXIT_CODES)]
    Init(Init),
    /// Attacks a running service over HTTP: each route of its posture lock with each bad token that can be made without the
    /// issuer's key; says what could not be.
    ///
    /// It makes requests that change data, with good tokens too: give it a service of its own. Hosts that are not loopback
    /// are refused without `--i-own-this-host`.
    #[cfg(feature = "attack")]
    #[command(after_help = EXIT_CODES)]
    Attack(Attack),
    /// Looks at posture locks.
    #[cfg(feature = "attack")]
    Posture(Posture),
}

/// What to attack, and with what.
#[cfg(feature = "attack")]
#[derive(Debug, Args)]
pub(crate) struct Attack {
    /// Where the service is: `http://127.0.0.1:3000`.
    #[arg(value_name = "URL")]
    pub(crate) url: String,

    /// Its posture lock, which names the routes.
    #[arg(long, value_name = "FILE")]
    pub(crate) posture: PathBuf,

    /// A command line that prints a good token; it is run for each good request, since a handler may take a token back.
    /// Without good tokens a refusal shows nothing.
    #[arg(long, value_name = "CMD")]
    pub(crate) token_from: String,

    /// The issuer's public keys, by URL or as a file: for attacks that take one for a shared secret.
    #[arg(long, value_name = "URL")]
    pub(crate) jwks: Option<String>,

    /// No more requests than this in a second.
    #[arg(long, value_name = "NUMBER", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) rate: u32,

    /// What stands in a path for a parameter: `id=7` makes `/orders/7` of `/orders/{id}`. By default 1.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) parameter: Vec<(String, String)>,

    /// What a public route answers to a request without anything: `POST /login=401`.
    #[arg(long, value_name = "ROUTE=STATUS", value_parser = status)]
    pub(crate) answers: Vec<(String, u16)>,

    /// A permission that every good token has, and why: `orders:read=everybody may read`.
    #[arg(long, value_name = "NAME=WHY", value_parser = pair)]
    pub(crate) granted_to_all: Vec<(String, String)>,

    /// A route to leave out, and why: `POST /shutdown=it works`.
    #[arg(long, value_name = "ROUTE=WHY", value_parser = pair)]
    pub(crate) without_route: Vec<(String, String)>,

    /// Attack a host that is not loopback. Only ever one that you are answerable for.
    #[arg(long)]
    pub(crate) i_own_this_host: bool,

    /// How to write what was found.
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
    /// For whoever runs tests.
    Junit,
    /// For whoever signs it off.
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
    /// Says what is otherwise in a lock, what opens first. Ends with 1 when something is, as `diff` does.
    #[command(after_help = EXIT_CODES)]
    Diff(Diff),
}

#[cfg(feature = "attack")]
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The lock as it was.
    #[arg(value_name = "A")]
    pub(crate) before: PathBuf,

    /// The lock as it is.
    #[arg(value_name = "B")]
    pub(crate) after: PathBuf,

    /// How to write it.
    #[arg(long, value_enum, default_value_t = ReviewFormat::Text)]
    pub(crate) format: ReviewFormat,
}

/// `name=value`.
#[cfg(feature = "attack")]
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("`name=value` is wanted".to_owned()),
    }
}

/// `POST /login=401`.
#[cfg(feature = "attack")]
fn status(text: &str) -> Result<(String, u16), String> {
    let (route, status) = pair(text)?;
    let status = status.parse().map_err(|_| format!("{status} is no status"))?;
    Ok((route, status))
}

#[derive(Debug, Args)]
pub(crate) struct Where {
    /// The `Cargo.toml` of the workspace or the package; by default the one that cargo finds from here.
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,

    /// A package of the workspace; can be given several times. By default all.
    #[arg(short, long, value_name = "NAME")]
    pub(crate) package: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Lint {
    #[command(flatten)]
    pub(crate) at: Where,

    /// Look into tests, benchmarks and examples too.
    #[arg(long)]
    pub(crate) tests: bool,

    /// How to write what was found.
    #[arg(long, value_enum, default_value_t = LintFormat::Text)]
    pub(crate) format: LintFormat,

    /// Let warnings end with exit code 1 too.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) deny: Option<Deny>,

    /// Say nothing but what was found.
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Explain the rules, and look at nothing.
    #[arg(long)]
    pub(crate) rules: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Review {
    #[command(flatten)]
    pub(crate) at: Where,

    /// Look into tests, benchmarks and examples too.
    #[arg(long)]
    pub(crate) tests: bool,

    /// How to write the list.
    #[arg(long, value_enum, default_value_t = ReviewFormat::Text)]
    pub(crate) format: ReviewFormat,

    /// Do not ask git for the age of each line.
    #[arg(long)]
    pub(crate) no_blame: bool,

    /// Only the list, without the counts at the end.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    #[command(flatten)]
    pub(crate) at: Where,

    /// Do it without asking.
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Who answers for the lock, as CODEOWNERS names them: `@org/security`.
    #[arg(long, value_name = "WHO", value_parser = owner)]
    pub(crate) owner: Option<String>,

    /// Where `auth-testkit` and `cargo-axum-auth` come from: the path of a checkout of this project, or its git URL, with
    /// `#REV` for a revision. They are not on a registry yet.
    #[arg(long, value_name = "PATH|GIT-URL")]
    pub(crate) from: Option<String>,

    /// Do not show the lines, only what was done.
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
        Err("`@user`, `@org/team` or an address is wanted".to_owned())
    }
}

/// The command line as it was given, to cargo (`cargo axum-auth lint` runs `cargo-axum-auth axum-auth lint`) or to us.
pub(crate) fn parse() -> Cli {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == "axum-auth") {
        arguments.remove(1);
    }
    Cli::parse_from(arguments)
}
