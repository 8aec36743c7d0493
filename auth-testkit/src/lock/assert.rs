//! The test that holds a router against its lock.

use super::{Difference, Direction, Lock};
use auth_runtime::{AuthRouter, Posture};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

/// Ends the test when a router decides otherwise than its lock file says, in either direction, and when an opt-out of it
/// has expired.
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
/// A change is accepted with `AUTH_POSTURE=accept cargo test`, which writes the file. What opens a route to everybody (a
/// new public route, a longer opt-out, a capability or a job that opens more) is written by `AUTH_POSTURE=accept-public`
/// only. In CI (where `CI` is set) nothing is ever written.
///
/// # Panics
///
/// When it differs; when the file can't be read, or is none of ours; when an opt-out has expired.
#[track_caller]
pub fn assert_posture(app: &AuthRouter, path: impl AsRef<Path>) {
    let said = std::env::var("AUTH_POSTURE").unwrap_or_default();
    let in_ci = std::env::var("CI").is_ok_and(|ci| !ci.is_empty() && ci != "false" && ci != "0");
    match hold(&app.posture(), path.as_ref(), &said, in_ci) {
        Ok(None) => {}
        Ok(Some(written)) => eprintln!("{written}"),
        Err(problem) => panic!("{problem}"),
    }
}

/// What was written, if anything was.
pub(super) fn hold(posture: &Posture, path: &Path, said: &str, in_ci: bool) -> Result<Option<String>, String> {
    posture.check().map_err(|error| error.to_string())?;
    let accepts = Accepts::of(said)?;
    let now = Lock::of(posture);
    let shown = path.display();
    let (before, is_new) = match fs::read_to_string(path) {
        Ok(text) => (Lock::parse(&text).map_err(|error| format!("{shown}: {error}"))?, false),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            (Lock::parse("").map_err(|error| error.to_string())?, true)
        }
        Err(error) => return Err(format!("{shown} can't be read: {error}")),
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
        format!("{shown} is not there yet; this is what it would say:{listed}")
    } else {
        format!("the router decides otherwise than {shown} says:{listed}")
    };
    match (accepts, opens) {
        (Accepts::Nothing, false) => Err(format!("{headline}\nto accept it: AUTH_POSTURE=accept cargo test")),
        (Accepts::Nothing, true) => Err(format!(
            "{headline}\nto accept it, with what everybody may call: AUTH_POSTURE=accept-public cargo test"
        )),
        (_, _) if in_ci => {
            Err(format!("{headline}\nCI accepts nothing: accept it on your own machine, and have it reviewed"))
        }
        (Accepts::Closed, true) => Err(format!(
            "{headline}\nAUTH_POSTURE=accept does not open anything to everybody: AUTH_POSTURE=accept-public does"
        )),
        (Accepts::Closed, false) | (Accepts::Everything, _) => {
            write(path, &now.to_string()).map_err(|error| format!("{shown} can't be written: {error}"))?;
            Ok(Some(format!("{shown} is written:{listed}")))
        }
    }
}

fn mark(difference: &Difference) -> &'static str {
    match difference.direction {
        Direction::Opens => "OPEN: ",
        Direction::Changes | Direction::Closes => "",
    }
}

/// Beside it first: a test that is ended in the middle of it leaves the file as it was.
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
    fn of(said: &str) -> Result<Self, String> {
        match said {
            "" => Ok(Self::Nothing),
            "accept" => Ok(Self::Closed),
            "accept-public" => Ok(Self::Everything),
            other => Err(format!("AUTH_POSTURE is {other:?}, and should be `accept` or `accept-public`")),
        }
    }
}
