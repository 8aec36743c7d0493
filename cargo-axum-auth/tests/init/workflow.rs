//! The workflow: it is YAML, its steps have what a runner asks for, and their commands run.

use super::{BARE, FROM, bare};
use crate::support::{Project, Ran};
use saphyr::{LoadableYamlNode, Yaml};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A step with a command.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    run: String,
    directory: Option<String>,
}

/// The steps of a workflow, as a YAML parser reads them.
fn steps(workflow: &str) -> Vec<Step> {
    let documents = Yaml::load_from_str(workflow).unwrap_or_else(|error| panic!("{error}: {workflow}"));
    let [document] = &documents[..] else { panic!("one document: {workflow}") };
    let jobs = document.as_mapping_get("jobs").unwrap().as_mapping().unwrap();
    assert_eq!(jobs.len(), 1, "{workflow}");
    let job = jobs.values().next().unwrap();
    assert_eq!(job.as_mapping_get("runs-on").and_then(Yaml::as_str), Some("ubuntu-latest"), "{workflow}");
    assert!(document.as_mapping_get("on").is_some(), "{workflow}");
    let steps = job.as_mapping_get("steps").unwrap().as_vec().unwrap();
    let text = |step: &Yaml<'_>, key: &str| step.as_mapping_get(key).and_then(Yaml::as_str).map(str::to_owned);
    assert_eq!(text(&steps[0], "uses").as_deref(), Some("actions/checkout@v6"), "{workflow}");
    let step = |step| Step { run: text(step, "run").unwrap(), directory: text(step, "working-directory") };
    steps[1..].iter().map(step).collect()
}

fn commands(workflow: &str) -> Vec<String> {
    steps(workflow).into_iter().map(|step| step.run.trim_end().to_owned()).collect()
}

#[test]
fn it_is_yaml_with_a_step_for_each_command() {
    let project = bare();
    assert_eq!(project.run(&["init", "--yes", "--from", FROM]).code, 0);
    assert_eq!(
        commands(&project.read(".github/workflows/auth.yml")),
        [
            "cargo install --git 'https://git.example.com/auth' --rev 'abc' cargo-axum-auth --locked --no-default-features",
            "cargo axum-auth lint --deny warnings",
            "cargo axum-auth review --format markdown >> \"$GITHUB_STEP_SUMMARY\"",
        ]
    );
}

#[test]
fn a_package_in_a_sub_folder_has_its_working_directory() {
    for folder in ["services/api", "a b/it's: #1"] {
        let project = Project::with(&[(".github/workflows/ci.yml", "on: push\n")]);
        project.write(&format!("{folder}/Cargo.toml"), BARE);
        project.write(&format!("{folder}/src/lib.rs"), "");
        std::fs::create_dir(project.path().join(".git")).unwrap();
        let manifest = format!("{folder}/Cargo.toml");
        let ran = project.run(&["init", "--yes", "--manifest-path", &manifest, "--owner", "@shop/a", "--from", FROM]);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        let steps = steps(&project.read(".github/workflows/auth.yml"));
        let directories: Vec<Option<&str>> = steps.iter().map(|step| step.directory.as_deref()).collect();
        assert_eq!(directories, [None, Some(folder), Some(folder)]);
        // Paths are shown from the workspace on, with the way up to what the repository has.
        let up = "../".repeat(folder.matches('/').count() + 1);
        for line in [format!("wrote {up}.github/workflows/auth.yml\n"), "wrote clippy.toml\n".to_owned()] {
            assert!(ran.stdout.contains(&line), "{line} is not in {}", ran.stdout);
        }
    }
}

fn member(name: &str) -> String {
    BARE.replace("orders-api", name)
        .replace("{ git = \"https://git.example.com/auth\", rev = \"abc\" }", "{ workspace = true }")
}

