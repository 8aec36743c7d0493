//! `cargo axum-auth init`.

mod manifest;
mod moving;
mod plan_of_handlers;
mod plan_of_tokens;
mod shop;
mod source;
mod unsafe_code;
mod workflow;

use crate::support::{Project, SERVICE};

/// As `auth-runtime` in [`BARE`].
const FROM: &str = "https://git.example.com/auth";

const BARE: &str = r#"[package]
name = "orders-api"
version = "0.1.0"
edition = "2024"

[dependencies]
# The framework.
axum = "0.8"
auth-runtime = { git = "https://git.example.com/auth", rev = "abc" }
"#;

fn bare() -> Project {
    let project =
        Project::with(&[("Cargo.toml", BARE), ("src/lib.rs", ""), (".github/workflows/ci.yml", "on: push\n")]);
    std::fs::create_dir(project.path().join(".git")).unwrap();
    project
}

/// The cells of the row that names this function.
fn row(plan: &str, name: &str) -> Vec<String> {
    let is_of = |line: &&str| line.split(" | ").next().is_some_and(|first| first.ends_with(&format!("`{name}`")));
    let line = plan.lines().filter(|line| line.starts_with("| ")).find(is_of);
    let line = line.unwrap_or_else(|| panic!("{name} is not in {plan}"));
    line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()
}

/// The plan for a service on axum with these files.
fn plan_of(dependencies: &str, code: &[(&str, &str)]) -> String {
    let project = Project::with(&[("Cargo.toml", &format!("{}{dependencies}", shop::MANIFEST))]);
    shop::add(&project, &shop::AXUM);
    shop::add(&project, code);
    let ran = project.run(&["init", "--yes"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    project.read("auth-plan.md")
}

/// All files of a project, with their text.
fn files(project: &Project) -> Vec<(String, String)> {
    let (mut found, mut open) = (Vec::new(), vec![project.path().to_owned()]);
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path.strip_prefix(project.path()).unwrap().to_str().unwrap().to_owned(), text));
        }
    }
    found.sort();
    found
}

#[test]
fn without_a_terminal_and_without_yes_it_shows_what_it_would_do_and_does_nothing() {
    let project = bare();
    let before = files(&project);
    let ran = project.run(&["init", "--from", FROM]);
    assert_eq!((ran.code, files(&project)), (1, before));
    for line in [
        "Cargo.toml\n",
        "      auth-runtime = { git = \"https://git.example.com/auth\", rev = \"abc\" }\n",
        "    + [lints.rust]\n    + unused_must_use = \"deny\"\n",
        "    + auth-testkit = { git = \"https://git.example.com/auth\", rev = \"abc\" }\n",
        "src/lib.rs\n    + #![cfg_attr(not(test), deny(unsafe_code))]\n",
        "tests/auth.rs (new)\n    + //! Attacks every route with every bad token",
        "clippy.toml (new)\n    + disallowed-types = [\n    +     { path = \"axum::Router\", reason = ",
        ".github/workflows/auth.yml (new)\n",
        "Nothing was written: give `--yes` to write it.\n",
    ] {
        assert!(ran.stdout.contains(line), "{line} is not in {}", ran.stdout);
    }
}

