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
#[command(name = "cargo auth", bin_name = "cargo auth", version, after_help = EXIT_CODES)]
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
    /// Ends with 1 when an opt-out or an allowance has no reason, or is over; a list without those ends with 0.
    #[command(after_help = EXIT_CODES)]
    Review(Review),
    /// Adds the guards to an existing service: entries for clippy, lints, the test, the owners of the lock, the step in CI.
    ///
    /// Shows what it will do and asks. What is there is never overwritten. Where there is no terminal and no `--yes` it does
    /// nothing, and ends with 1.
    #[command(after_help = EXIT_CODES)]
    Init(Init),
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

/// The command line as it was given, to cargo (`cargo auth lint` runs `cargo-auth auth lint`) or to us.
pub(crate) fn parse() -> Cli {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == "auth") {
        arguments.remove(1);
    }
    Cli::parse_from(arguments)
}
