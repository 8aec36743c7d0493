//! The commands.

#[cfg(feature = "attack")]
use super::{Attack, Posture};
use super::{Init, Lint, Review};
use clap::{Parser, Subcommand};
use std::ffi::OsString;

pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  nothing was found, or all changes were written
  1  something was found, or changes were not written
  2  the command failed: bad arguments, no workspace, a file that cannot be read or parsed";

/// Finds side doors that types cannot see, and lists the code that a security review reads.
///
/// For services on `auth-runtime`. Its types reject a handler without a decision about
/// authentication. A type cannot see a second, plain router in the same program; this lint finds
/// it.
#[derive(Debug, Parser)]
#[command(name = "cargo axum-auth", bin_name = "cargo axum-auth", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Finds side doors that types cannot see.
    ///
    /// These are plain routers, servers and services, decoders without a signature, `unsafe` beside
    /// proofs, and reads of values that no layer inserts any more.
    ///
    /// The lint reads all code, for all features and platforms, and follows names through `use`,
    /// aliases, re-exports and macros. To allow a finding, write on the line above it:
    /// `// auth-lint: allow(plain-router) the reason`. `review` lists the reason.
    #[command(after_help = EXIT_CODES)]
    Lint(Lint),
    /// Lists the code that a security review reads.
    ///
    /// These are opt-outs with reason and age, capabilities, jobs, rules, openings of vaults,
    /// layers, and calls that remove a guarantee.
    ///
    /// Ends with 1 if an opt-out or an allowance has no reason or has expired, otherwise with 0.
    #[command(after_help = EXIT_CODES)]
    Review(Review),
    /// Writes the plan of a move, and adds the guards after it.
    ///
    /// For a service on a plain `axum::Router` it writes `auth-plan.md`: for each handler what it
    /// takes today and what to write, the layers and extractors that pass the caller on, and the
    /// tokens that the service issues. The service still builds, and its tests still run.
    ///
    /// For a service on an `AuthRouter` it adds the guards: clippy entries, lints, the test, the
    /// owners of the lock, and the steps in CI.
    ///
    /// Shows the changes and asks before it writes them. Existing settings are never overwritten.
    /// Without a terminal and without `--yes` it writes nothing, and ends with 1.
    #[command(after_help = EXIT_CODES)]
    Init(Init),
    /// Attacks each route of a running service over HTTP.
    ///
    /// The routes are those of its posture lock. The tokens are those that can be made without the
    /// issuer's key. The report lists the attacks that could not be sent.
    ///
    /// The requests change data, also with good tokens, so use a test deployment. A host that is
    /// not loopback is refused without `--i-own-this-host`.
    #[cfg(feature = "attack")]
    #[command(after_help = EXIT_CODES)]
    Attack(Attack),
    /// Compares posture locks.
    #[cfg(feature = "attack")]
    Posture(Posture),
}

/// Parses the arguments. `cargo axum-auth lint` runs `cargo-axum-auth axum-auth lint`, so that word
/// is removed.
pub(crate) fn parse() -> Cli {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == "axum-auth") {
        arguments.remove(1);
    }
    Cli::parse_from(arguments)
}
