//! `cargo axum-auth attack`: what can be tried over the wire, on a host that is one's own.
//!
//! The attacks and the judgement are auth-testkit's; here is what a stranger's service asks for beside: a host that may be
//! attacked, a pace, good tokens from somewhere else, and a report in which they can't be found.

mod host;
mod keys;
mod redact;
mod token;

use crate::cli::{Attack, AttackFormat};
use crate::lock;
use crate::problem::Problem;
use auth_testkit::{AttackReport, Severity, Target, attack};
use std::io::{self, IsTerminal, Write};
use token::Tokens;
use tokio::runtime::{Builder, Runtime};

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    NothingGotThrough,
    Something,
    /// A good token did not work somewhere, so that a refusal shows nothing there.
    NotAllShown,
}

/// Attacks, and writes the report.
///
/// # Errors
///
/// When the host may not be attacked, or there are no tokens or no keys where they should come from.
pub(crate) fn run(options: &Attack, out: &mut impl Write) -> Result<Outcome, Problem> {
    let lock = lock::read(&options.posture)?;
    let runtime = runtime()?;
    let host = host::allowed(&options.url, options.i_own_this_host)?;
    let tokens = Tokens::from_command(&options.token_from)?;
    let keys = options.jwks.as_ref().map(|from| runtime.block_on(keys::read(from))).transpose()?;

    let target = Target::over_the_wire(&options.url, &lock).map_err(|error| Problem::Unfit(error.to_string()))?;
    let mut attack = attack(target).with_tokens(tokens.issue()).at_most(options.rate);
    if let Some(keys) = keys {
        attack = attack.published_keys(&keys).map_err(|error| Problem::Unfit(format!("no JWK set: {error}")))?;
    }
    for (name, value) in &options.parameter {
        attack = attack.parameter(name, value);
    }
    for (route, status) in &options.answers {
        attack = attack.answers(route, *status);
    }
    for (permission, why) in &options.granted_to_all {
        attack = attack.granted_to_all(permission, why);
    }
    for (route, why) in &options.without_route {
        attack = attack.without_route(route, why);
    }
    let progress = !options.quiet && io::stderr().is_terminal();
    if progress {
        attack = attack.on_progress(|sent| drop(write!(io::stderr(), "\r{sent} requests sent")));
    }
    let mut report = runtime.block_on(attack.into_future());
    if progress {
        // The line is taken back: what follows may be read by a program.
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
    tokens.all_were_there()?;
    redact::redact(&mut report, &options.url);
    write(out, options.format, &report, &host)?;
    Ok(outcome(&report))
}

fn runtime() -> Result<Runtime, Problem> {
    Builder::new_current_thread().enable_all().build().map_err(|error| Problem::Unfit(format!("no runtime: {error}")))
}

fn outcome(report: &AttackReport) -> Outcome {
    let controls = report.findings.iter().filter(|finding| finding.severity == Severity::Control).count();
    match report.findings.len() {
        0 => Outcome::NothingGotThrough,
        all if all == controls => Outcome::NotAllShown,
        _ => Outcome::Something,
    }
}

fn write(out: &mut impl Write, format: AttackFormat, report: &AttackReport, host: &str) -> io::Result<()> {
    match format {
        AttackFormat::Text => {
            writeln!(out, "{host}\n{report}")?;
            // What is not said here would be taken for tried.
            writeln!(out, "Not seen over the wire: whether a handler ran, whether the body was read, and the events.")?;
            for (attack, why) in &report.not_sent {
                writeln!(out, "Not sent: {attack}: {why}")?;
            }
            Ok(())
        }
        AttackFormat::Json => writeln!(out, "{}", report.to_json()),
        AttackFormat::Sarif => writeln!(out, "{}", report.to_sarif()),
        AttackFormat::Junit => writeln!(out, "{}", report.to_junit()),
        AttackFormat::Html => writeln!(out, "{}", report.to_html()),
    }
}
