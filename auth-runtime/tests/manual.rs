//! Compares the manual with the code, because a reference goes out of date.

use auth_runtime::events::Reason;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("manual")
}

fn page(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The names of all pages.
fn pages() -> BTreeSet<String> {
    let names = fs::read_dir(folder()).expect("the manual").map(|entry| entry.expect("an entry").file_name());
    let mut names: BTreeSet<_> = names.map(|name| name.into_string().expect("UTF-8")).collect();
    assert!(names.remove("rustdoc-links.md"), "the links for rustdoc are missing");
    names
}

/// The first cells of the rows under a heading. Each row has as many cells as its table.
fn rows(page: &str, heading: &str) -> BTreeSet<String> {
    let (_, section) = page.split_once(&format!("\n## {heading}\n")).expect("the section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let mut found = BTreeSet::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert!(cells.len() == 3 && cells.iter().all(|cell| !cell.is_empty()), "a cell is missing: {row}");
        assert!(found.insert(cells[0].trim_matches('`').to_owned()), "twice: {row}");
    }
    found
}

fn to_strings<T: ToString>(names: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    names.into_iter().map(|name| name.to_string()).collect()
}

#[test]
fn each_error_of_the_configuration_has_cause_and_remedy() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../auth-base/src/config_error.rs");
    let file = syn::parse_file(&fs::read_to_string(source).expect("the source")).expect("Rust");
    let mut enums = file.items.iter().filter_map(|item| match item {
        syn::Item::Enum(item) => Some(item),
        _ => None,
    });
    let variants = to_strings(enums.next().expect("the enum").variants.iter().map(|variant| &variant.ident));
    assert_eq!(rows(&page("errors.md"), "Errors of the configuration"), variants);
}

#[test]
fn each_reason_has_cause_and_remedy() {
    assert_eq!(rows(&page("errors.md"), "Reasons of rejections"), to_strings(Reason::ALL));
}

#[cfg(feature = "pager")]
#[test]
fn each_alert_of_the_pager_is_in_the_manual() {
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../auth-events/src/pager/page.rs"));
    let source = source.expect("the source");
    let names = source.lines().filter_map(|line| line.trim().strip_prefix("Self::")?.split_once(" => \""));
    let names = to_strings(names.filter_map(|(_, name)| name.strip_suffix("\",")));
    let listed = rows(&page("alerts.md"), "The pager");
    assert!(names.len() > 8 && names.is_superset(&listed) && listed.contains("blackout"), "{names:?} {listed:?}");
    assert_eq!(listed.iter().filter(|name| names.contains(*name)).count(), 9, "{names:?} {listed:?}");
}

#[test]
fn each_feature_has_its_cost() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).expect("a manifest");
    let (_, features) = manifest.split_once("\n[features]\n").expect("features");
    let features = features.split("\n[").next().unwrap_or_default();
    let page = page("production.md");
    for feature in features.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name) {
        assert!(feature == "default" || page.contains(&format!("`{feature}`")), "production.md lacks `{feature}`");
    }
}

#[test]
fn the_layers_are_those_that_are_tested() {
    let source =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/runtime/layers.rs")).expect("the test");
    let (_, list) = source.split_once("LAYERS: &[&str] = &[").expect("the list");
    let tested: Vec<_> = list.split("];").next().unwrap_or_default().lines().collect();
    let tested: Vec<_> = tested.iter().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\",")).collect();
    let page = page("internals.md");
    let (_, shown) = page.split_once("```text\n").expect("the layers");
    let shown = shown.split("```").next().unwrap_or_default().lines().filter_map(|line| line.split(' ').next());
    let mut shown: Vec<_> = shown.collect();
    shown.reverse();
    assert_eq!(shown, tested);
}

/// A link leads to a page on GitHub and on docs.rs.
#[test]
fn each_page_is_a_chapter_and_each_link_leads_to_one() {
    let chapters = fs::read_to_string(folder().join("../src/topics/manual.rs")).expect("the module");
    let (contents, rustdoc) = (page("README.md"), page("rustdoc-links.md"));
    for name in pages() {
        let page = page(&name);
        if name != "README.md" {
            assert!(chapters.contains(&name), "{name} is not a chapter of src/topics/manual.rs");
            assert!(contents.contains(&format!("]: {name}\n")), "{name} is not in the README of the manual");
        }
        let mut defined = BTreeSet::new();
        for line in page.lines() {
            let Some((label, target)) = line.strip_prefix('[').and_then(|line| line.split_once("]: ")) else {
                continue;
            };
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            assert!(folder().join(file).is_file(), "{name}: `{target}` is not a page");
            let module = file.trim_end_matches(".md").replace('-', "_");
            let anchor = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
            let link = format!("[{label}]: crate::manual::{module}{anchor}\n");
            assert!(rustdoc.contains(&link), "add to rustdoc-links.md: {link}");
            defined.insert(label.to_lowercase());
        }
        for label in labels(&page) {
            assert!(defined.contains(&label.to_lowercase()), "{name}: `[{label}]` has no definition at the end");
        }
        assert!(!page.contains("](../"), "{name}: a link to a file that the crate does not contain");
    }
}

/// The labels of `[text][label]` and `[label]`, outside of code.
fn labels(page: &str) -> Vec<String> {
    let prose: String = page.split("```").step_by(2).collect();
    let prose: String = prose.split('`').step_by(2).collect::<Vec<_>>().join("code");
    let mut found = Vec::new();
    let mut rest = prose.as_str();
    while let Some((_, after)) = rest.split_once('[') {
        let Some((text, behind)) = after.split_once(']') else { break };
        rest = behind;
        let is_inline = behind.starts_with(['(', ':', '[']);
        if !is_inline && !text.is_empty() {
            found.push(text.replace('\n', " "));
        }
    }
    found
}
