//! What a manifest has to say.

use crate::support::{Project, SERVICE};

/// `SERVICE` with other lints.
fn service(lints: &str) -> String {
    let head = SERVICE.split("[lints.rust]").next().unwrap();
    format!("{head}{lints}")
}

fn is_linted_as_marked(manifest: &str, lib: &str) {
    Project::with(&[("Cargo.toml", manifest), ("src/lib.rs", lib)]).is_linted_as_marked();
}

#[test]
fn decisions_that_can_be_dropped_are_reported_where_the_lint_would_stand() {
    is_linted_as_marked(&service("[lints.rust] #~ must-use-not-denied\nunsafe_code = \"forbid\"\n"), "");
    is_linted_as_marked(
        &service("[lints.rust]\nunsafe_code = \"forbid\"\nunused_must_use = \"warn\" #~ must-use-not-denied\n"),
        "",
    );
    is_linted_as_marked(
        &service("[lints.rust]\nunsafe_code = \"forbid\"\nunused_must_use = { level = \"deny\", priority = 1 }\n"),
        "",
    );
    is_linted_as_marked(&service("[lints.rust]\nunsafe_code = \"forbid\"\n"), "#![deny(unused_must_use)]\n");
}

#[test]
fn decisions_that_are_dropped_by_an_attribute_are_reported_there() {
    Project::of(
        r#"
#[allow(unused_must_use)] //~ must-use-not-denied
fn dropped() {}
mod inner {
    #![cfg_attr(not(debug_assertions), allow(unused_must_use))] //~ must-use-not-denied
    #[expect(dead_code, unused_must_use, reason = "..")] //~ must-use-not-denied
    fn dropped() {}
}
#[allow(unused_variables)]
#[deny(unused_must_use)]
fn kept() {}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn what_has_no_statements_drops_no_decision() {
    Project::of(
        r#"
#[allow(unused)]
struct Config {
    #[allow(unused)]
    port: u16,
    #[expect(unused, reason = "read by the tests")]
    name: String,
}
enum Kind { #[allow(unused)] Old, New(#[allow(unused)] u8) }
#[allow(unused)]
enum Other {}
#[allow(unused)]
type Alias = u8;
#[allow(unused)]
use std::fmt;
#[allow(unused)]
extern crate core;
trait Shape {
    #[allow(unused)]
    fn area(&self, scale: u8);
    #[allow(unused)]
    fn drawn(&self) { self.area(1) }
    #[allow(unused)] //~ must-use-not-denied
    fn checked(&self) { self.require(1) }
}
fn check() -> Result<(), auth_runtime::Denied> { Ok(()) }
fn parameter(#[allow(unused)] name: &str) {
    #[allow(unused)]
    let number = 1;
    #[allow(unused)] //~ must-use-not-denied
    let block = { check(); 1 };
    #[allow(unused)] //~ must-use-not-denied
    let closure = || { check(); };
}
#[allow(unused)] //~ must-use-not-denied
const CHECKED: () = { check(); };
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn unused_is_reported_only_around_code_that_decides() {
    Project::with(&[
        ("Cargo.toml", SERVICE),
        (
            "src/lib.rs",
            r#"
use auth_runtime::{Authenticated, Claims, Denied};
#[allow(unused)] mod generated;
#[allow(unused)] mod checks; //~ must-use-not-denied
#[allow(unused)]
fn helper() -> u8 { let number = 1; format!("{number}").len() as u8 }
#[allow(unused)] //~ must-use-not-denied
fn takes(auth: &Authenticated<Claims>) {}
#[allow(unused)] //~ must-use-not-denied
fn drops() { may_write(); }
fn may_write() -> Result<(), Denied> { Ok(()) }
#[allow(unused)] //~ must-use-not-denied
fn in_a_macro() { log!(auth_runtime::scope!(X)); }
struct Guard;
#[allow(unused)]
impl Guard { fn new() -> Self { Self } }
impl Guard {
    #[allow(unused)] //~ must-use-not-denied
    fn enter(&self, auth: A) { auth.require::<Admin>(); }
    #[allow(unused)]
    fn leave(&self) {}
}
mod inner {
    #![allow(unused)]
    fn nothing() {}
}
fn statements(auth: A) {
    #[allow(unused)]
    { let number = 1; }
    #[allow(unused)] //~ must-use-not-denied
    { auth.permit::<Rule>(&object); } //~ unused-permit
}
"#,
        ),
        ("src/generated.rs", "#![allow(unused)]\npub fn table() {}\n"),
        ("src/checks.rs", "mod deeper;\n"),
        (
            "src/checks/deeper.rs",
            "#![allow(unused)] //~ must-use-not-denied\nfn f(auth: A) { auth.check::<Admin>(); }\n",
        ),
    ])
    .is_linted_as_marked();
    // All code of the crate, also code that comes later.
    Project::of("#![allow(unused)] //~ must-use-not-denied\nfn f() {}\n").is_linted_as_marked();
    let ran = Project::of("#[allow(unused)]\nfn f(auth: A) { auth.require::<Admin>(); }\n").run(&["lint", "--quiet"]);
    assert!(ran.stdout.contains("`unused` is allowed here, around `.require(..)`"), "{}", ran.stdout);
}

#[test]
fn a_crate_with_proofs_denies_unsafe() {
    is_linted_as_marked(&service("[lints.rust] #~ unsafe-not-denied\nunused_must_use = \"deny\"\n"), "");
    is_linted_as_marked(
        &service("[lints.rust]\nunused_must_use = \"deny\"\nunsafe_code = \"warn\" #~ unsafe-not-denied\n"),
        "",
    );
    // What is denied can be allowed again, further in: that place is reported.
    is_linted_as_marked(
        &service("[lints.rust]\nunused_must_use = \"deny\"\nunsafe_code = \"deny\"\n"),
        "#[allow(unsafe_code)] //~ unsafe-not-denied\nmod ffi {}\n",
    );
    is_linted_as_marked(
        &service("[lints.rust]\nunused_must_use = \"deny\"\n"),
        "#![forbid(missing_docs, unsafe_code)]\n",
    );
    // In the library, but not in the program.
    let project = Project::with(&[
        ("Cargo.toml", &service("[lints.rust] #~ unsafe-not-denied\nunused_must_use = \"deny\"\n")),
        ("src/lib.rs", "#![forbid(unsafe_code)]\n"),
        ("src/main.rs", "fn main() {}\n"),
    ]);
    project.is_linted_as_marked();
}

#[test]
fn lints_are_inherited_from_the_workspace() {
    let member = service("[lints]\nworkspace = true\n");
    let workspace = |lints: &str| {
        format!("[workspace]\nresolver = \"3\"\nmembers = [\"service\"]\n[workspace.lints.rust]\n{lints}")
    };
    let project = |lints: &str| {
        Project::with(&[("Cargo.toml", &workspace(lints)), ("service/Cargo.toml", &member), ("service/src/lib.rs", "")])
    };
    assert_eq!(project("unsafe_code = \"forbid\"\nunused_must_use = \"deny\"\n").lint(&[]), [].into());
    assert_eq!(
        project("unsafe_code = \"forbid\"\n").lint(&[]),
        [format!("service/Cargo.toml:{} must-use-not-denied", line_of(&member, "[lints]"))].into()
    );
}

#[test]
fn a_package_that_holds_no_proofs_may_do_as_it_likes() {
    is_linted_as_marked("[package]\nname = \"tool\"\nversion = \"0.1.0\"\nedition = \"2024\"\n", "");
}

fn line_of(text: &str, line: &str) -> usize {
    text.lines().position(|found| found == line).unwrap() + 1
}
