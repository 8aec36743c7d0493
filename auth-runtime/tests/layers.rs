//! The folders of `src` are layers, and each uses only those below it (DESIGN.md section 5).
//!
//! What mints a proof must be readable from the top to the bottom. An import that points upwards makes a circle, and a
//! circle makes every file a part of every other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom to the top. `lib.rs` is above all of them.
const LAYERS: [&str; 11] = [
    "base",
    "events",
    "rejection",
    "credential",
    "revocation",
    "verifier",
    "permission",
    "opt_out",
    "proof",
    "access",
    "router",
];

/// A file of `src`, and the paths that its code writes after `crate::`.
struct Source {
    /// Relative to `src`.
    path: PathBuf,
    /// As written, without `crate::`: `events::metrics::Meters`.
    used: Vec<String>,
    /// Code lines that declare items, in a `mod.rs` only.
    items: Vec<String>,
}

fn sources() -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of src") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let code = code(&fs::read_to_string(&path).expect("a source file"));
                let path = path.strip_prefix(&src).expect("a path below src").to_owned();
                found.push(Source { used: used(&code), items: items(&code), path });
            }
        }
    }
    assert!(found.len() > 60, "only {} files were read", found.len());
    found
}

/// The text without comments, doc examples and unit tests. The unit tests of a file are its last item.
fn code(text: &str) -> String {
    let text = ["#[cfg(test)]\nmod ", "#[cfg(all(test, unix))]\nmod "]
        .iter()
        .fold(text, |text, tests| text.split(tests).next().unwrap_or_default());
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

fn used(code: &str) -> Vec<String> {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let paths = code.match_indices("crate::").filter(|(at, _)| !code[..*at].ends_with('$'));
    paths.map(|(at, word)| code[at + word.len()..].chars().take_while(|c| is_path(*c)).collect()).collect()
}

fn items(code: &str) -> Vec<String> {
    let words = ["fn ", "struct ", "enum ", "trait ", "impl ", "impl<", "const ", "static ", "macro_rules!"];
    let is_item = |line: &&str| {
        let line = line.trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ").trim_start_matches("pub ");
        words.iter().any(|word| line.starts_with(word))
    };
    code.lines().filter(is_item).map(str::to_owned).collect()
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| *layer == name)
}

fn first(path: &Path) -> &str {
    path.components().next().and_then(|part| part.as_os_str().to_str()).unwrap_or_default()
}

#[test]
fn each_layer_uses_only_those_below_it() {
    let mut upward = Vec::new();
    for Source { path, used, .. } in sources() {
        let here = first(&path);
        if path == Path::new("lib.rs") {
            continue;
        }
        let Some(own) = layer(here) else {
            panic!("`{here}` is not a layer: give the file a place in one of {LAYERS:?}")
        };
        for used in used {
            match layer(used.split("::").next().unwrap_or_default()) {
                Some(other) if other <= own => {}
                Some(_) => upward.push(format!("{}: crate::{used} is in a layer above", path.display())),
                // `use crate::{a, b}` and the re-exports of lib.rs would hide which layer is meant.
                None => upward.push(format!("{}: crate::{used} does not name its layer", path.display())),
            }
        }
    }
    assert!(upward.is_empty(), "imports that point upwards:\n{}", upward.join("\n"));
}

/// Inside of a layer: two folders of which neither contains the other do not use each other.
#[test]
fn folders_make_no_circle() {
    let mut arrows: BTreeMap<PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
    let sources = sources();
    let folders: BTreeSet<PathBuf> =
        sources.iter().filter_map(|source| source.path.parent().map(Path::to_owned)).collect();
    for Source { path, used, .. } in &sources {
        let Some(own) = path.parent() else { continue };
        for used in used {
            let parts: PathBuf = used.split("::").collect();
            // The longest part of the path that is a folder.
            let Some(other) = parts.ancestors().find(|part| folders.contains(*part)) else { continue };
            if !other.starts_with(own) && !own.starts_with(other) {
                arrows.entry(own.to_owned()).or_default().insert(other.to_owned());
            }
        }
    }
    for start in &folders {
        let (mut seen, mut next) = (BTreeSet::new(), vec![start]);
        while let Some(folder) = next.pop() {
            for used in arrows.get(folder).into_iter().flatten() {
                assert!(used != start, "{} uses itself by way of {}", start.display(), folder.display());
                if seen.insert(used) {
                    next.push(used);
                }
            }
        }
    }
}

/// A type lives in a file of its own name: then a folder's names tell where it is.
#[test]
fn mod_files_declare_and_re_export_only() {
    let sources = sources();
    let mods = sources.iter().filter(|source| source.path.ends_with("mod.rs"));
    let items: Vec<_> = mods.filter(|source| !source.items.is_empty()).map(|s| (&s.path, &s.items)).collect();
    assert!(items.is_empty(), "move these into files of their own: {items:#?}");
}

/// One style of module file: `keys/mod.rs`, never `keys.rs` beside `keys/`.
#[test]
fn a_folder_has_its_module_file_inside() {
    let sources = sources();
    let folders: BTreeSet<_> = sources.iter().filter_map(|source| source.path.parent()).collect();
    for source in &sources {
        assert!(!folders.contains(source.path.with_extension("").as_path()), "{}", source.path.display());
    }
}
