//! The step in CI.

use super::{Plan, Service};
use crate::problem::{Problem, read};

const STEPS: &str = "\
      - run: cargo install cargo-axum-auth --locked --no-default-features
      - run: cargo axum-auth lint --deny warnings
      # What a review has to read, where the run shows it.
      - run: cargo axum-auth review --format markdown >> \"$GITHUB_STEP_SUMMARY\"
";

pub(super) fn plan(service: &Service<'_>, plan: &mut Plan) -> Result<(), Problem> {
    let workflows = service.repository.join(".github/workflows");
    if !workflows.is_dir() {
        if !service.repository.join(".gitlab-ci.yml").exists()
            || !read(&service.repository.join(".gitlab-ci.yml"))?.contains("cargo axum-auth")
        {
            plan.by_hand.push(
                "CI: run `cargo install cargo-axum-auth --locked --no-default-features && cargo axum-auth lint --deny warnings`"
                    .to_owned(),
            );
        }
        return Ok(());
    }
    let files = std::fs::read_dir(&workflows).map_err(|error| Problem::Read { path: workflows.clone(), error })?;
    for file in files.flatten().map(|entry| entry.path()).filter(|path| path.is_file()) {
        if read(&file)?.contains("cargo axum-auth") {
            return Ok(());
        }
    }
    let path = workflows.join("auth.yml");
    if path.exists() {
        plan.by_hand.push(format!("{} is taken: add these steps to it, or to another\n{STEPS}", path.display()));
        return Ok(());
    }
    let text = format!(
        "\
name: auth

on: [push, pull_request]

permissions:
  contents: read

jobs:
  auth:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          # The review tells how old a line is.
          fetch-depth: 0
          persist-credentials: false
{STEPS}"
    );
    plan.change(path, None, text);
    Ok(())
}
