//! A throw-away cargo project, and what `cargo axum-auth` says about it.
//!
//! A line that a rule must report ends with `//~ rule`, in a manifest with `#~ rule`. All others
//! must not be reported.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A manifest of a service on `auth-runtime`, without findings.
pub(crate) const SERVICE: &str = r#"[package]
name = "service"
version = "0.1.0"
edition = "2024"

[dependencies]
auth-runtime = "0.1"
axum = "0.8"
jsonwebtoken = "11"

[lints.rust]
unsafe_code = "forbid"
unused_must_use = "deny"
"#;

pub(crate) struct Project {
    directory: TempDir,
}

/// The result of a run.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    /// A package of one library with these lines.
    pub(crate) fn of(lib: &str) -> Self {
        Self::with(&[("Cargo.toml", SERVICE), ("src/lib.rs", lib)])
    }

    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let project = Self { directory: TempDir::new().unwrap() };
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).unwrap()
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-axum-auth"))
            .args(arguments)
            .current_dir(self.path())
            .stdin(Stdio::null())
            .output();
        Ran::from(output.unwrap())
    }

    /// The findings of the lint, as `file:line rule`.
    pub(crate) fn lint(&self, arguments: &[&str]) -> BTreeSet<String> {
        let ran = self.run(&[&["lint", "--format", "json"], arguments].concat());
        let said: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("no JSON: {}", ran.stderr));
        assert_eq!(said["unreadable"], Value::Array(Vec::new()), "everything is read");
        let finding = |f: &Value| {
            let text = |name: &str| f[name].as_str().unwrap().to_owned();
            format!("{}:{} {}", text("file"), f["line"], text("rule"))
        };
        said["findings"].as_array().unwrap().iter().map(finding).collect()
    }

    /// The findings that the marks in the files expect.
    pub(crate) fn marked(&self) -> BTreeSet<String> {
        let (mut marked, mut open) = (BTreeSet::new(), vec![self.path().to_owned()]);
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let shown = path.strip_prefix(self.path()).unwrap().to_str().unwrap();
            for (number, line) in text.lines().enumerate() {
                let Some((_, rules)) = line.split_once("//~").or_else(|| line.split_once("#~")) else { continue };
                marked.extend(rules.split(',').map(|rule| format!("{shown}:{} {}", number + 1, rule.trim())));
            }
        }
        marked
    }

    /// Asserts that the lint reports exactly the marked findings.
    #[track_caller]
    pub(crate) fn is_linted_as_marked(&self) {
        assert_eq!(self.lint(&[]), self.marked(), "left: reported, right: marked");
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// The workspace that this crate is a part of.
pub(crate) fn our_workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
