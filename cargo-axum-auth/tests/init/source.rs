//! `--from`: the packages of this project come from a path or a git repository, never from a
//! registry.

use super::{BARE, FROM, bare};
use crate::support::Project;

/// The files of a checkout.
const CHECKOUT: [(&str, &str); 2] = [("auth/auth-testkit/Cargo.toml", ""), ("auth/cargo-axum-auth/Cargo.toml", "")];

#[test]
fn without_a_source_nothing_is_written_and_the_error_says_what_to_give() {
    let project = bare();
    let before = super::files(&project);
    let ran = project.run(&["init", "--yes"]);
    assert_eq!((ran.code, super::files(&project)), (2, before));
    assert!(ran.stderr.contains("`--from` is missing: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("a git URL, such as `--from https://"), "{}", ran.stderr);
}

#[test]
fn no_file_names_a_package_of_ours_on_a_registry() {
    // The runtime itself is named by a version: the kit is not, whatever that is.
    for runtime in
        ["\"0.1\"", "{ version = \"0.1\", registry = \"ours\" }", "{ git = \"https://git.example.com/auth\" }"]
    {
        let project = bare();
        let manifest = BARE.replace("{ git = \"https://git.example.com/auth\", rev = \"abc\" }", runtime);
        let manifest = format!("{manifest}tokio = {{ version = \"1\", features = [\"full\"] }}\n");
        project.write("Cargo.toml", &manifest);
        project.write(".cargo/config.toml", "[registries.ours]\nindex = \"sparse+https://registry.example.com/\"\n");
        let ran = project.run(&["init", "--yes", "--from", FROM]);
        assert_eq!(ran.code, 0, "{runtime}: {}{}", ran.stdout, ran.stderr);
        let added = project.read("Cargo.toml").replace(&manifest, "");
        assert!(added.contains("auth-testkit = { git = \"https://git.example.com/auth\" }"), "{added}");
        assert!(!added.contains("version"), "{added}");
        let workflow = project.read(".github/workflows/auth.yml");
        for line in workflow.lines().filter(|line| line.contains("cargo install")) {
            assert!(line.contains("--git 'https://git.example.com/auth' cargo-axum-auth"), "{line}");
        }
        let warns = ran.stdout.contains("give both the same source");
        assert_eq!(warns, !runtime.contains("git"), "{runtime}: {}", ran.stdout);
    }
}

#[test]
fn a_revision_is_that_of_the_runtime_or_the_one_that_is_given() {
    let revisions = [(FROM.to_owned(), "abc"), (format!("{FROM}#def"), "def")];
    for (from, rev) in revisions {
        let project = bare();
        assert_eq!(project.run(&["init", "--yes", "--from", &from]).code, 0);
        let manifest = project.read("Cargo.toml");
        let kit = format!("auth-testkit = {{ git = \"{FROM}\", rev = \"{rev}\" }}");
        assert!(manifest.contains(&kit), "{manifest}");
        let workflow = project.read(".github/workflows/auth.yml");
        let install =
            format!("cargo install --git '{FROM}' --rev '{rev}' cargo-axum-auth --locked --no-default-features");
        assert!(workflow.contains(&install), "{workflow}");
    }
}

#[test]
fn a_path_is_written_from_the_manifest_on() {
    let project = Project::with(&CHECKOUT);
    project.write(
        "services/api/Cargo.toml",
        &BARE.replace(
            "{ git = \"https://git.example.com/auth\", rev = \"abc\" }",
            "{ path = \"../../auth/auth-runtime\" }",
        ),
    );
    project.write("services/api/src/lib.rs", "");
    let ran =
        project.run(&["init", "--yes", "--quiet", "--manifest-path", "services/api/Cargo.toml", "--from", "auth"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let manifest = project.read("services/api/Cargo.toml");
    assert!(manifest.contains("auth-testkit = { path = \"../../auth/auth-testkit\" }"), "{manifest}");
    assert!(!ran.stdout.contains("//"), "{}", ran.stdout);
}

#[test]
fn what_is_not_a_source_is_refused() {
    let refused = [
        ("auth", "there is no `auth-testkit/Cargo.toml` in it"),
        ("http://git.example.com/auth", "over `https://`, `ssh://` or `file://` only"),
        ("git@git.example.com:shop/auth", "write `ssh://git@host/path`"),
        ("https://token@git.example.com/auth", "it holds a credential"),
        ("ssh://git:secret@git.example.com/auth", "it holds a credential"),
        ("https://git.example.com/auth' && rm -rf '", "characters that do not belong into a URL"),
        ("https://git.example.com/auth#--config", "characters that do not belong into a URL"),
        ("https://git.example.com/${{ secrets.X }}", "characters that do not belong into a URL"),
    ];
    for (from, why) in refused {
        let project = bare();
        let before = super::files(&project);
        let ran = project.run(&["init", "--yes", "--from", from]);
        assert_eq!((ran.code, super::files(&project)), (2, before), "{from}");
        assert!(ran.stderr.contains(why), "{from}: {}", ran.stderr);
        assert!(!ran.stderr.contains("token@") && !ran.stderr.contains("secret@"), "{}", ran.stderr);
    }
}

#[test]
fn tokio_comes_from_where_the_service_has_it() {
    let project = bare();
    project.write(
        "Cargo.toml",
        &format!("{BARE}tokio = {{ git = \"https://git.example.com/tokio\", features = [\"net\"] }}\n"),
    );
    assert_eq!(project.run(&["init", "--yes", "--from", FROM]).code, 0);
    let manifest = project.read("Cargo.toml");
    let kept = "tokio = { git = \"https://git.example.com/tokio\", features = [\"macros\", \"rt\"] }";
    assert!(manifest.contains(kept), "{manifest}");
}

#[test]
fn a_dev_dependency_on_tokio_is_left_to_its_author() {
    let project = bare();
    project.write("Cargo.toml", &format!("{BARE}\n[dev-dependencies]\ntokio = \"1\"\n"));
    let ran = project.run(&["init", "--yes", "--quiet", "--from", FROM]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("Cargo.toml: the test needs the features `macros` and `rt`"), "{}", ran.stdout);
    assert_eq!(project.read("Cargo.toml").matches("tokio").count(), 1);

    let enough =
        format!("{BARE}\n[dev-dependencies]\ntokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n");
    project.write("Cargo.toml", &enough);
    let ran = project.run(&["init", "--yes", "--quiet", "--from", FROM]);
    assert!(!ran.stdout.contains("tokio"), "{}", ran.stdout);
}
