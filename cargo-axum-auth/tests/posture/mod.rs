//! `cargo axum-auth posture diff`.

mod action;

use crate::support::{Project, Ran};
use serde_json::Value;

const BEFORE: &str = "\
GET /health PUBLIC \"load balancer probe\"
GET /orders authenticated as auth_runtime::Claims
POST /orders authenticated as auth_runtime::Claims requires orders:write
";
const AFTER: &str = "\
GET /health PUBLIC \"load balancer probe\"
GET /orders PUBLIC \"a | <b>catalogue</b>\"
POST /orders authenticated as auth_runtime::Claims
";

fn diff(before: &str, after: &str, arguments: &[&str]) -> Ran {
    let project = Project::with(&[("a.lock", before), ("b.lock", after)]);
    project.run(&[&["posture", "diff", "a.lock", "b.lock"], arguments].concat())
}

#[test]
fn what_opens_is_told_first_and_ends_with_1() {
    let ran = diff(BEFORE, AFTER, &[]);
    assert_eq!(
        ran.stdout,
        "OPENS GET /orders was authenticated, is now public: a | <b>catalogue</b>\n\
         changes POST /orders was authenticated, requires orders:write, is now authenticated\n"
    );
    assert_eq!(ran.code, 1);
}

#[test]
fn locks_that_say_the_same_end_with_0() {
    assert_eq!((diff(BEFORE, BEFORE, &[]).code, diff(BEFORE, BEFORE, &[]).stdout.as_str()), (0, ""));
    let markdown = diff(BEFORE, BEFORE, &["--format", "markdown"]);
    assert_eq!((markdown.code, markdown.stdout.as_str()), (0, "No route has changed.\n"));
}

#[test]
fn a_reason_cant_become_markup_in_a_comment() {
    let markdown = diff(BEFORE, AFTER, &["--format", "markdown"]).stdout;
    assert!(markdown.contains("2 routes have changed: **1 of them open something**.\n"), "{markdown}");
    let row = markdown.lines().find(|line| line.starts_with("| OPENS | GET /orders |")).unwrap();
    assert_eq!((row.matches('|').count(), row.contains('<')), (4, false), "{row}");
}

#[test]
fn programs_read_json() {
    let said: Value = serde_json::from_str(&diff(BEFORE, AFTER, &["--format", "json"]).stdout).unwrap();
    assert_eq!(said["differences"][0]["route"], "GET /orders");
    assert_eq!(said["differences"][0]["direction"], "OPENS");
}

#[test]
fn what_is_no_lock_ends_with_2() {
    let ran = diff(BEFORE, "GET /orders all\n", &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("b.lock: line 1: "), "{}", ran.stderr);
    assert_eq!(Project::with(&[]).run(&["posture", "diff", "a", "b"]).code, 2);
}
