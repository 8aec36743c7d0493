//! Checks all files of the workspace, and reports.

use super::allow::{covering, read, shrink};
use super::check::{Finding, Rule, check};
use std::fs;
use std::path::Path;
use std::process::ExitCode;

const ALLOWED: &str = "xtask/prose-allow.txt";
/// How many findings of a limit are shown when it is exceeded.
const EXAMPLES: usize = 5;
/// Folders of other projects, of build products and of inputs for fuzzing.
const SKIPPED: &[&str] = &["target", ".git", ".venv", "node_modules", "corpus", "artifacts"];

/// Runs `cargo xtask prose`: fails when a path has more findings than its limit.
pub(crate) fn run(root: &Path, arguments: &[String]) -> ExitCode {
    match try_run(root, arguments.first().map(String::as_str)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn try_run(root: &Path, argument: Option<&str>) -> Result<bool, String> {
    let file = |path: &str| fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"));
    let allowed = file(ALLOWED)?;
    let limits = read(&allowed)?;
    let mut paths = Vec::new();
    files(root, "", &mut paths)?;
    let mut left = vec![Vec::new(); limits.len()];
    let mut over = Vec::new();
    let mut totals = [0; Rule::ALL.len()];
    for path in &paths {
        for finding in check(path, &file(path)?) {
            let shown = line(path, &finding);
            if argument.is_some_and(|prefix| path.starts_with(prefix)) {
                println!("{shown}");
            }
            totals[finding.rule as usize] += 1;
            match covering(&limits, finding.rule, path) {
                Some(at) => left[at].push(shown),
                None => over.push(shown),
            }
        }
    }
    for (limit, found) in limits.iter().zip(&left).filter(|(limit, found)| found.len() > limit.count) {
        let (prefix, rule, count) = (&limit.prefix, limit.rule, limit.count);
        over.extend_from_slice(&found[..found.len().min(EXAMPLES)]);
        over.push(format!(
            "{prefix}: {} of `{rule}`, {count} allowed: list them with `cargo xtask prose {prefix}`",
            found.len()
        ));
    }
    let counts: Vec<_> = left.iter().map(Vec::len).collect();
    if argument == Some("--shrink") {
        let shrunk = shrink(&allowed, &limits, &counts);
        fs::write(root.join(ALLOWED), shrunk).map_err(|error| format!("{ALLOWED}: {error}"))?;
    }
    for text in &over {
        eprintln!("{text}");
    }
    let totals: Vec<_> = Rule::ALL.iter().zip(totals).map(|(rule, count)| format!("{count} {rule}")).collect();
    println!("prose: {} files; {}; {} not allowed", paths.len(), totals.join(", "), over.len());
    let is_loose = limits.iter().zip(&counts).any(|(limit, count)| limit.count > *count);
    if is_loose && argument != Some("--shrink") {
        println!("prose: some limits can be lowered: `cargo xtask prose --shrink`");
    }
    Ok(over.is_empty())
}

fn line(path: &str, finding: &Finding) -> String {
    format!("{path}:{}: {}: {}", finding.line, finding.rule, finding.text)
}

/// The Rust and Markdown files below a folder, as paths from the root with `/`.
fn files(root: &Path, folder: &str, found: &mut Vec<String>) -> Result<(), String> {
    let entries = fs::read_dir(root.join(folder)).map_err(|error| format!("{folder}: {error}"))?;
    let mut names: Vec<_> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    for name in names.iter().filter(|name| !SKIPPED.contains(&name.as_str())) {
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        let extension = Path::new(name).extension().unwrap_or_default();
        if root.join(&path).is_dir() {
            files(root, &path, found)?;
        } else if extension == "rs" || extension == "md" {
            found.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{ALLOWED, files, try_run};
    use crate::prose::allow::{covering, read};
    use crate::prose::check::Rule;
    use std::fs;
    use std::path::Path;

    #[test]
    fn planted_sentence_fails_unless_a_limit_covers_it() {
        let root = std::env::temp_dir().join(format!("xtask-prose-{}", std::process::id()));
        fs::create_dir_all(root.join("xtask")).expect("a folder");
        fs::create_dir_all(root.join("src")).expect("a folder");
        fs::write(root.join("src/lib.rs"), "// A key that nobody knows.\n").expect("a file");
        let passes = |limits: &str, argument| {
            fs::write(root.join(ALLOWED), limits).expect("a file");
            try_run(&root, argument).expect("a result")
        };
        assert!(!passes("", None));
        assert!(!passes("word 1 docs/ # elsewhere\n", None));
        assert!(passes("word 1 src/ # a reason\n", None));
        fs::write(root.join("src/main.rs"), "fn main() { panic!(\"told to nobody\") }\n").expect("a file");
        assert!(!passes("word 1 src/ # a reason\n", None));

        assert!(passes("# head\nword 9 src/ # a reason\n", Some("--shrink")));
        let lowered = read(&fs::read_to_string(root.join(ALLOWED)).expect("a file")).expect("limits");
        assert_eq!(lowered[0].count, 2);
        fs::remove_dir_all(&root).expect("a folder to remove");
    }

    /// These were rewritten. Their limits do not come back.
    #[test]
    fn finished_documents_have_no_limits() {
        let limits = read(include_str!("../../prose-allow.txt")).expect("limits");
        for path in [
            "README.md",
            "CHANGELOG.md",
            "auth-runtime/CHANGELOG.md",
            "CONTRIBUTING.md",
            "SECURITY.md",
            "auth-runtime/manual/errors.md",
            "benches/README.md",
            "ui-tests/README.md",
            "ui-tests/build.rs",
            "examples/orders/src/main.rs",
            "tests/main.rs",
        ] {
            assert!(Rule::ALL.iter().all(|rule| covering(&limits, *rule, path).is_none()), "{path}");
        }
    }

    #[test]
    fn relative_links_of_documents_lead_to_files() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut found = Vec::new();
        files(&root, "", &mut found).expect("a workspace");
        let mut links = 0;
        for path in found.iter().filter(|path| Path::new(path).extension().is_some_and(|end| end == "md")) {
            let document = fs::read_to_string(root.join(path)).expect("a file");
            let targets = document.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
            for target in targets.filter(|target| !target.is_empty() && !target.starts_with("http")) {
                links += 1;
                let there = root.join(path).with_file_name(target.trim());
                assert!(there.exists(), "{path} links to `{target}`, which does not exist");
            }
        }
        assert!(links > 20, "only {links} links");
    }

    #[test]
    fn all_crates_are_read() {
        let mut found = Vec::new();
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), "", &mut found).expect("a workspace");
        for path in ["README.md", "auth-runtime/src/lib.rs", "tests/main.rs", "xtask/src/main.rs"] {
            assert!(found.iter().any(|file| file == path), "{path}");
        }
        assert!(!found.iter().any(|file| file.contains("target/debug")));
    }
}
