//! The action for pull requests: each of its commands runs, with a `gh` that records its calls.

use super::{AFTER, BEFORE};
use crate::support::{Project, Ran, our_workspace};
use saphyr::{LoadableYamlNode, Yaml};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const LOCK: &str = "api/auth-posture.lock";

/// Prints the ids of earlier comments, and records all other calls with the comment.
const GH: &str = r#"set -euo pipefail
case "$*" in
    *--paginate*) cat known 2>/dev/null || : ;;
    *) echo "$*" >>calls; body=${!#}; cat "${body#body=@}" >>calls ;;
esac
"#;

/// A repository whose `main` has one lock, and whose work tree has another one.
struct Repository {
    project: Project,
    base: String,
}

impl Repository {
    fn new(before: Option<&str>, after: Option<&str>) -> Self {
        let project = Project::of("");
        project.write("gh", GH);
        project.write(LOCK, before.unwrap_or_default());
        if before.is_none() {
            std::fs::remove_file(project.path().join(LOCK)).unwrap();
        }
        let git = |arguments: &[&str]| {
            let mut git = Command::new("git");
            git.args(["-c", "user.name=A", "-c", "user.email=a@example.com"]).args(arguments);
            let output = git.current_dir(project.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
            assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        git(&["init", "-q", "-b", "main"]);
        git(&["add", "."]);
        git(&["commit", "-qm", "all"]);
        git(&["remote", "add", "origin", "."]);
        let base = git(&["rev-parse", "HEAD"]);
        match after {
            Some(after) => project.write(LOCK, after),
            None => std::fs::remove_file(project.path().join(LOCK)).unwrap(),
        }
        Self { project, base }
    }

    /// Runs the commands as a runner does, and returns the calls of `gh`.
    fn run(&self) -> String {
        for step in commands() {
            let ran = self.step(&step);
            assert_eq!(ran.code, 0, "{step}: {}{}", ran.stdout, ran.stderr);
        }
        std::fs::read_to_string(self.project.path().join("calls")).unwrap_or_default()
    }

    fn step(&self, commands: &str) -> Ran {
        let here = self.project.path();
        let built = Path::new(env!("CARGO_BIN_EXE_cargo-axum-auth")).parent().unwrap().to_owned();
        let path = std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect::<Vec<PathBuf>>();
        let path = std::env::join_paths([vec![built], path].concat()).unwrap();
        let gh = format!("gh() {{ bash gh \"$@\"; }}\n{commands}");
        let mut bash = Command::new("bash");
        bash.args(["-e", "-o", "pipefail", "-c", &gh])
            .current_dir(here)
            .env("PATH", path)
            .env("BASE", &self.base)
            .env("LOCK", LOCK)
            .env("NUMBER", "7")
            .env("REPOSITORY", "shop/api")
            .env("PACKAGE", "service")
            .env("RUNNER_TEMP", here)
            .env("GITHUB_STEP_SUMMARY", here.join("summary.md"))
            .stdin(Stdio::null());
        Ran::from(bash.output().unwrap())
    }
}

/// The commands of the action, in the order of its steps.
fn commands() -> Vec<String> {
    let text = std::fs::read_to_string(our_workspace().join(".github/actions/posture/action.yml")).unwrap();
    let documents = Yaml::load_from_str(&text).unwrap();
    let steps = documents[0].as_mapping_get("runs").and_then(|runs| runs.as_mapping_get("steps")).unwrap();
    let run = |step: &Yaml<'_>| step.as_mapping_get("run").and_then(Yaml::as_str).map(str::to_owned);
    let commands: Vec<_> = steps.as_vec().unwrap().iter().filter_map(run).collect();
    assert_eq!(commands.len(), 3);
    // An expression in a command would run what a pull request chooses as its name.
    assert!(!commands.iter().any(|command| command.contains("${{")), "{commands:?}");
    commands
}

#[test]
fn a_changed_posture_becomes_one_comment() {
    let repository = Repository::new(Some(BEFORE), Some(AFTER));
    let calls = repository.run();
    assert!(calls.contains("--method POST repos/shop/api/issues/7/comments --field body=@"), "{calls}");
    assert!(calls.contains(&format!("<!-- posture of {LOCK} -->\n")), "{calls}");
    assert!(calls.contains("| OPENS | GET /orders |"), "{calls}");
    assert!(repository.project.read("summary.md").contains("| OPENS | GET /orders |"));
    assert!(repository.project.read("lint.sarif").contains("\"version\": \"2.1.0\""));
}

#[test]
fn a_later_push_replaces_the_comment() {
    let repository = Repository::new(Some(BEFORE), Some(BEFORE));
    repository.project.write("known", "41\n");
    let calls = repository.run();
    assert!(calls.contains("--method PATCH repos/shop/api/issues/comments/41 --field body=@"), "{calls}");
    assert!(calls.contains("No route has changed.") && !calls.contains("POST"), "{calls}");
}

#[test]
fn an_unchanged_posture_is_not_commented() {
    assert_eq!(Repository::new(Some(BEFORE), Some(BEFORE)).run(), "");
}

#[test]
fn a_lock_that_one_side_lacks_has_only_new_or_removed_routes() {
    let calls = Repository::new(None, Some(AFTER)).run();
    assert!(calls.contains("| OPENS | GET /orders |"), "{calls}");
    let calls = Repository::new(Some(BEFORE), None).run();
    assert!(calls.contains("| closes | GET /orders |"), "{calls}");
}

/// A lock that cannot be read must not look like one without changes.
#[test]
fn a_broken_lock_fails_the_first_step() {
    let repository = Repository::new(Some(BEFORE), Some("GET /orders all\n"));
    assert_ne!(repository.step(&commands()[0]).code, 0);
}