#[test]
fn it_adds_the_guards_and_a_second_run_has_nothing_to_do() {
    let project = bare();
    let ran = project.run(&["init", "--yes", "--owner", "@shop/security", "--from", FROM]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let written = [
        "wrote clippy.toml\n",
        "changed Cargo.toml\n",
        "wrote tests/auth.rs\n",
        "wrote .github/CODEOWNERS\n",
        "wrote .github/workflows/auth.yml\n",
    ];
    for line in written {
        assert!(ran.stdout.contains(line), "{line} is not in {}", ran.stdout);
    }
    let manifest = project.read("Cargo.toml");
    assert!(manifest.starts_with(BARE), "what was there stays: {manifest}");
    let added = "tokio = { version = \"1\", features = [\"macros\", \"rt\"] }\n";
    assert!(manifest.contains(added), "{manifest}");
    assert_eq!(
        project.read(".github/CODEOWNERS"),
        "# Changes of who may call a route.\n/auth-posture.lock @shop/security\n"
    );
    let test = project.read("tests/auth.rs");
    assert!(syn_parses(&test), "{test}");
    assert!(test.contains("`orders_api::app(..)`"), "{test}");

    let after = files(&project);
    let again = project.run(&["init", "--yes", "--owner", "@shop/security"]);
    assert_eq!((again.code, again.stdout.as_str()), (0, "Nothing to do: all guards are in place.\n"));
    assert_eq!(files(&project), after);
    // What it has written is what the lint wants to read.
    assert_eq!(project.lint(&[]), [].into());
}

/// Checks that the written file is Rust. The compiler of the service checks the rest.
fn syn_parses(text: &str) -> bool {
    let project = Project::of("mod written;\n");
    project.write("src/written.rs", text);
    project.run(&["lint"]).code == 0
}

#[test]
fn existing_settings_are_never_overwritten() {
    let project = bare();
    project.write("Cargo.toml", &format!("{BARE}\n[lints.rust]\nunsafe_code = \"allow\" # FFI\n"));
    project.write(
        "clippy.toml",
        "# Ours.\ndisallowed-types = [\"std::rc::Rc\", { path = \"axum::Router\", reason = \"ours\" }]\nmsrv = \"1.90\"\n",
    );
    project.write("tests/auth.rs", "//! A test of another kind.\n");
    project.write("CODEOWNERS", "* @everybody");
    let ran = project.run(&["init", "--yes", "--quiet", "--owner", "@shop/security", "--from", FROM]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);

    let manifest = project.read("Cargo.toml");
    assert!(manifest.contains("unsafe_code = \"allow\" # FFI\nunused_must_use = \"deny\"\n"), "{manifest}");
    assert!(ran.stdout.contains("`unsafe_code` is \"allow\": delete it"), "{}", ran.stdout);
    let clippy = project.read("clippy.toml");
    assert!(
        clippy.starts_with(
            "# Ours.\ndisallowed-types = [\"std::rc::Rc\", { path = \"axum::Router\", reason = \"ours\" },\n"
        ),
        "{clippy}"
    );
    assert_eq!(clippy.matches("\"axum::Router\"").count(), 1, "{clippy}");
    assert!(clippy.contains("{ path = \"axum::serve\", reason = "), "{clippy}");
    assert!(clippy.contains("msrv = \"1.90\"\n"), "{clippy}");
    assert_eq!(project.read("tests/auth.rs"), "//! A test of another kind.\n");
    assert!(project.read("tests/auth_attacks.rs").contains("assert_nothing_got_through"));
    assert_eq!(
        project.read("CODEOWNERS"),
        "* @everybody\n# Changes of who may call a route.\n/auth-posture.lock @shop/security\n"
    );
    assert!(!project.path().join(".github/CODEOWNERS").exists());

    assert_eq!(project.run(&["init", "--owner", "@shop/security"]).code, 0, "nothing is left that needs a source");
}

#[test]
fn a_member_of_a_workspace_inherits_what_it_inherited_before() {
    let workspace = "[workspace]\nresolver = \"3\"\nmembers = [\"api\"]\n\n[workspace.dependencies]\nauth-runtime = { path = \"../auth/auth-runtime\" }\n\n[workspace.lints.rust]\nmissing_docs = \"warn\"\n";
    let member = "[package]\nname = \"api\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nauth-runtime.workspace = true\ntokio = { version = \"1\", features = [\"full\"] }\n\n[lints]\nworkspace = true\n";
    // Cargo asks for what a workspace inherits by path.
    let runtime = "[package]\nname = \"auth-runtime\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    let project = Project::with(&[
        ("ws/Cargo.toml", workspace),
        ("ws/api/Cargo.toml", member),
        ("ws/api/src/main.rs", "fn main() {}\n"),
        ("auth/auth-runtime/Cargo.toml", runtime),
        ("auth/auth-runtime/src/lib.rs", ""),
        ("auth/auth-testkit/Cargo.toml", ""),
        ("auth/cargo-axum-auth/Cargo.toml", ""),
    ]);
    let ran = project.run(&["init", "--yes", "--manifest-path", "ws/Cargo.toml", "--from", "auth"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let workspace = project.read("ws/Cargo.toml");
    assert!(workspace.contains("auth-testkit = { path = \"../auth/auth-testkit\" }\n"), "{workspace}");
    assert!(workspace.contains("missing_docs = \"warn\"\nunused_must_use = \"deny\"\n"), "{workspace}");
    let member = project.read("ws/api/Cargo.toml");
    assert!(member.contains("[dev-dependencies]\nauth-testkit = { workspace = true }\n"), "{member}");
    assert_eq!((member.matches("tokio").count(), member.matches("[lints").count()), (1, 1), "{member}");
    // What no file can say is said.
    for left in [
        "api is a program without a library",
        "/api/auth-posture.lock @owner",
        "outside of the repository, so CI does not have it: add a step that runs `cargo axum-auth lint --deny warnings`",
    ] {
        assert!(ran.stdout.contains(left), "{left} is not in {}", ran.stdout);
    }
}

#[test]
fn it_wants_to_know_which_package_is_the_service() {
    let manifest = |name: &str| SERVICE.replace("name = \"service\"", &format!("name = \"{name}\""));
    let project = Project::with(&[
        ("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"one\", \"two\", \"tool\"]\n"),
        ("one/Cargo.toml", &manifest("one")),
        ("one/src/lib.rs", ""),
        ("two/Cargo.toml", &manifest("two")),
        ("two/src/lib.rs", ""),
        ("tool/Cargo.toml", "[package]\nname = \"tool\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
        ("tool/src/lib.rs", ""),
    ]);
    let several = project.run(&["init"]);
    assert_eq!(several.code, 2);
    assert!(several.stderr.contains("choose one with `-p`: one, two"), "{}", several.stderr);
    assert_eq!(project.run(&["init", "-p", "one", "--from", FROM]).code, 1);
    let none = project.run(&["init", "-p", "tool"]);
    assert_eq!(none.code, 2);
    assert!(none.stderr.contains("no package here depends on axum: give `--manifest-path` or `-p`"), "{}", none.stderr);
}
