//! Runs the attack and writes its report.

use super::token::Tokens;
use super::{host, keys, redact};
use crate::base::Problem;
use crate::cli::{Attack, AttackFormat};
use crate::lock;
use auth_testkit::{AttackReport, Severity, Target, attack};
use std::io::{self, IsTerminal, Write};
use tokio::runtime::{Builder, Runtime};

/// The result of an attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    NothingGotThrough,
    Something,
    /// A route rejected a good token, so its rejections of bad tokens prove nothing.
    NotAllShown,
}

/// Attacks, and writes the report.
///
/// # Errors
///
/// When the host may not be attacked, or the tokens or the keys cannot be read.
pub(crate) fn run(options: &Attack, out: &mut impl Write) -> Result<Outcome, Problem> {
    let lock = lock::read(&options.posture)?;
    let runtime = runtime()?;
    let host = host::allowed(&options.url, options.i_own_this_host)?;
    let tokens = Tokens::from_command("--token-from", &options.token_from)?;
    let keys = options.jwks.as_ref().map(|from| runtime.block_on(keys::read(from))).transpose()?;

    let target = Target::over_the_wire(&options.url, &lock);
    let target = options.grpc.iter().fold(target, |target, service| target?.grpc(service));
    let target = target.map_err(|error| Problem::Unfit(error.to_string()))?;
    let mut attack = attack(target).with_tokens(tokens.issue()).at_most(options.rate);
    let mut sources = vec![tokens];
    for (claims, command) in &options.token_for {
        let tokens = Tokens::from_command("--token-for", command)?;
        attack = attack.with_tokens_for_name(claims, tokens.issue());
        sources.push(tokens);
    }
    if let Some(keys) = keys {
        attack = attack
            .published_keys(&keys)
            .map_err(|error| Problem::Unfit(format!("`--jwks` is not a JWK set: {error}")))?;
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
    for (id, why) in &options.excluded {
        attack = attack.without_attack(id, why);
    }
    let progress = !options.quiet && io::stderr().is_terminal();
    if progress {
        attack = attack.on_progress(|sent| drop(write!(io::stderr(), "\r{sent} requests sent")));
    } else {
        // The kit itself shows the progress on a terminal.
        attack = attack.on_progress(|_| ());
    }
    let mut report = runtime.block_on(attack.into_future());
    if progress {
        // Clears the line, because a program may read the rest.
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
    sources.iter().try_for_each(Tokens::all_were_there)?;
    redact::redact(&mut report, &options.url);
    write(out, options.format, &report, &host)?;
    Ok(outcome(&report))
}

fn runtime() -> Result<Runtime, Problem> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Problem::Unfit(format!("the runtime cannot start: {error}")))
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
            // An attack that is not listed as unsent counts as sent.
            writeln!(
                out,
                "Not visible over the network: whether a handler ran, whether the body was read, and the events."
            )?;
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
