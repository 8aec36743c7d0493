//! The age and the author of a line, from `git blame`.

use super::Entry;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use time::OffsetDateTime;

/// The age of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub(crate) enum Age {
    Committed {
        /// `2026-11-25`, in UTC.
        date: String,
        days: i64,
        author: String,
        /// The history ends at this commit, so the line may be older.
        #[serde(rename = "or-older")]
        or_older: bool,
    },
    NotCommitted,
}

/// Adds the age to each entry that git knows of.
pub(super) fn tell(root: &Path, entries: &mut [Entry]) {
    let mut lines: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for entry in entries.iter() {
        lines.entry(entry.place.file.clone()).or_default().insert(entry.place.line);
    }
    for (file, lines) in lines {
        let ages = blame(root, &file, &lines);
        for entry in entries.iter_mut().filter(|entry| entry.place.file == file) {
            entry.age = ages.get(&entry.place.line).cloned();
        }
    }
}

/// Returns the ages of these lines. It is empty without git, or if git does not track the file.
fn blame(root: &Path, file: &str, lines: &BTreeSet<usize>) -> BTreeMap<usize, Age> {
    let mut git = Command::new("git");
    // The configuration of a repository may hide commits and run programs, so it is overridden.
    git.args(["-c", "core.fsmonitor=false", "blame", "--porcelain", "--root", "--no-textconv", "--ignore-revs-file="]);
    for line in lines {
        git.arg(format!("-L{line},{line}"));
    }
    git.arg("--").arg(file).current_dir(root).env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
    match git.output() {
        Ok(output) if output.status.success() => parse(&String::from_utf8_lossy(&output.stdout)),
        _ => BTreeMap::new(),
    }
}

/// A commit. Git prints its details at its first line only.
#[derive(Default)]
struct Commit {
    author: String,
    time: i64,
    boundary: bool,
}

fn parse(porcelain: &str) -> BTreeMap<usize, Age> {
    let (mut commits, mut of_line) = (BTreeMap::<&str, Commit>::new(), BTreeMap::new());
    let mut current = "";
    for line in porcelain.lines() {
        // The line of code.
        if line.starts_with('\t') {
            continue;
        }
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if word.len() >= 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            current = word;
            if let Some(Ok(number)) = rest.split(' ').nth(1).map(str::parse::<usize>) {
                of_line.insert(number, word);
            }
            continue;
        }
        let commit = commits.entry(current).or_default();
        match word {
            "author" => rest.clone_into(&mut commit.author),
            "author-time" => commit.time = rest.parse().unwrap_or_default(),
            "boundary" => commit.boundary = true,
            _ => {}
        }
    }
    of_line.into_iter().filter_map(|(line, id)| Some((line, age(id, commits.get(id)?)))).collect()
}

fn age(id: &str, commit: &Commit) -> Age {
    if id.bytes().all(|byte| byte == b'0') {
        return Age::NotCommitted;
    }
    let now = OffsetDateTime::now_utc();
    let then = OffsetDateTime::from_unix_timestamp(commit.time).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    Age::Committed {
        date: then.date().to_string(),
        days: (now - then).whole_days(),
        author: commit.author.clone(),
        or_older: commit.boundary,
    }
}