#[test]
fn each_service_of_a_virtual_workspace_is_linted() {
    let project = Project::with(&[
        (
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n\n[workspace.dependencies]\nauth-runtime = { git = \"https://git.example.com/auth\", branch = \"main\" }\n",
        ),
        ("crates/one/Cargo.toml", &member("one")),
        ("crates/one/src/lib.rs", ""),
        ("crates/two/Cargo.toml", &member("two")),
        ("crates/two/src/lib.rs", ""),
        (".github/workflows/ci.yml", "# cargo axum-auth lint\non: push\n"),
    ]);
    std::fs::create_dir(project.path().join(".git")).unwrap();
    for package in ["one", "two"] {
        let ran = project.run(&["init", "--yes", "-p", package, "--owner", "@shop/a", "--from", FROM]);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    }
    for (file, package) in [("auth", "one"), ("auth-two", "two")] {
        let workflow = project.read(&format!(".github/workflows/{file}.yml"));
        assert!(workflow.starts_with(&format!("name: {file}\n")), "{workflow}");
        let steps = steps(&workflow);
        assert!(steps[0].run.contains("--branch 'main' cargo-axum-auth"), "{workflow}");
        assert_eq!(
            steps[1],
            Step { run: format!("cargo axum-auth lint -p {package} --deny warnings\n"), directory: None }
        );
    }
    let kit = "auth-testkit = { git = \"https://git.example.com/auth\", branch = \"main\" }";
    assert_eq!(project.read("Cargo.toml").matches(kit).count(), 1);
    // One service's settings are not another's.
    assert!(project.path().join("crates/one/clippy.toml").exists());
    assert!(!project.path().join("clippy.toml").exists());
    for package in ["one", "two"] {
        let ran = project.run(&["init", "--yes", "-p", package, "--owner", "@shop/a"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "Nothing to do: all guards are in place.\n"), "{}", ran.stderr);
    }
}

#[test]
fn a_workflow_that_lints_all_packages_is_enough() {
    let project = bare();
    project.write(".github/workflows/ci.yml", "on: push\njobs:\n  a:\n    steps:\n      - run: cargo axum-auth lint\n");
    assert_eq!(project.run(&["init", "--yes", "--from", FROM]).code, 0);
    assert!(!project.path().join(".github/workflows/auth.yml").exists());
}

#[test]
fn settings_of_clippy_above_the_package_are_kept() {
    let project =
        Project::with(&[("clippy.toml", "msrv = \"1.90\"\n"), ("api/Cargo.toml", BARE), ("api/src/lib.rs", "")]);
    std::fs::create_dir(project.path().join(".git")).unwrap();
    let ran = project.run(&["init", "--yes", "--manifest-path", "api/Cargo.toml", "--from", FROM]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(project.read("clippy.toml").starts_with("msrv = \"1.90\"\n"));
    assert!(project.read("clippy.toml").contains("axum::Router"));
    assert!(!project.path().join("api/clippy.toml").exists());
}

/// The part of a checkout that the workflow needs, so small that a test can build it.
fn checkout(project: &Project, root: &str) {
    let manifest = |name: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[features]\ndefault = [\"attack\"]\nattack = []\n"
        )
    };
    let packages = ["auth-runtime", "auth-testkit", "cargo-axum-auth"];
    project.write(&format!("{root}/Cargo.toml"), &format!("[workspace]\nresolver = \"3\"\nmembers = {packages:?}\n"));
    for package in packages {
        project.write(&format!("{root}/{package}/Cargo.toml"), &manifest(package));
        project.write(&format!("{root}/{package}/src/lib.rs"), "");
    }
    project.write(&format!("{root}/cargo-axum-auth/src/main.rs"), "fn main() { println!(\"installed\"); }\n");
    run("cargo", &["generate-lockfile", "--offline"], &project.path().join(root));
}

fn run(program: &str, arguments: &[&str], directory: &Path) {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(directory).env("GIT_CONFIG_GLOBAL", "/dev/null");
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Runs one step as the runner does, with cargo's programs in a folder of the project.
fn runs(project: &Project, step: &Step) -> Ran {
    let installed = project.path().join("installed");
    let built = Path::new(env!("CARGO_BIN_EXE_cargo-axum-auth")).parent().unwrap().to_owned();
    let path = std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect::<Vec<PathBuf>>();
    let path = std::env::join_paths([vec![built], path].concat()).unwrap();
    let mut bash = Command::new("bash");
    bash.args(["-e", "-c", &step.run])
        .current_dir(project.path().join(step.directory.as_deref().unwrap_or(".")))
        .env("PATH", path)
        .env("CARGO_INSTALL_ROOT", &installed)
        // Nothing is fetched but what the test has made, and nothing of it stays.
        .env("CARGO_HOME", project.path().join("home"))
        .env("CARGO_TARGET_DIR", project.path().join("built"))
        .env("GITHUB_STEP_SUMMARY", project.path().join("summary.md"))
        .stdin(Stdio::null());
    Ran::from(bash.output().unwrap())
}

/// Plans the workflow of a service in a sub-folder, and runs it.
fn the_workflow_runs(project: &Project, runtime: &str, from: &str) {
    project.write(".github/workflows/ci.yml", "on: push\n");
    std::fs::create_dir_all(project.path().join(".git")).unwrap();
    project.write(
        "services/api/Cargo.toml",
        &format!("[package]\nname = \"api\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nauth-runtime = {runtime}\n"),
    );
    project.write("services/api/src/lib.rs", "#[auth_runtime::public(reason = \"a probe\")]\nasync fn health() {}\n");
    let ran = project.run(&["init", "--yes", "--manifest-path", "services/api/Cargo.toml", "--from", from]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    for step in steps(&project.read(".github/workflows/auth.yml")) {
        let ran = runs(project, &step);
        assert_eq!(ran.code, 0, "{step:?}: {}{}", ran.stdout, ran.stderr);
    }
    let binary = format!("installed/bin/cargo-axum-auth{}", std::env::consts::EXE_SUFFIX);
    assert!(project.path().join(binary).exists(), "it is installed");
    assert!(project.read("summary.md").contains("a probe"), "{}", project.read("summary.md"));
}

#[test]
fn its_commands_run_with_a_checkout_in_the_repository() {
    let project = Project::with(&[]);
    checkout(&project, "third party/auth");
    the_workflow_runs(&project, "{ path = \"../../third party/auth/auth-runtime\" }", "third party/auth");
}

#[test]
fn its_commands_run_with_a_git_repository() {
    let forge = Project::with(&[]);
    checkout(&forge, "auth");
    let at = forge.path().join("auth");
    run("git", &["init", "-q"], &at);
    run("git", &["add", "."], &at);
    run("git", &["-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "all"], &at);
    let url = format!("file://{}", at.display());
    let project = Project::with(&[]);
    the_workflow_runs(&project, &format!("{{ git = \"{url}\" }}"), &url);
}
