//! Compiles the cases with the dependencies that cargo has built for this test.
//!
//! As crates of a workspace of their own, cargo would check every dependency once more, which took
//! longer than the cases.

use super::printed;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

/// The compiler and its arguments: a case has the dependencies of this package.
const RUSTC: &[&str] = call_of_rustc::rustc!();

/// What the compiler is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Emit {
    /// As `cargo check`.
    Metadata,
    /// As `cargo build`, which also evaluates the constants of generic functions.
    Code,
}

/// Compiles each case, on all cores, and returns the errors and warnings of each.
pub(super) fn compile(cases: &[PathBuf], emit: Emit) -> Vec<Vec<String>> {
    let (next, done) = (Mutex::new(0), Mutex::new(vec![Vec::new(); cases.len()]));
    let worker = || {
        loop {
            let number = {
                let mut next = next.lock().expect("no panic under the lock");
                *next += 1;
                *next - 1
            };
            let Some(case) = cases.get(number) else { return };
            let messages = messages(case, emit, number);
            done.lock().expect("no panic under the lock")[number] = messages;
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(worker);
        }
    });
    done.into_inner().expect("no panic under the lock")
}

/// The messages of one case, each as `trybuild` normalizes it.
fn messages(case: &Path, emit: Emit, number: usize) -> Vec<String> {
    let (program, arguments) = RUSTC.split_first().expect("a compiler");
    let output = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("ui-{number}-{emit:?}"));
    let ran = Command::new(program)
        .args(arguments)
        .args(["--crate-name", "case", "--crate-type", "bin", "-A", "dead_code"])
        .args(["--verbose", "--error-format", "json", "--diagnostic-width", "140"])
        .args(["--emit", if matches!(emit, Emit::Code) { "obj" } else { "metadata" }, "-o"])
        .args([&output, case])
        // The folder in which cargo compiles, because the paths of our crates are relative to it.
        .current_dir(printed::workspace())
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let _ = std::fs::remove_file(output);
    let printed = String::from_utf8(ran.stderr).expect("UTF-8");
    assert!(!ran.status.success(), "{} compiles: {printed}", case.display());
    let message = |line: &str| -> Option<String> {
        let message: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{}: {line}", case.display()));
        let rendered = message["rendered"].as_str().filter(|_| message["level"] != "failure-note")?;
        Some(printed::normalized(rendered, case)).filter(|text| !text.is_empty())
    };
    printed.lines().filter_map(message).collect()
}

/// Builds a program, and returns its path.
pub(super) fn build(source: &Path, options: &[&str]) -> PathBuf {
    let (compiler, arguments) = RUSTC.split_first().expect("a compiler");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(options.join("-").replace('=', "-"));
    let ran = Command::new(compiler)
        .args(arguments)
        .args(["--crate-name", "program", "--crate-type", "bin", "-o"])
        .arg(&program)
        .args(options)
        .arg(source)
        .current_dir(printed::workspace())
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{compiler}: {error}"));
    assert!(ran.status.success(), "{}: {}", source.display(), String::from_utf8_lossy(&ran.stderr));
    program
}
