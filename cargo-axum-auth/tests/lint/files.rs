//! Which files are read: those of the program, wherever they lie; and what can't be read is said.

use crate::support::{Project, SERVICE, our_workspace};
use serde_json::Value;

const DOOR: &str = "fn door() { axum::Router::<()>::new(); } //~ plain-router\n";

#[test]
fn modules_are_found_wherever_they_lie() {
    Project::with(&[
        ("Cargo.toml", SERVICE),
        (
            "src/lib.rs",
            r#"
mod flat;
mod nested;
mod inline { mod below; #[path = "named.rs"] mod by_path; }
#[path = "odd/place.rs"] mod odd;
#[path = "../shared/outside.rs"] mod outside;
#[cfg(target_os = "windows")] mod windows;
#[cfg(feature = "admin")] mod r#type;
include!("included.rs");
"#,
        ),
        ("src/flat.rs", &format!("mod deeper;\n{DOOR}")),
        ("src/flat/deeper.rs", DOOR),
        ("src/nested/mod.rs", &format!("mod deeper;\n\n{DOOR}")),
        ("src/nested/deeper.rs", DOOR),
        ("src/inline/below.rs", DOOR),
        ("src/inline/named.rs", DOOR),
        ("src/odd/place.rs", &format!("mod beside;\n{DOOR}")),
        ("src/odd/beside.rs", DOOR),
        ("shared/outside.rs", DOOR),
        ("src/windows.rs", DOOR),
        ("src/type.rs", DOOR),
        ("src/included.rs", DOOR),
        ("src/bin/admin.rs", &format!("mod commands;\n{DOOR}fn main() {{}}\n")),
        ("src/bin/commands.rs", DOOR),
        // A macro may write the `mod`.
        ("src/in_a_macro.rs", DOOR),
    ])
    .is_linted_as_marked();
}

#[test]
fn build_scripts_are_no_part_of_the_service() {
    Project::with(&[
        ("Cargo.toml", SERVICE),
        ("src/lib.rs", ""),
        ("build.rs", "fn main() { axum::Router::<()>::new(); }"),
    ])
    .is_linted_as_marked();
}

#[test]
fn tests_are_left_out_unless_they_are_asked_for() {
    let project = Project::with(&[
        ("Cargo.toml", SERVICE),
        (
            "src/lib.rs",
            r"
#[cfg(test)] mod tests;
#[cfg(test)] fn helper() { axum::Router::<()>::new(); }
#[cfg(all(unix, test))] mod inline { fn helper() { axum::Router::<()>::new(); } }
#[test] fn test() { axum::Router::<()>::new(); }
#[tokio::test] async fn tested() { axum::Router::<()>::new(); }
#[cfg(any(test, feature = 'x'))] fn also_in_production() { axum::Router::<()>::new(); } //~ plain-router
#[cfg(not(test))] fn only_in_production() { axum::Router::<()>::new(); } //~ plain-router
impl App { #[cfg(test)] fn helper() { axum::Router::<()>::new(); } }
",
        ),
        ("src/tests.rs", "fn helper() { axum::Router::<()>::new(); }"),
        ("tests/it.rs", "fn helper() { axum::Router::<()>::new(); }"),
        ("benches/it.rs", "fn main() { axum::Router::<()>::new(); }"),
        ("examples/it.rs", "fn main() { axum::Router::<()>::new(); }"),
    ]);
    project.is_linted_as_marked();

    let all = project.lint(&["--tests"]);
    for place in ["src/lib.rs:3", "src/lib.rs:4", "src/lib.rs:5", "src/lib.rs:6", "src/lib.rs:9", "src/tests.rs:1"] {
        assert!(all.contains(&format!("{place} plain-router")), "{place} is not in {all:?}");
    }
    assert_eq!(all.len(), 11, "{all:?}");
}

#[test]
fn a_file_that_does_not_parse_is_reported_with_its_place_and_is_no_success() {
    let project = Project::of("mod broken;\nmod gone;\n");
    project.write("src/broken.rs", "fn fine() {}\n\nfn broken( {\n");
    let ran = project.run(&["lint"]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.stdout.contains("src/broken.rs:3: not read: does not parse: "), "{}", ran.stdout);
    assert!(ran.stdout.contains("src/lib.rs:2: not read: `mod gone` has no file"), "{}", ran.stdout);
    assert!(ran.stdout.contains("2 places could not be read"), "{}", ran.stdout);

    let said: Value = serde_json::from_str(&project.run(&["lint", "--format", "json"]).stdout).unwrap();
    assert_eq!(said["unreadable"][0]["file"], "src/broken.rs");
    assert_eq!(said["unreadable"][0]["line"], 3);
}

#[test]
fn a_chain_of_many_thousand_routes_is_read_to_its_end() {
    let chain = "        .route(\"/\", get(f))\n".repeat(20_000);
    let project =
        Project::of(&format!("fn f() {{\n    AuthRouter::new()\n{chain}        .route_service(\"/\", g());\n}}\n"));
    assert_eq!(project.lint(&[]), ["src/lib.rs:20003 route-service".to_owned()].into());
}

#[test]
fn only_the_packages_that_were_asked_for_are_looked_at() {
    let manifest = |name: &str| SERVICE.replace("name = \"service\"", &format!("name = \"{name}\""));
    let project = Project::with(&[
        ("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"one\", \"two\"]\n"),
        ("one/Cargo.toml", &manifest("one")),
        ("one/src/lib.rs", DOOR),
        ("two/Cargo.toml", &manifest("two")),
        ("two/src/lib.rs", "fn broken( {"),
    ]);
    assert_eq!(project.lint(&["-p", "one"]), ["one/src/lib.rs:1 plain-router".to_owned()].into());
    assert_eq!(project.run(&["lint"]).code, 2);

    let ran = project.run(&["lint", "-p", "three"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("no package `three` in this workspace: it has one, two"), "{}", ran.stderr);
}

#[test]
fn the_orders_service_has_no_side_door() {
    let manifest = our_workspace().join("Cargo.toml");
    let ran = Project::with(&[]).run(&[
        "lint",
        "--manifest-path",
        manifest.to_str().unwrap(),
        "-p",
        "orders",
        "--deny",
        "warnings",
    ]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.starts_with("0 errors, 0 warnings in "), "{}", ran.stdout);
}
