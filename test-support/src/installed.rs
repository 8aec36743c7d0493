//! Programs that a test needs and that a machine may lack.

use crate::process::Process;
use std::collections::HashSet;
use std::env;
use std::io::{self, Write};
use std::process::Command;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Whether the program starts and knows `--version`.
#[must_use = "a test that ignores the answer fails where the program is missing"]
pub fn is_installed(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version");
    Process::try_start(command).is_ok_and(|mut process| process.wait().success())
}

/// Returns `None` and prints a line to stderr where a program is missing.
///
/// The line is needed, because a skipped test looks like one that passed.
///
/// # Panics
///
/// In CI (`CI` is set), where each program has to be installed.
#[must_use = "skip the test on `None`"]
pub fn require_or_skip(installed: bool, message: &'static str) -> Option<()> {
    static PRINTED: LazyLock<Mutex<HashSet<&str>>> = LazyLock::new(Mutex::default);
    if installed {
        return Some(());
    }
    assert!(env::var_os("CI").is_none(), "{message}");
    if PRINTED.lock().unwrap_or_else(PoisonError::into_inner).insert(message) {
        // Not `eprintln!`, which the test harness captures.
        let _ = writeln!(io::stderr(), "skipped: {message}");
    }
    None
}
