//! The test that compares a router with its lock.

use super::{Difference, Direction, Lock};
use auth_runtime::{AuthRouter, Posture};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

/// Panics when the posture of a router differs from its lock file, or an opt-out has expired.
///
/// ```no_run
/// # use auth_runtime::AuthRouter;
/// # fn test(app: AuthRouter) {
/// auth_testkit::assert_posture(&app, "auth-posture.lock");
/// # }
/// ```
///
/// The path is relative to the package's folder, which is where cargo runs tests.
///
/// `AUTH_POSTURE=accept cargo test` accepts a change and writes the file. A change that opens a
/// route (a new public route or set-up, a longer opt-out, a dropped rule, a waived condition, a
/// capability or a job that opens more) needs `AUTH_POSTURE=accept-public`. In CI (where `CI` is
/// set) nothing is written.
///
/// # Panics
///
/// When it differs, the file cannot be read or parsed, or an opt-out has expired.
#[track_caller]
pub fn assert_posture(app: &AuthRouter, path: impl AsRef<Path>) {
    let mode = std::env::var("AUTH_POSTURE").unwrap_or_default();
    let in_ci = std::env::var("CI").is_ok_and(|ci| !ci.is_empty() && ci != "false" && ci != "0");
    match compare(&app.posture(), path.as_ref(), &mode, in_ci) {
        Ok(None) => {}
        Ok(Some(written)) => eprintln!("{written}"),
        Err(problem) => panic!("{problem}"),
    }
}

/// Returns a message when the file was written.
pub(super) fn compare(posture: &Posture, path: &Path, mode: &str, in_ci: bool) -> Result<Option<String>, String> {
    posture.check().map_err(|error| error.to_string())?;
    let accepts = Accepts::of(mode)?;
    let now = Lock::of(posture);
    let shown = path.display();
    let (before, is_new) = match fs::read_to_string(path) {
        Ok(text) => {
            (Lock::parse(&text).map_err(|error| format!("posture lock cannot be parsed: `{shown}`: {error}"))?, false)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            (Lock::parse("").map_err(|error| error.to_string())?, true)
        }
        Err(error) => return Err(format!("posture lock cannot be read: `{shown}`: {error}")),
    };
    let mut differences = before.differences(&now);
    if differences.is_empty() && !is_new {
        return Ok(None);
    }
    differences.sort_by_key(|difference| difference.direction);
    let opens = differences.iter().any(|difference| difference.direction == Direction::Opens);
    let listed: Vec<String> =
        differences.iter().map(|difference| format!("\n  {}{difference}", mark(difference))).collect();
    let listed = listed.concat();
    let headline = if is_new {
        format!("posture lock is missing: `{shown}`: its rows would be:{listed}")
    } else {
        format!("posture differs from its lock: `{shown}`:{listed}")
    };
    match (accepts, opens) {
        (Accepts::Nothing, false) => {
            Err(format!("{headline}\nto accept the changes, run `AUTH_POSTURE=accept cargo test`"))
        }
        (Accepts::Nothing, true) => Err(format!(
            "{headline}\nto accept the changes and open the routes, run `AUTH_POSTURE=accept-public cargo test`"
        )),
        (_, _) if in_ci => Err(format!(
            "{headline}\nCI does not accept changes: accept them on your machine, and commit the file for review"
        )),
        (Accepts::Closed, true) => {
            Err(format!("{headline}\n`AUTH_POSTURE=accept` does not open a route: use `AUTH_POSTURE=accept-public`"))
        }
        (Accepts::Closed, false) | (Accepts::Everything, _) => {
            write(path, &now.to_string())
                .map_err(|error| format!("posture lock cannot be written: `{shown}`: {error}"))?;
            Ok(Some(format!("posture lock was written: `{shown}`:{listed}")))
        }
    }
}

fn mark(difference: &Difference) -> &'static str {
    match difference.direction {
        Direction::Opens => "OPEN: ",
        Direction::Changes | Direction::Closes => "",
    }
}

/// Writes a temporary file and renames it, so that an aborted test leaves the old file.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension(format!("lock.{}", std::process::id()));
    fs::write(&beside, text)?;
    fs::rename(&beside, path)
}

#[derive(Clone, Copy)]
enum Accepts {
    Nothing,
    Closed,
    Everything,
}

impl Accepts {
    fn of(mode: &str) -> Result<Self, String> {
        match mode {
            "" => Ok(Self::Nothing),
            "accept" => Ok(Self::Closed),
            "accept-public" => Ok(Self::Everything),
            other => Err(format!("unknown value of AUTH_POSTURE: {other:?}: use `accept` or `accept-public`")),
        }
    }
}
