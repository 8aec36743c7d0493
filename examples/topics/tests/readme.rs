//! Compares the table of `examples/README.md` with the folders.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The rows of the table, as cells.
fn rows() -> Vec<Vec<String>> {
    let readme = fs::read_to_string(examples().join("README.md")).expect("a readable file");
    let rows = readme.lines().filter(|line| line.starts_with("| ["));
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// The entries of a folder, without their extension.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned()).collect()
}

#[test]
fn table_has_each_example_with_a_command_that_starts_it() {
    let topics: BTreeSet<String> = names(&examples().join("topics/examples"));
    let mut expected: BTreeSet<String> = names(&examples());
    expected.remove("README");
    expected.remove("topics");
    let packages = expected.clone();
    expected.extend(topics.iter().cloned());

    let mut listed = BTreeSet::new();
    for row in rows() {
        let [link, shows, command] = &row[..] else { panic!("three cells: {row:?}") };
        let name = link.trim_start_matches('[').split(']').next().unwrap_or_default();
        let target = link.split('(').nth(1).unwrap_or_default().trim_end_matches(')');
        assert!(examples().join(target).exists(), "{name}: `{target}` does not exist");
        assert!(shows.len() > 20, "{name}: what it shows");
        let starts = if topics.contains(name) {
            format!("`cargo run -p topics --example {name}")
        } else if fs::read_to_string(examples().join(name).join("Cargo.toml"))
            .is_ok_and(|own| own.contains("\n[workspace]"))
        {
            format!("`cargo run --manifest-path examples/{name}/Cargo.toml")
        } else {
            assert!(packages.contains(name), "{name}: such an example does not exist");
            format!("`cargo run -p {name}")
        };
        assert!(command.starts_with(&starts), "{name}: {command} does not start with {starts}");
        listed.insert(name.to_owned());
    }
    assert_eq!(listed, expected, "left: listed, right: folders");
}
