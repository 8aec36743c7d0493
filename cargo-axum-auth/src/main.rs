//! `cargo axum-auth`: checks for services on `auth-runtime` that types cannot make.

#[cfg(feature = "attack")]
mod attack;
mod base;
mod cli;
mod init;
mod inventory;
mod lint;
#[cfg(feature = "attack")]
mod lock;
mod names;
mod report;
mod review;
mod scan;
mod sources;

use base::{Problem, Workspace};
use cli::{Command, LintFormat, ReviewFormat};
use lint::rules::Level;
use report::Style;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::thread;

/// The result of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Nothing,
    Something,
    /// Some of the input was not examined, so the result is unknown.
    NotAllSeen,
}

/// The stack of the thread that walks the code, because a chain of a thousand routes nests a
/// thousand calls.
const STACK: usize = 1 << 28;

fn main() -> ExitCode {
    let command = cli::parse().command;
    let running = thread::Builder::new().stack_size(STACK).spawn(|| run(command));
    // A panic has printed its message; the result is unknown.
    running.ok().and_then(|running| running.join().ok()).unwrap_or(ExitCode::from(2))
}

fn run(command: Command) -> ExitCode {
    let outcome = match command {
        Command::Lint(options) => lint(&options),
        Command::Review(options) => review(&options),
        Command::Init(options) => init(&options),
        #[cfg(feature = "attack")]
        Command::Attack(options) => attack(&options),
        #[cfg(feature = "attack")]
        Command::Posture(cli::Posture { command: cli::PostureCommand::Diff(options) }) => diff(&options),
    };
    match outcome {
        Ok(Outcome::Nothing) => ExitCode::SUCCESS,
        Ok(Outcome::Something) => ExitCode::from(1),
        Ok(Outcome::NotAllSeen) => ExitCode::from(2),
        Err(problem) => {
            // Not `eprintln!`: it panics when stderr is gone.
            let _ = writeln!(io::stderr(), "cargo axum-auth: {problem}");
            ExitCode::from(2)
        }
    }
}

fn lint(options: &cli::Lint) -> Result<Outcome, Problem> {
    let mut out = io::stdout().lock();
    let style = Style::of(&out);
    if options.rules {
        report::explain(&mut out, style)?;
        return Ok(Outcome::Nothing);
    }
    let workspace = Workspace::find(options.at.manifest_path.as_deref(), &options.at.package)?;
    let linted = lint::lint(&workspace, options.tests)?;
    match options.format {
        LintFormat::Text => report::lint_text(&mut out, style, &linted, options.quiet)?,
        LintFormat::Json => writeln!(out, "{:#}", report::lint_json(&linted))?,
        LintFormat::Sarif => writeln!(out, "{:#}", report::sarif(&linted))?,
    }
    out.flush()?;
    let warnings = if options.deny.is_some() { linted.count(Level::Warning) } else { 0 };
    Ok(if !linted.unreadable.is_empty() || linted.files == 0 {
        Outcome::NotAllSeen
    } else if linted.count(Level::Error) + warnings > 0 {
        Outcome::Something
    } else {
        Outcome::Nothing
    })
}

fn review(options: &cli::Review) -> Result<Outcome, Problem> {
    let workspace = Workspace::find(options.at.manifest_path.as_deref(), &options.at.package)?;
    let reviewed = review::review(&workspace, options.tests, !options.no_blame);
    let mut out = io::stdout().lock();
    let style = Style::of(&out);
    match options.format {
        ReviewFormat::Text => report::review_text(&mut out, style, &reviewed, options.quiet)?,
        ReviewFormat::Markdown => report::review_markdown(&mut out, &reviewed)?,
        ReviewFormat::Json => writeln!(out, "{:#}", report::review_json(&reviewed))?,
    }
    out.flush()?;
    Ok(if !reviewed.unreadable.is_empty() || reviewed.files == 0 {
        Outcome::NotAllSeen
    } else if reviewed.defects() > 0 {
        Outcome::Something
    } else {
        Outcome::Nothing
    })
}

fn init(options: &cli::Init) -> Result<Outcome, Problem> {
    let workspace = Workspace::find(options.at.manifest_path.as_deref(), &options.at.package)?;
    let source = options.from.as_deref().map(init::Source::parse).transpose()?;
    let plan = init::plan(&workspace, options.owner.as_deref(), source)?;
    let mut out = io::stdout().lock();
    let style = Style::of(&out);
    if plan.steps.is_empty() {
        let nothing = if plan.moving {
            "Nothing to write: the plan exists, and the guards follow after the move."
        } else {
            "Nothing to do: all guards are in place."
        };
        writeln!(out, "{nothing}")?;
        report::by_hand(&mut out, style, &plan)?;
        return Ok(Outcome::Nothing);
    }
    if !options.quiet {
        report::plan(&mut out, style, &workspace, &plan)?;
    }
    if !options.yes && !confirmed(&mut out)? {
        writeln!(out, "Nothing was written: give `--yes` to write it.")?;
        return Ok(Outcome::Something);
    }
    plan.carry_out()?;
    for step in &plan.steps {
        let done = if step.before.is_some() { "changed" } else { "wrote" };
        writeln!(out, "{done} {}", workspace.shown(&step.path))?;
    }
    report::by_hand(&mut out, style, &plan)?;
    Ok(Outcome::Nothing)
}

/// Asks the operator to confirm, if there is a terminal.
fn confirmed(out: &mut impl Write) -> io::Result<bool> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Ok(false);
    }
    write!(out, "Write these changes? [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

#[cfg(feature = "attack")]
fn attack(options: &cli::Attack) -> Result<Outcome, Problem> {
    let mut out = io::stdout().lock();
    let outcome = attack::run(options, &mut out)?;
    out.flush()?;
    Ok(match outcome {
        attack::Outcome::NothingGotThrough => Outcome::Nothing,
        attack::Outcome::Something => Outcome::Something,
        attack::Outcome::NotAllShown => Outcome::NotAllSeen,
    })
}

#[cfg(feature = "attack")]
fn diff(options: &cli::Diff) -> Result<Outcome, Problem> {
    let mut out = io::stdout().lock();
    let differences = lock::diff(options, &mut out)?;
    out.flush()?;
    Ok(if differences == 0 { Outcome::Nothing } else { Outcome::Something })
}
