//! Runs the commands of the README against the process, and compares what they print.

use std::collections::BTreeMap;
use std::process::Command;
use test_support::{Process, is_installed, require_or_skip, run};

const README: &str = include_str!("../README.md");

/// The commands of the README, each with the text that they print.
fn commands() -> Vec<(&'static str, &'static str)> {
    let mut all = Vec::new();
    for section in README.split("```sh\n").skip(1) {
        let (commands, rest) = section.split_once("```").expect("an end of the commands");
        let printed = rest.trim_start().strip_prefix("```text\n").and_then(|text| text.split("```").next());
        all.push((commands, printed.unwrap_or_default()));
    }
    all
}

fn bash(script: &str, environment: &BTreeMap<String, String>) -> String {
    let mut bash = Command::new("bash");
    bash.args(["-c", script]).envs(environment);
    let output = run(bash);
    let (stdout, stderr) = (String::from_utf8(output.stdout), String::from_utf8_lossy(&output.stderr).into_owned());
    assert!(output.status.success(), "{script}: {stderr}");
    stdout.expect("UTF-8")
}

/// Not [`is_installed`], because `openssl` 3.0 does not know `--version`.
fn has_openssl() -> bool {
    let mut openssl = Command::new("openssl");
    openssl.arg("version");
    Process::try_start(openssl).is_ok_and(|mut process| process.wait().success())
}

/// The secrets that the first commands export where they start the service.
fn secrets(first: &str) -> BTreeMap<String, String> {
    assert!(first.ends_with("cargo run -p webhooks &\n"), "{first}");
    let environment = bash(&format!("cargo() {{ env; }}\n{first}wait\n"), &BTreeMap::new());
    let variables = environment.lines().filter_map(|line| line.split_once('='));
    let secrets: BTreeMap<_, _> = variables
        .filter(|(name, _)| name.ends_with("_SECRET"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    assert_eq!(secrets.len(), 4, "{environment}");
    secrets
}

#[test]
fn the_commands_print_what_the_readme_shows() {
    let installed = ["bash", "curl"].into_iter().all(is_installed) && has_openssl();
    let missing = "`bash`, `curl` or `openssl` is missing; `.ci/bootstrap` installs them";
    let Some(()) = require_or_skip(installed, missing) else { return };
    let commands = commands();
    let (first, _) = commands[0];
    let secrets = secrets(first);

    let mut service = Command::new(env!("CARGO_BIN_EXE_webhooks"));
    service.envs(&secrets).env("LISTEN", "127.0.0.1:0").env_remove("DATABASE");
    let mut service = Process::start(service);
    let address = service.line_with("listening on http://");

    // In one shell, because later commands use variables of earlier ones.
    let mut script = String::from("set -eu\n");
    let mut expected = String::new();
    for (lines, printed) in &commands[1..] {
        assert!(!printed.is_empty(), "the README does not show what this prints: {lines}");
        script += &lines.replace("127.0.0.1:3000", &address);
        expected += printed;
    }
    assert_eq!(bash(&script, &secrets), expected);
    service.wait_for_stderr("bad_signature");
}

#[test]
fn a_service_without_a_secret_does_not_start() {
    for missing in ["GITHUB_SECRET", "STRIPE_SECRET", "STANDARD_SECRET", "TOKEN_SECRET"] {
        let mut service = Command::new(env!("CARGO_BIN_EXE_webhooks"));
        for name in ["GITHUB_SECRET", "STRIPE_SECRET", "STANDARD_SECRET", "TOKEN_SECRET"] {
            service.env(name, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        }
        service.env("LISTEN", "127.0.0.1:0").env_remove(missing);
        let output = run(service);
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && message.contains(missing), "{missing}: {message}");
    }
}
