//! Compares the chapter of compile errors with the cases. `AUTH_MANUAL=accept` writes it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

const PAGE: &str = "../auth-runtime/manual/compile-errors.md";

const HEAD: &str = "# Compile errors

Each mistake that does not compile, with its cause, and what the corrected program has instead. The
first column is the case in `ui-tests/fail/`, which has the compiler's output in full. Its twin in
`ui-tests/pass/` is the corrected program.

A message of ours names the remedy: after a semicolon, in a note, or at the underlined word.

A test writes this page from the cases: `AUTH_MANUAL=accept cargo test -p ui-tests --test manual`.
";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The cases by category and name.
fn cases() -> BTreeMap<String, Vec<PathBuf>> {
    let mut cases: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for category in fs::read_dir(root().join("fail")).expect("a folder") {
        let category = category.expect("an entry").path();
        let mut files: Vec<_> =
            fs::read_dir(&category).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
        files.sort();
        cases.insert(category.file_name().expect("a name").to_string_lossy().into_owned(), files);
    }
    cases
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The first error, without its number.
fn message(stderr: &str) -> &str {
    let title = stderr.lines().find(|line| line.starts_with("error")).expect("an error");
    title.split_once(": ").expect("a message").1
}

/// The comment at the beginning of a case.
fn cause(program: &str) -> String {
    let lines = program.lines().map_while(|line| line.strip_prefix("//"));
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

/// Whether a line says nothing about the mistake.
fn is_frame(line: &str) -> bool {
    let line = line.trim();
    ["//", "use ", "fn main", "pub(crate) fn main"].iter().any(|start| line.starts_with(start))
        || line.chars().all(|c| "{}[]();,. ".contains(c))
}

/// What the corrected program has and the case has not, or what it no longer has.
fn cure(case: &str, twin: &str) -> String {
    let times = |line: &str, program: &str| program.lines().filter(|known| *known == line).count();
    let only_in = |program: &str, other: &str| {
        let mut lines: Vec<_> = program.lines().filter(|line| !is_frame(line)).collect();
        lines.retain(|line| times(line, program) > times(line, other));
        lines.dedup();
        lines
            .into_iter()
            .map(|line| code(line.split(" // a mistake").next().unwrap_or_default().trim()))
            .take(3)
            .collect::<Vec<_>>()
    };
    let added = only_in(twin, case);
    if !added.is_empty() {
        return added.join(" ");
    }
    let removed = only_in(case, twin);
    if removed.is_empty() {
        return "the same lines in another order".to_owned();
    }
    format!("remove {}", removed.join(" "))
}

fn code(line: &str) -> String {
    let line: String =
        if line.len() > 120 { line.chars().take(118).chain("..".chars()).collect() } else { line.to_owned() };
    let fence = if line.contains('`') { "``" } else { "`" };
    format!("{fence}{line}{fence}")
}

/// Keeps a text inside of its cell, and Markdown from reading what is not code.
fn cell(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts = parts
        .map(|(at, part)| if at % 2 == 0 { part.replace('<', "\\<").replace('[', "\\[") } else { part.to_owned() });
    parts.collect::<Vec<_>>().join("`").replace('|', "\\|")
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (category, files) in cases() {
        let _ = write!(page, "\n## {category}\n\n| case | message | cause | what compiles |\n|---|---|---|---|\n");
        for file in files {
            let (program, stderr) = (read(&file), read(&file.with_extension("stderr")));
            let name = file.file_stem().expect("a name").to_string_lossy();
            let twin = read(&root().join("pass").join(&category).join(format!("{name}.rs")));
            let cells = [message(&stderr), &cause(&program), &cure(&program, &twin)].map(cell);
            let _ = writeln!(page, "| `{name}` | {} |", cells.join(" | "));
        }
    }
    page
}

#[test]
fn the_manual_has_each_compile_error_with_cause_and_cure() {
    let (path, page) = (root().join(PAGE), page());
    if std::env::var_os("AUTH_MANUAL").is_some_and(|wish| wish == "accept") {
        fs::write(&path, &page).expect("a writable page");
    }
    let known = fs::read_to_string(path).unwrap_or_default();
    let missing: Vec<_> = page.lines().filter(|line| !known.lines().any(|row| row == *line)).collect();
    assert!(known == page, "run this test with AUTH_MANUAL=accept: {missing:#?}");
}

#[test]
fn a_cure_is_what_the_twin_adds_or_removes() {
    assert_eq!(
        cure("use a;\nfn f(x: A) {}\nfn main() {}", "use b;\nfn f(x: B) {}\npub(crate) fn main() {}"),
        "`fn f(x: B) {}`"
    );
    assert_eq!(cure("#[a]\n#[b]\nfn f() {}", "#[b]\nfn f() {}"), "remove `#[a]`");
    assert_eq!(cure("#[a]\nfn f() {}", "fn f() {}\n#[a]"), "the same lines in another order");
    assert_eq!(cell("write `Vec<u8>` | not Vec<u8>"), "write `Vec<u8>` \\| not Vec\\<u8>");
}
