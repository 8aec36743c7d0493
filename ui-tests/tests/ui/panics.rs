//! What a panic in a permission does, by how the service is compiled: the manual's chapter on
//! security says so.

use super::compiler::build;
use super::printed::root;
use std::process::{Command, Stdio};

/// Builds and runs the service, and returns what it prints and whether it ended by itself.
fn outcome(panic: &str) -> (String, bool) {
    let program = build(&root().join("programs/panicking_permission.rs"), &["-C", &format!("panic={panic}")]);
    // The program sends three requests to itself and ends, so that it needs no limit.
    let ran = Command::new(&program).stdin(Stdio::null()).stderr(Stdio::null()).output().expect("a program");
    let _ = std::fs::remove_file(program);
    (String::from_utf8(ran.stdout).expect("UTF-8"), ran.status.success())
}

#[test]
fn a_panic_in_a_permission_is_503_and_the_next_request_is_served() {
    assert_eq!(outcome("unwind"), ("/health 200\n/orders 503\n/health 200\n".to_owned(), true));
}

/// No client is accepted, and no other request is served.
#[test]
fn a_panic_in_a_permission_ends_a_process_that_aborts() {
    assert_eq!(outcome("abort"), ("/health 200\n".to_owned(), false));
}
