//! Checks that the workflows of GitHub run the scripts of `.ci`, which `.ci/run` runs too.

use saphyr::{LoadableYamlNode, Yaml};
use std::fs;
use std::path::{Path, PathBuf};

/// Commands that need GitHub or its machines.
const ELSEWHERE: [&str; 4] = [
    "git config --global --add safe.directory \"$GITHUB_WORKSPACE\"",
    "env -u CI cargo test --workspace --locked",
    "cargo install cargo-fuzz --locked",
    "cargo install --path cargo-axum-auth --locked",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The commands of all workflows, each with its file.
fn commands() -> Vec<(String, String)> {
    let mut commands = Vec::new();
    for entry in fs::read_dir(root().join(".github/workflows")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a readable file");
        let documents = Yaml::load_from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let jobs = documents[0].as_mapping_get("jobs").and_then(Yaml::as_mapping).expect("jobs");
        for job in jobs.values() {
            assert!(job.as_mapping_get("timeout-minutes").is_some(), "{}: a job without a limit", path.display());
            let steps = job.as_mapping_get("steps").and_then(Yaml::as_vec).expect("steps");
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let runs = steps.iter().filter_map(|step| step.as_mapping_get("run").and_then(Yaml::as_str));
            commands.extend(runs.map(|run| (name.to_string(), run.trim().to_owned())));
        }
    }
    assert!(commands.len() > 15, "only {} commands", commands.len());
    commands
}

#[test]
fn workflows_run_scripts_that_exist() {
    for (workflow, command) in commands() {
        if ELSEWHERE.contains(&command.as_str()) {
            continue;
        }
        let script = command.split(' ').next().unwrap_or_default();
        let is_ours = script.starts_with(".ci/") && root().join(script).is_file();
        assert!(is_ours, "{workflow}: `{command}`: put it into a script of .ci, so that it can be run anywhere");
    }
}

/// A script that only a workflow calls is not tested before it lands.
#[test]
fn ci_runs_each_script_of_the_workflows() {
    let run = fs::read_to_string(root().join(".ci/run")).expect("a readable file");
    let bootstrap = fs::read_to_string(root().join(".ci/bootstrap")).expect("a readable file");
    for (workflow, command) in commands() {
        let script = command.split(' ').next().unwrap_or_default();
        if script.starts_with(".ci/") && script != ".ci/run" && !ELSEWHERE.contains(&script) {
            let called = run.contains(script) || bootstrap.contains(script);
            assert!(called, "{workflow}: `{command}`: call it in .ci/run too");
        }
    }
}
