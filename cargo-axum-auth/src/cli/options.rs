//! The options of `lint`, `review` and `init`.

use crate::lint::rules::Deny;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Where {
    /// The `Cargo.toml` of the workspace or the package. Default: the one that cargo finds from the
    /// current directory.
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,

    /// A package of the workspace; can be given several times. Default: all.
    #[arg(short, long, value_name = "NAME")]
    pub(crate) package: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Lint {
    #[command(flatten)]
    pub(crate) at: Where,

    /// Read tests, benchmarks and examples too.
    #[arg(long)]
    pub(crate) tests: bool,

    /// The format of the report.
    #[arg(long, value_enum, default_value_t = LintFormat::Text)]
    pub(crate) format: LintFormat,

    /// End with exit code 1 for warnings too.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) deny: Option<Deny>,

    /// Print the findings only.
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Explain the rules, without reading any code.
    #[arg(long)]
    pub(crate) rules: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Review {
    #[command(flatten)]
    pub(crate) at: Where,

    /// Read tests, benchmarks and examples too.
    #[arg(long)]
    pub(crate) tests: bool,

    /// The format of the list.
    #[arg(long, value_enum, default_value_t = ReviewFormat::Text)]
    pub(crate) format: ReviewFormat,

    /// Do not ask git for the age of each line.
    #[arg(long)]
    pub(crate) no_blame: bool,

    /// Print the list without the counts at the end.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    #[command(flatten)]
    pub(crate) at: Where,

    /// Write the changes without asking.
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// The owner of the lock in CODEOWNERS: `@org/security`.
    #[arg(long, value_name = "WHO", value_parser = owner)]
    pub(crate) owner: Option<String>,

    /// The source of `auth-testkit` and `cargo-axum-auth`, because no registry has them yet.
    ///
    /// The path of a checkout of this project, or its git URL, with `#REV` for a revision.
    #[arg(long, value_name = "PATH|GIT-URL")]
    pub(crate) from: Option<String>,

    /// Print only which files were written.
    #[arg(short, long, requires = "yes")]
    pub(crate) quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintFormat {
    Text,
    Json,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReviewFormat {
    Text,
    Json,
    /// For a comment on a pull request.
    Markdown,
}

/// `@user`, `@org/team` or an address.
fn owner(text: &str) -> Result<String, String> {
    if text.contains('@') && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#') {
        Ok(text.to_owned())
    } else {
        Err("expected `@user`, `@org/team` or an e-mail address".to_owned())
    }
}
