//! Holds that the workspace needs a C compiler, and no other program beside Rust's.

use super::support::{cargo, read};
use std::collections::BTreeSet;

/// The crates of Cargo.lock, each with the names of its dependencies.
fn locked(lock: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    lock.split("[[package]]").skip(1).map(|package| {
        let name = package.split("name = \"").nth(1).and_then(|rest| rest.split('"').next()).expect("a name");
        let list = package.split("dependencies = [").nth(1).and_then(|rest| rest.split(']').next()).unwrap_or_default();
        (name, list.split('"').skip(1).step_by(2).filter_map(|entry| entry.split(' ').next()).collect())
    })
}

/// A crate here calls a program when it is built. One that is new must build without the others:
/// try it with a `PATH` that has only cargo, rustc, cc and the programs of binutils.
#[test]
fn crates_that_build_native_code_need_only_a_c_compiler() {
    const HELPERS: [&str; 6] = ["bindgen", "cc", "cmake", "pkg-config", "prost-build", "vcpkg"];
    // aws-lc-sys: calls cmake for FIPS and for targets without its own list of sources only.
    // libsqlite3-sys: `bundled`, so that pkg-config and vcpkg look for nothing.
    const TRIED: [&str; 2] = ["aws-lc-sys", "libsqlite3-sys"];
    let lock = read("Cargo.lock");
    // Without those that other platforms and features have.
    let built = cargo(&["tree", "--workspace", "--prefix", "none", "--format", "{p}"]);
    let built: BTreeSet<&str> = built.lines().filter_map(|line| line.split(' ').next()).collect();
    let helped = |(_, needs): &(&str, Vec<&str>)| needs.iter().any(|name| HELPERS.contains(name));
    let found: BTreeSet<&str> =
        locked(&lock).filter(helped).map(|(name, _)| name).filter(|name| built.contains(name)).collect();
    let found: BTreeSet<&str> = found.into_iter().filter(|name| !HELPERS.contains(name)).collect();
    assert_eq!(found, TRIED.into(), "README.md says that a C compiler is enough: look at how these are built");
    let manifest = read("Cargo.toml");
    let sqlite = manifest.lines().find(|line| line.starts_with("rusqlite = ")).expect("rusqlite");
    assert!(sqlite.contains("\"bundled\""), "{sqlite}");
}

/// The README of the subcommand says so.
#[test]
fn the_subcommand_without_its_features_needs_no_c_compiler() {
    let all = cargo(&["tree", "-p", "cargo-axum-auth", "--edges", "normal,build", "--prefix", "none"]);
    let least =
        ["tree", "-p", "cargo-axum-auth", "--edges", "normal,build", "--prefix", "none", "--no-default-features"];
    let builds_c = |tree: &str| tree.lines().any(|line| line.starts_with("cc v"));
    assert!(builds_c(&all), "update how this test finds the C compiler");
    assert!(!builds_c(&cargo(&least)), "cargo-axum-auth/README.md says that it needs no C compiler");
}
