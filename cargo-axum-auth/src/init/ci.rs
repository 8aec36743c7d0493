//! The workflow that runs the subcommand in CI.

use super::source::quoted;
use super::{Plan, Service};
use crate::base::{Problem, read, with_slashes};
use std::path::{Path, PathBuf};

/// The commands of CI. Paths and names are quoted for the shell.
struct Steps {
    install: String,
    lint: String,
    review: String,
    /// The folder of the workspace in the repository; `None` for the root.
    directory: Option<String>,
}

pub(super) fn plan(service: &Service<'_>, plan: &mut Plan) -> Result<(), Problem> {
    let workflows = service.repository.join(".github/workflows");
    let files =
        if workflows.is_dir() { files_in(&workflows)? } else { vec![service.repository.join(".gitlab-ci.yml")] };
    for file in files.iter().filter(|file| file.exists()) {
        if lints(&read(file)?, service) {
            return Ok(());
        }
    }
    let steps = match steps(service)? {
        Ok(steps) => steps,
        Err(why) => {
            plan.by_hand.push(format!("CI: {why}: add a step that runs `{}`", lint_command(service)));
            return Ok(());
        }
    };
    if !workflows.is_dir() {
        let enter = steps.directory.as_ref().map(|path| format!("cd {} && ", quoted(path))).unwrap_or_default();
        plan.by_hand.push(format!("CI: run `{} && {enter}{}`", steps.install, steps.lint));
        return Ok(());
    }
    // A workspace with several services has a workflow for each.
    let names = ["auth.yml".to_owned(), format!("auth-{}.yml", service.package.name)];
    let path = names.iter().map(|name| workflows.join(name)).find(|path| !path.exists());
    let Some(path) = path else {
        let taken = names.join(" and ");
        plan.by_hand.push(format!("CI: {taken} exist already: add these steps to one of them\n{}", steps.yaml()));
        return Ok(());
    };
    if let super::Source::Git { url, .. } = service.source()?
        && url.starts_with("ssh://")
    {
        plan.by_hand.push(format!("CI: the runner needs a deploy key that may read {url}"));
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    plan.change(path, None, workflow(&name, &steps));
    Ok(())
}

fn files_in(workflows: &Path) -> Result<Vec<PathBuf>, Problem> {
    let entries = std::fs::read_dir(workflows).map_err(|error| Problem::Read { path: workflows.to_owned(), error })?;
    let is_workflow = |path: &PathBuf| path.is_file() && path.extension().is_some_and(|of| of == "yml" || of == "yaml");
    Ok(entries.flatten().map(|entry| entry.path()).filter(is_workflow).collect())
}

/// Whether a workflow lints this package already: all packages, or this one by name.
fn lints(text: &str, service: &Service<'_>) -> bool {
    let commands = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let mut arguments = commands.filter_map(|line| Some(line.split_once("cargo axum-auth lint")?.1));
    arguments.any(|arguments| {
        let words: Vec<&str> = arguments.split([' ', '=']).map(|word| word.trim_matches(['\'', '"'])).collect();
        let selects = |word: &&str| *word == "-p" || *word == "--package";
        !words.iter().any(selects) || words.contains(&service.package.name.as_str())
    })
}

/// Lints this package only, because the others of the workspace may not use `auth-runtime` yet.
fn lint_command(service: &Service<'_>) -> String {
    format!("cargo axum-auth lint{} --deny warnings", selected(service))
}

fn selected(service: &Service<'_>) -> String {
    if service.workspace.packages.len() > 1 { format!(" -p {}", service.package.name) } else { String::new() }
}

/// The steps, or why CI cannot run them.
fn steps(service: &Service<'_>) -> Result<Result<Steps, String>, Problem> {
    let directory = service.workspace.root.strip_prefix(&service.repository).unwrap_or(Path::new(""));
    let directory = with_slashes(directory);
    // A control character ends a line of YAML, and GitHub evaluates an expression in it.
    if directory.chars().any(char::is_control) || directory.contains("${{") {
        return Ok(Err(format!("{directory:?} cannot be written into a workflow")));
    }
    let review = format!("cargo axum-auth review{} --format markdown >> \"$GITHUB_STEP_SUMMARY\"", selected(service));
    Ok(service.source()?.install(&service.repository).map(|install| Steps {
        install,
        lint: lint_command(service),
        review,
        directory: (!directory.is_empty()).then_some(directory),
    }))
}

impl Steps {
    fn yaml(&self) -> String {
        // In single quotes only a quote is special, to YAML and to the shell.
        let directory = self.directory.as_ref().map(|path| format!("        working-directory: '{}'\n", doubled(path)));
        let directory = directory.unwrap_or_default();
        let step = |name: &str, command: &str, directory: &str| {
            // In a literal block no character is special to YAML.
            format!("      - name: {name}\n{directory}        run: |\n          {command}\n")
        };
        [
            step("Install cargo axum-auth", &self.install, ""),
            step("Lint", &self.lint, &directory),
            step("List the code for a security review", &self.review, &directory),
        ]
        .concat()
    }
}

fn doubled(path: &str) -> String {
    path.replace('\'', "''")
}

fn workflow(name: &str, steps: &Steps) -> String {
    let name = format!("name: {name}");
    let head = [
        &name,
        "",
        "on: [push, pull_request]",
        "",
        "permissions:",
        "  contents: read",
        "",
        "jobs:",
        "  auth:",
        "    runs-on: ubuntu-latest",
        "    steps:",
        "      - uses: actions/checkout@v6",
        "        with:",
        "          # The review shows the age of each line.",
        "          fetch-depth: 0",
        "          persist-credentials: false",
        "",
    ];
    head.join("\n") + &steps.yaml()
}
