//! Runs the commands of this workspace: `cargo xtask help` lists them.

mod prose;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const HELP: &str = "\
cargo xtask <command>

  fmt [ARGS]       formats the sources (`fmt --check` only compares)
  lint             runs clippy, with warnings denied
  test [ARGS]      runs the tests of the workspace, or of `-p <package>`
  ui [NAME]        runs the compile-fail cases, or those whose path contains NAME
  ui-bless [NAME]  accepts the compiler's output of those cases as their `.stderr`
  doc              builds the documentation, with warnings denied
  layers           checks that the folders of auth-runtime and auth-events form layers
  prose [PATH]     checks the English of comments, messages and Markdown; PATH lists all below it
  prose --shrink   lowers the limits of xtask/prose-allow.txt to what is left
  bench [NAME]     runs a bench of benches/ (default: table)
  ci               runs all checks (.ci/run)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    if command == "prose" {
        return prose::run(&root(), rest);
    }
    let Some(mut child) = child(command, rest) else {
        let known = matches!(command, "help" | "--help" | "-h");
        if !known {
            eprintln!("unknown command: `{command}`: use one of these\n");
        }
        print!("{HELP}");
        return if known { ExitCode::SUCCESS } else { ExitCode::from(2) };
    };
    match child.current_dir(root()).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cannot start {}: {error}", child.get_program().display());
            ExitCode::FAILURE
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Makes the process that a command stands for. `None`: there is not such a command.
fn child(command: &str, rest: &[String]) -> Option<Command> {
    let cargo = |arguments: &[&str]| {
        let mut child = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        child.args(arguments);
        child
    };
    let mut child = match command {
        "fmt" => {
            let mut child = cargo(&["fmt", "--all"]);
            child.args(rest);
            child
        }
        "lint" => cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]),
        "test" => {
            let one = rest.iter().any(|argument| argument.starts_with("-p") || argument.starts_with("--package"));
            let mut child = cargo(if one { &["test"] } else { &["test", "--workspace"] });
            child.args(rest);
            child
        }
        "ui" | "ui-bless" => {
            let mut child = cargo(&["test", "--workspace", "--test", "ui"]);
            if command == "ui-bless" {
                child.env("UI_STDERR", "accept");
            }
            if let Some(name) = rest.first() {
                child.env("UI_CASE", name);
            }
            if !rest.is_empty() || command == "ui-bless" {
                child.args(["--", "a_mistake_does_not_compile", "does_not_build"]);
            }
            child
        }
        "doc" => {
            let mut child = cargo(&["doc", "--workspace", "--no-deps", "--locked"]);
            child.env("RUSTDOCFLAGS", "-D warnings");
            child
        }
        "layers" => cargo(&[
            "test",
            "-p",
            "auth-runtime",
            "-p",
            "auth-events",
            "-p",
            "auth-testkit",
            "-p",
            "cargo-axum-auth",
            "--test",
            "runtime",
            "--test",
            "layers",
            "layers",
        ]),
        "bench" => {
            let mut child = cargo(&["run", "--release", "--manifest-path", "benches/Cargo.toml", "--bin"]);
            child.arg(rest.first().map_or("table", String::as_str));
            child
        }
        "ci" => Command::new(root().join(".ci/run")),
        _ => return None,
    };
    child.env_remove("CARGO_MANIFEST_DIR");
    Some(child)
}

#[cfg(test)]
mod tests {
    use super::{HELP, child};

    /// The commands that `HELP` lists.
    fn listed() -> Vec<&'static str> {
        HELP.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect()
    }

    #[test]
    fn each_listed_command_exists() {
        for command in listed() {
            assert!(command == "prose" || child(command, &[]).is_some(), "{command}");
        }
        assert!(child("pros", &[]).is_none());
        assert!(listed().len() > 10);
    }

    #[test]
    fn contributing_describes_each_command() {
        let contributing = include_str!("../../CONTRIBUTING.md");
        for command in listed() {
            assert!(contributing.contains(&format!("`cargo xtask {command}")), "{command}");
        }
    }

    #[test]
    fn one_package_is_tested_alone() {
        let arguments = |rest: &[&str]| {
            let rest: Vec<_> = rest.iter().map(ToString::to_string).collect();
            let child = child("test", &rest).expect("a command");
            child.get_args().map(|argument| argument.to_string_lossy().into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(arguments(&["-p", "xtask"]), ["test", "-p", "xtask"]);
        assert_eq!(arguments(&[]), ["test", "--workspace"]);
    }
}
