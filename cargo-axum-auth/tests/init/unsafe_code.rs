//! `unsafe` is denied in what is deployed, and not in tests.

use super::{BARE, FROM, bare};
use crate::support::{Project, SERVICE};
use std::process::{Command, Output};

#[test]
fn the_attribute_stands_behind_the_documentation_and_before_the_code() {
    const DENIED: &str = "#![cfg_attr(not(test), deny(unsafe_code))]\n";
    let files = [
        ("", DENIED.to_owned()),
        ("fn f() {}\n", format!("{DENIED}\nfn f() {{}}\n")),
        ("//! The service.\n\nuse axum::Json;\n", format!("//! The service.\n\n{DENIED}\nuse axum::Json;\n")),
        ("#![warn(missing_docs)]\nmod a {}\n", format!("#![warn(missing_docs)]\n{DENIED}\nmod a {{}}\n")),
        ("// Licence.\n\nfn f() {}\n", format!("// Licence.\n\n{DENIED}\nfn f() {{}}\n")),
        ("// Of the function.\nfn f() {}\n", format!("{DENIED}\n// Of the function.\nfn f() {{}}\n")),
        ("/// Of the function.\nfn f() {}\n", format!("{DENIED}\n/// Of the function.\nfn f() {{}}\n")),
    ];
    for (before, after) in files {
        let project = bare();
        project.write("src/lib.rs", before);
        let ran = project.run(&["init", "--yes", "--from", FROM]);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        assert_eq!(project.read("src/lib.rs"), after);
    }
}

#[test]
fn each_program_denies_it_and_what_denies_it_already_is_kept() {
    let project = bare();
    project.write("src/lib.rs", "#![forbid(unsafe_code)]\n");
    project.write("src/main.rs", "fn main() {}\n");
    project.write("tests/api.rs", "fn helper() {}\n");
    assert_eq!(project.run(&["init", "--yes", "--from", FROM]).code, 0);
    assert_eq!(project.read("src/lib.rs"), "#![forbid(unsafe_code)]\n");
    assert!(project.read("src/main.rs").starts_with("#![cfg_attr(not(test), deny(unsafe_code))]\n"));
    assert_eq!(project.read("tests/api.rs"), "fn helper() {}\n");

    let project = bare();
    project.write("Cargo.toml", &format!("{BARE}\n[lints.rust]\nunsafe_code = \"deny\"\n"));
    assert_eq!(project.run(&["init", "--yes", "--from", FROM]).code, 0);
    assert_eq!(project.read("src/lib.rs"), "", "the manifest says it");
}

#[test]
fn a_service_that_has_unsafe_code_still_compiles() {
    let project = bare();
    let lib = "pub fn zero() -> u8 {\n    unsafe { std::mem::zeroed() }\n}\n";
    project.write("src/lib.rs", lib);
    let ran = project.run(&["init", "--yes", "--from", FROM]);
    assert_eq!((ran.code, project.read("src/lib.rs").as_str()), (0, lib), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("src/lib.rs:2: `unsafe` can forge a proof: move it"), "{}", ran.stdout);
}

#[test]
fn a_root_that_cannot_be_changed_is_left_to_its_author() {
    let project = bare();
    project.write("src/lib.rs", "#![warn(missing_docs)] fn f() {}\n");
    let ran = project.run(&["init", "--yes", "--from", FROM]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("src/lib.rs: add `#![cfg_attr(not(test), deny(unsafe_code))]` at the top"),
        "{}",
        ran.stdout
    );
    assert_eq!(project.read("src/lib.rs"), "#![warn(missing_docs)] fn f() {}\n");
}

fn cargo(project: &Project, arguments: &[&str]) -> Output {
    let mut cargo = Command::new("cargo");
    cargo.args(arguments).args(["--offline"]).current_dir(project.path());
    cargo.env("CARGO_TARGET_DIR", project.path().join("built")).output().unwrap()
}

#[test]
fn tests_that_set_a_variable_of_the_environment_compile() {
    let package = |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    let sets = "unsafe { std::env::set_var(\"A\", \"b\") }";
    let project = Project::with(&[
        ("auth/auth-runtime/Cargo.toml", &package("auth-runtime")),
        ("auth/auth-runtime/src/lib.rs", ""),
        ("auth/auth-testkit/Cargo.toml", &package("auth-testkit")),
        ("auth/auth-testkit/src/lib.rs", ""),
        ("auth/cargo-axum-auth/Cargo.toml", ""),
        ("tokio/Cargo.toml", &format!("{}[features]\nfull = []\n", package("tokio"))),
        ("tokio/src/lib.rs", ""),
        (
            "Cargo.toml",
            &format!(
                "{}\n[dependencies]\nauth-runtime = {{ path = \"auth/auth-runtime\" }}\ntokio = {{ path = \"tokio\", features = [\"full\"] }}\n\n[workspace]\nexclude = [\"auth\", \"tokio\"]\n",
                package("api")
            ),
        ),
        ("src/lib.rs", &format!("#[cfg(test)]\nmod tests {{\n    #[test]\n    fn of_the_library() {{ {sets} }}\n}}\n")),
        ("tests/api.rs", &format!("//! With auth_testkit.\n#[test]\nfn of_the_service() {{ {sets} }}\n")),
    ]);
    let ran = project.run(&["init", "--yes", "--from", "auth"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let tests = cargo(&project, &["test", "--no-run"]);
    assert!(tests.status.success(), "{}", String::from_utf8_lossy(&tests.stderr));

    // The twin: in the library it does not compile.
    let library = project.read("src/lib.rs");
    project.write("src/lib.rs", &format!("{library}pub fn forged() {{ {sets} }}\n"));
    let denied = cargo(&project, &["build"]);
    let said = String::from_utf8_lossy(&denied.stderr).into_owned();
    assert!(!denied.status.success() && said.contains("usage of an `unsafe` block"), "{said}");
}

#[test]
fn the_lint_reads_it_as_denied_and_finds_where_it_is_allowed_again() {
    let manifest = SERVICE.replace("unsafe_code = \"forbid\"\n", "");
    let code = "#![cfg_attr(not(test), deny(unsafe_code))]\n#[allow(unsafe_code)] //~ unsafe-not-denied\nmod ffi {}\n";
    Project::with(&[("Cargo.toml", &manifest), ("src/lib.rs", code)]).is_linted_as_marked();
    let marked = manifest.replace("[lints.rust]", "[lints.rust] #~ unsafe-not-denied");
    for nothing in [
        "#![cfg_attr(test, deny(unsafe_code))]\n",
        "#![cfg_attr(not(debug_assertions), deny(unsafe_code))]\n",
        "#![warn(unsafe_code)]\n",
    ] {
        let lint = Project::with(&[("Cargo.toml", &marked), ("src/lib.rs", nothing)]).lint(&[]);
        assert!(
            lint.iter().any(|finding| finding.starts_with("Cargo.toml") && finding.ends_with("unsafe-not-denied")),
            "{nothing}: {lint:?}"
        );
    }
}
